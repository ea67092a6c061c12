import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../../src-main/cli/program.js';
import { openHistory } from '../../../src-main/history/open.js';
import { writePredictions } from '../../../src-main/training/predictions-file.js';
import { finishRetraining } from '../actions/finished-runs.js';
import { temporaryFolder } from '../history/fixtures.js';
import { twoClasses } from '../training/scored.js';

let home: ReturnType<typeof temporaryFolder>;
let said: string[];

beforeEach(async () => {
  home = temporaryFolder();
  const { history } = await openHistory(home.folder);
  const run = finishRetraining(history);
  history.setTags(run, ['paper']);
  for (const { model, seed } of history.listModels(run)) {
    const part = twoClasses(
      Array.from({ length: 40 }, (_, i) => [(i % 2 === 0) === i >= seed ? 0.9 : 0.1, i % 2] as [number, 0 | 1]),
    );
    writePredictions(history.getModel(model).file, {
      validation: part,
      test: part,
      training: { images: 10, ofClass: [7, 3] },
    });
  }
  history.close();
  said = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  home.remove();
});

const medforge = async (...args: readonly string[]): Promise<unknown> => {
  const program = await createProgram('test', args);
  return program.parseAsync(['--home', home.folder, ...args], { from: 'user' });
};

describe('medforge models', () => {
  test('list: each dataset with its models, the best first, and the majority class', async () => {
    await medforge('models', 'list', 'breastmnist');
    const [title, head, best, second, vote, ...more] = said.map((line) => line.trimEnd());
    expect(title).toBe('breastmnist (SHA-256 abababab), test set; sensitivity and specificity for "malignant"');
    expect(head).toMatch(/^#\s+Name\s+Seed\s+Dataset\s+Balanced accuracy \[95 %\]\s+Sensitivity \[95 %\]/);
    expect(best).toMatch(/^2\s+Retrained\s+8\s+breastmnist\s+77\.0 % \[70\.0, 84\.0\].*3 epochs, batch 16.*paper$/);
    expect(second).toMatch(/^1\s+Retrained\s+7\s/);
    expect(vote).toMatch(/^\s+Majority class: always “malignant”\s+50\.0 %/);
    expect(more).toEqual([]);
  });

  test('list --json: one object a model, and the majority class', async () => {
    await medforge('--json', 'models', 'list', '--sort', 'newest', '--limit', '1', '--tag', 'paper');
    const objects = said.map((line) => JSON.parse(line) as { event: string; model?: number });
    expect(objects).toMatchObject([
      { event: 'model', model: 2, tags: ['paper'], test: { balancedAccuracy: { interval: [0.7, 0.84] } } },
      { event: 'majority', dataset: 'breastmnist', majority: { accuracy: 0.5 } },
    ]);
  });

  test('compare: the difference of two, with its test', async () => {
    await medforge('models', 'compare', '1', '2');
    const text = said.join('');
    expect(text).toMatch(/accuracy +82\.5 % +80\.0 % +\+2\.5 \[0\.0, \+\d/);
    expect(text).toContain(
      "different predictions: 1 correct only by model 1 (seed 7), 0 only by model 2 (seed 8); p = 1.000 (McNemar's exact test)",
    );
    expect(text).toContain('Not averaged over seeds: both networks are of the same retraining');
  });

  test('what there is not is said', async () => {
    await expect(medforge('models', 'list', 'bloodmnist')).rejects.toMatchObject({ kind: 'leaderboard-empty' });
    await expect(medforge('models', 'compare', '1', '1')).rejects.toMatchObject({ kind: 'compare-same' });
    await expect(medforge('models', 'time', '9')).rejects.toMatchObject({ kind: 'model-unknown' });
  });
});
