import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonLines } from '../../../src-main/cli/comparison-text.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { runComparison, type ComparisonContext, type ComparisonPlan } from '../../../src-main/jobs/comparison.js';
import { parameterRange } from '../../../src-main/space/parameter-count.js';
import { comparisonSchema } from '../../../src-main/vocabulary/comparison.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { writeNpz } from '../training/tiny-npz.js';
import { TINY_GENOTYPE } from '../training/tiny-model.js';

const home = mkdtempSync(join(tmpdir(), 'comparison-'));
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

const file = join(home, 'tiny.npz');
const space = { channels: 4, cells: 3, inputChannels: 1, classes: 3 } as const;
let plan: ComparisonPlan;
beforeAll(async () => {
  writeNpz(tinyDataset({ size: 12 }), file);
  const { name, path, sha256, bytes } = await inspectDataset(file);
  const found = [4, 7].map((run) => ({ run, genotype: TINY_GENOTYPE }));
  const dataset = { name, path, sha256, bytes };
  plan = { dataset, space, budget: parameterRange(space), found, random: 2, seeds: 1, epochs: 2, seed: 1 };
});

const context = (folder: string, stop = () => false): ComparisonContext => ({
  ...{ folder: join(home, folder), backend: 'native', threads: 1, stop, progress: () => undefined },
});

describe('a comparison with chance', () => {
  it('stopped wherever it asks goes on with the same command, to the same bits, and then answers at once', async () => {
    const whole = (await runComparison(plan, context('whole')))!;
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
    expect(whole.runs).toEqual([4, 7]);
    expect(whole.trainings).toHaveLength(whole.networks.length);

    let asked = 0;
    let calls = 0;
    let stopped = null;
    while (stopped === null) {
      calls++;
      stopped = await runComparison(
        plan,
        context('stopped', () => ++asked % 11 === 0),
      );
    }
    expect(calls).toBeGreaterThan(3);
    expect(stopped).toEqual(whole);

    const again = await runComparison(
      plan,
      context('whole', () => true),
    );
    expect(again).toEqual(whole);
    const [folder] = readdirSync(join(home, 'whole', 'comparisons'));
    expect(readdirSync(join(home, 'whole', 'comparisons', folder!)).sort()).toEqual(['checkpoints', 'result.json']);
    expect(readdirSync(join(home, 'whole', 'comparisons', folder!, 'checkpoints'))).toEqual([]);
    expect(comparisonLines(whole).join('\n')).toMatch(/found by runs 4, 7 .*\n *random/);
  });

  it('says how far it is, epoch by epoch', async () => {
    const said: number[] = [];
    await runComparison(
      { ...plan, seed: 2 },
      { ...context('progress'), progress: ({ done, total, epoch }) => said.push(done + epoch / 2 / total) },
    );
    expect(said).toEqual([...said].sort((a, b) => a - b));
    expect(said.length).toBeGreaterThan(2 * 5);
  });

  it('keeps another plan apart, and refuses a file that is not a comparison or a dataset that has changed', async () => {
    const other = { ...plan, epochs: 1 };
    expect((await runComparison(other, context('whole')))!.epochs).toBe(1);
    const folders = readdirSync(join(home, 'whole', 'comparisons'));
    expect(folders).toHaveLength(2);
    for (const folder of folders)
      writeFileSync(join(home, 'whole', 'comparisons', folder, 'result.json'), '{"runs": 1}');
    await expect(runComparison(plan, context('whole'))).rejects.toThrow(
      /result\.json is not a comparison of this version of MedForge \(runs: .*\): delete it to make the comparison again$/,
    );
    writeNpz(tinyDataset({ size: 12, channels: 3 }), file);
    await expect(runComparison(plan, context('changed'))).rejects.toMatchObject({ kind: 'dataset-changed' });
  });
});
