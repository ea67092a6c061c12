import { expect, it } from 'vitest';
import type { RunDetails } from '../../../src-main/ipc/contract.js';
import { leftOut, testedOn } from '../../../src-renderer/logic/tested-runs.js';

interface Made {
  readonly run: number;
  readonly kind?: 'search' | 'retrain';
  readonly sha256?: string;
  readonly accuracy?: number | null;
  readonly parameters?: number | null;
}

function made({ run, kind = 'retrain', sha256 = 'aaaaaaaaaa', accuracy = 0.9, parameters = 100 }: Made): RunDetails {
  const figure = (value: number) => ({ value, interval: [value - 0.1, value + 0.1] as const });
  const test =
    kind === 'search' || accuracy === null ? null : { networks: 2, accuracy: figure(accuracy), auc: figure(0.9) };
  const searchValidation = kind === 'search' ? { accuracy: 0.99, auc: null } : null;
  return {
    summary: { run, kind, name: `run ${run}`, parameters, test, searchValidation },
    dataset: { name: 'retinamnist', path: `/data/${sha256[0]}/retinamnist.npz`, sha256, bytes: 3_300_000 },
  } as unknown as RunDetails;
}

const SMALL = 'aaaaaaaaaa';
const LARGE = 'bbbbbbbbbb';
const runs = [
  made({ run: 1, kind: 'search' }),
  made({ run: 2, sha256: LARGE }),
  made({ run: 3, accuracy: 0.8 }),
  made({ run: 4 }),
  made({ run: 5, accuracy: null }),
  made({ run: 6, accuracy: NaN }),
  made({ run: 7, parameters: null }),
];

it('joins test results of one file by its contents, whatever its name, and never a search', () => {
  const groups = testedOn(runs);
  expect(groups.map(({ sha256, runs: found }) => [sha256, found.map(({ run }) => run)])).toEqual([
    [SMALL, [3, 4]],
    [LARGE, [2]],
  ]);
  expect(groups[0]?.runs[0]).toMatchObject({ name: 'run 3', test: { networks: 2, accuracy: { value: 0.8 } } });
  expect(groups.map(({ label }) => label.replaceAll('\u202f', ' '))).toEqual([
    'retinamnist (retinamnist.npz, 3.3 MB, SHA-256 aaaaaaaa)',
    'retinamnist (retinamnist.npz, 3.3 MB, SHA-256 bbbbbbbb)',
  ]);
});

it.each([
  [[3, 4], ''],
  [[1, 3], '1 search (never tested)'],
  [[2, 3, 4], '1 retraining on other data'],
  [[1, 2, 3, 4, 5], '1 search (never tested), 1 retraining without a result, 1 retraining on other data'],
])('of the runs %j it leaves out: %s', (numbers, text) => {
  const chosen = runs.filter(({ summary }) => numbers.includes(summary.run));
  expect(leftOut(chosen, testedOn(chosen)[0] ?? null)).toBe(text);
});
