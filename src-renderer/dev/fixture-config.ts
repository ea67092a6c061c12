import type { Genotype, JobConfig, RunSummary, SearchRequest } from '../../src-main/ipc/contract.js';
import { BUDGETS, RECIPE } from './fixture-data.js';

/** Settings of a made-up run. */
export function configOf(summary: RunSummary, request: SearchRequest | undefined, genotype: Genotype): JobConfig {
  const dataset = {
    name: summary.dataset,
    path: `/data/${summary.dataset}.npz`,
    sha256: 'a3f1'.repeat(16),
    bytes: 559_580,
  };
  const space = { channels: request?.channels ?? 16, cells: request?.cells ?? 3, inputChannels: 1, classes: 2 };
  return summary.kind === 'search'
    ? {
        kind: 'search',
        dataset,
        space,
        budget: summary.budget ?? BUDGETS[0],
        epochs: summary.epochs,
        batch: summary.run % 3 === 0 ? 32 : 16,
        seed: summary.seed,
        backend: 'auto',
        threads: 0,
        method: 'zo-darts++',
        settings: { estimator: 'published', outlierCut: true, budgetTerm: 'exact' },
        sparse: true,
        race: summary.run % 4 === 2 ? null : { share: 1, random: 16, smallest: false },
      }
    : {
        kind: 'retrain',
        dataset,
        space,
        genotype: genotype,
        searchRun: 4990,
        ...RECIPE,
        epochs: summary.epochs,
        batch: 16,
        selection: 'best-validation',
        seeds: [1, 2, 3],
        backend: 'auto',
        threads: 0,
      };
}
