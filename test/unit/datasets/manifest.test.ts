import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { UNKNOWN_VALUE } from '../../../src-main/datasets/dataset.js';
import { inspectDataset, loadDataset } from '../../../src-main/datasets/medmnist.js';
import type { UserError } from '../../../src-main/errors.js';
import { halves } from '../../../src-main/datasets/split.js';
import { refusalOf } from './expect-refusal.js';
import { bytes, medmnistArrays, npy, npz, put, temporaryFolder } from './fixtures.js';

const folder = temporaryFolder();
const COUNTS = { train: 8, val: 2, test: 4 } as const;

const manifest = {
  format: 'medforge-dataset-1',
  name: 'Chest of Lund',
  task: 'ordinal-regression',
  labels: ['none', 'mild'],
  horizontalFlip: false,
  licence: 'of the hospital alone',
  groupings: [
    { name: 'site', values: ['Lund', 'Odense'] },
    { name: 'sex', values: ['F', 'M', 'O'] },
  ],
};

const text = (value: unknown): Buffer => {
  const json = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return bytes([json.length], json);
};
const int32 = (values: readonly number[]): Buffer =>
  npy({ descr: "'<i4'", shape: `(${values.length},)`, data: Buffer.from(Int32Array.from(values).buffer) });
const uint16 = (rows: readonly (readonly number[])[]): Buffer =>
  npy({
    descr: "'<u2'",
    shape: `(${rows.length}, ${rows[0]!.length})`,
    data: Buffer.from(Uint16Array.from(rows.flat()).buffer),
  });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const known = (changed: Record<string, Buffer> = {}): Record<string, Buffer> => ({
  ...medmnistArrays(),
  medforge_dataset: text(manifest),
  ...Object.fromEntries(
    Object.entries(COUNTS).flatMap(([part, count]) => [
      [`${part}_patients`, int32(numbers(count).map((i) => Math.floor(i / 2)))],
      [`${part}_groups`, uint16(numbers(count).map((i) => [i % 2, i === 1 ? UNKNOWN_VALUE : i % 3]))],
    ]),
  ),
  ...changed,
});

const refused = (path: string): Promise<UserError> => refusalOf(() => loadDataset(path), path);

describe('a dataset file that says what it is', () => {
  it('has its own names, task and licence, and knows whose images it has', async () => {
    // named like a set of the catalogue, which it is not
    const path = put(folder, 'breastmnist.npz', npz(known()));
    expect(await inspectDataset(path)).toMatchObject({
      name: 'Chest of Lund',
      task: 'ordinal-regression',
      labels: ['none', 'mild'],
      horizontalFlip: false,
      licence: 'of the hospital alone',
      catalogueId: null,
      md5Matches: null,
    });
    const { parts } = await loadDataset(path);
    expect(parts.test.labels.subjects).toEqual({
      patients: Int32Array.of(0, 0, 1, 1),
      groupings: [
        { name: 'site', values: ['Lund', 'Odense'], valueOf: Uint16Array.of(0, 1, 0, 1) },
        { name: 'sex', values: ['F', 'M', 'O'], valueOf: Uint16Array.of(0, UNKNOWN_VALUE, 2, 0) },
      ],
    });
    const split = halves(await loadDataset(path), createRandom(1, 'split'));
    const [weights, architecture] = [split.parts.train, split.parts.val].map(({ labels }) => labels.subjects!);
    expect(weights!.patients!.length + architecture!.patients!.length).toBe(10);
    expect(architecture!.groupings[1]!.valueOf).toHaveLength(architecture!.patients!.length);
    expect([...weights!.patients!].filter((patient) => architecture!.patients!.includes(patient))).toEqual([]);
  });

  it('need not know of patients or groups', async () => {
    const arrays = { ...medmnistArrays(), medforge_dataset: text({ ...manifest, groupings: [] }) };
    const { parts } = await loadDataset(put(folder, 'plain.npz', npz(arrays)));
    expect(parts.train.labels.subjects).toBeUndefined();
  });

  it.each<[string, Record<string, Buffer>, RegExp]>([
    ['no JSON', { medforge_dataset: text('{') }, /medforge_dataset is not JSON\. Import the images again/],
    ['no text', { medforge_dataset: int32([1]) }, /medforge_dataset is not text/],
    [
      'another format',
      { medforge_dataset: text({ ...manifest, format: 'medforge-dataset-9' }) },
      /medforge_dataset is not what this version writes: format: /,
    ],
    [
      'labels that are not there',
      { medforge_dataset: text({ ...manifest, task: 'multi-label, binary-class' }) },
      /it names 2 labels but has 1 per image/,
    ],
    ['too few patients', { val_patients: int32([1]) }, /val_patients has the shape \(1\), not \(2\)/],
    [
      'a value without a name',
      {
        test_groups: uint16([
          [0, 0],
          [2, 0],
          [0, 0],
          [0, 0],
        ]),
      },
      /test_groups has a value of site that is not named/,
    ],
  ])('is refused with %s', async (_, changed, message) => {
    const path = put(folder, 'broken.npz', npz(known(changed)));
    const refusal = await refused(path);
    expect(refusal.kind).toBe('dataset-manifest');
    expect(refusal.message).toMatch(message);
  });

  it('is refused without the groups that it names', async () => {
    const { train_groups: _, ...rest } = known();
    const refusal = await refused(put(folder, 'lacks.npz', npz(rest)));
    expect(refusal.message).toMatch(/it lacks train_groups/);
  });
});
