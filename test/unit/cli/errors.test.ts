import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chooseFinding } from '../../../src-main/actions/finding.js';
import { createProgram } from '../../../src-main/cli/program.js';
import { DEMO_CLASSES } from '../../../src-main/datasets/demo-format.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { Predictions } from '../../../src-main/training/metrics/diagnostics.js';
import { readPredictions } from '../../../src-main/training/predictions-file.js';
import { storeModel } from '../actions/stored-model.js';
import { temporaryFolder } from '../history/fixtures.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { writeNpz } from '../training/tiny-npz.js';

/** Test image 5 is training image 3, under another label. */
const TWIN = { test: 5, train: 3 };

let home: ReturnType<typeof temporaryFolder>;
let said: string[];
let noted: string[];
let scored: Predictions['test'];

beforeEach(async () => {
  home = temporaryFolder();
  const dataset = tinyDataset({ size: 12, classes: 4 });
  const { train, test: tested } = dataset.parts;
  train.images.pixels.set(tested.images.pixels.subarray(TWIN.test * 144, (TWIN.test + 1) * 144), TWIN.train * 144);
  train.labels.values[TWIN.train] = (tested.labels.values[TWIN.test]! + 1) % 4;
  const path = join(home.folder, 'shapes.npz');
  writeNpz(dataset, path, { named: true });
  const { history } = await openHistory(home.folder);
  const { file, run } = await storeModel(history, path);
  const { name, sha256 } = history.getRun(run).dataset;
  chooseFinding(history, { name, sha256, labels: DEMO_CLASSES }, 'ring');
  history.close();
  ({ test: scored } = (await readPredictions(file))!);
  [said, noted] = [[], []];
  for (const [stream, lines] of [
    [process.stdout, said],
    [process.stderr, noted],
  ] as const) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  home.remove();
});

const medforge = async (...args: readonly string[]): Promise<unknown> => {
  const program = await createProgram('test', args);
  return program.parseAsync(['--home', home.folder, ...args], { from: 'user' });
};

/** Class and probability that the model gives an image. */
function answer(index: number): { readonly label: number; readonly probability: number } {
  const row = [...scored.scores.values.subarray(4 * index, 4 * index + 4)];
  const probability = Math.max(...row);
  return { label: row.indexOf(probability), probability };
}
const images = Array.from({ length: 70 }, (_, index) => index);
const truthOf = (index: number): number => scored.truth.values[index]!;
const wrong = (): number[] => images.filter((index) => answer(index).label !== truthOf(index));

describe('medforge errors', () => {
  test('lists every image that is taken for another class, the most confident first', async () => {
    await medforge('errors', '1', '--count', '70');
    const [title, head, ...rows] = said.map((line) => line.trimEnd());
    expect(title).toMatch(/^model 1: /);
    expect(head).toMatch(/^image\s+truth\s+predicted\s+probability\s+of\s+twins in other sets$/);
    const expected = wrong().sort((a, b) => answer(b).probability - answer(a).probability);
    expect(rows.map((row) => Number(/^ *(\d+)/.exec(row)![1]))).toEqual(expected);
    rows.forEach((row, n) => {
      const { label, probability } = answer(expected[n]!);
      const truth = DEMO_CLASSES[truthOf(expected[n]!)]!;
      expect(row).toMatch(
        new RegExp(`^ *${expected[n]}  ${truth} +${DEMO_CLASSES[label]} +${(100 * probability).toFixed(1)} %`),
      );
    });
    expect(noted).toEqual([]);
  });

  test('goes on where --skip says, and says how many there are more', async () => {
    await medforge('errors', '1', '--count', '70', '--json');
    await medforge('errors', '1', '--skip', '3', '--count', '4', '--json');
    const [all, page] = said.map((line) => JSON.parse(line) as { total: number; images: { index: number }[] });
    expect(page!.images).toEqual(all!.images.slice(3, 7));
    expect(page!.total).toBe(wrong().length);
    expect(noted.join('')).toBe(`${wrong().length - 7} more: use --skip 7 to see them\n`);
  });

  test('names the twin in another part, and the label that it has there', async () => {
    const truth = truthOf(TWIN.test);
    const outcome = answer(TWIN.test).label === truth ? 'true-positive' : 'false-negative';
    await medforge('errors', '1', '--outcome', outcome, '--class', String(truth), '--count', '70');
    const row = said.find((line) => new RegExp(`^ *${TWIN.test}  `).test(line))!;
    expect(row).toContain(`train ${TWIN.train} (identical, labelled ${DEMO_CLASSES[(truth + 1) % 4]})`);
  });

  test.each([
    [
      'an outcome is about the finding',
      ['--outcome', 'false-negative'],
      (i: number) => truthOf(i) === 2 && answer(i).label !== 2,
    ],
    [
      'a cell of the confusion matrix',
      ['--truth', 'ring', '--predicted', '0'],
      (i: number) => truthOf(i) === 2 && answer(i).label === 0,
    ],
    [
      'a bin of the reliability diagram is of the finding',
      ['--bin', '2'],
      (i: number) => Math.floor(10 * scored.scores.values[4 * i + 2]!) === 2,
    ],
  ])('%s', async (_, options, meant) => {
    await medforge('errors', '1', ...options, '--count', '70', '--json');
    const { images: shown } = JSON.parse(said[0]!) as { images: { index: number; image?: unknown }[] };
    expect(shown.map(({ index }) => index).sort((a, b) => a - b)).toEqual(images.filter(meant));
    expect(shown.every((image) => !('image' in image))).toBe(true);
  });

  test.each([
    [['--bin', '10'], "expected a bin from 0 to 9, saw '10'"],
    [['--at', '1.5'], "expected kept, most-probable or a probability from 0 to 1, saw '1.5'"],
    [['--count', '101'], 'expected at most'],
  ])('%j is wrong usage', async (options, message) => {
    await expect(medforge('errors', '1', ...options)).rejects.toMatchObject({ exitCode: expect.any(Number) as number });
    expect(noted.join('')).toContain(message);
  });

  test('two questions at once are refused', async () => {
    await expect(medforge('errors', '1', '--bin', '1', '--outcome', 'true-positive')).rejects.toMatchObject({
      kind: 'selection-question',
    });
  });
});
