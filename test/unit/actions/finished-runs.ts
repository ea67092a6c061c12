import type { WritableHistory } from '../../../src-main/history/interface.js';
import {
  epochRecord,
  retrainConfig,
  retrainResult,
  searchConfig,
  searchResult,
  exampleTrace,
} from '../history/fixtures.js';

/** A finished search with one epoch. @returns its number */
export function finishSearch(history: WritableHistory): number {
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  history.appendEpoch(run, epochRecord(1), exampleTrace(1), { checkpoint: 'c', seconds: 1, secondsLeft: null });
  history.finishRun(run, searchResult, 1);
  return run;
}

/** A finished retraining of two networks. @returns its number */
export function finishRetraining(history: WritableHistory): number {
  const run = history.createRun(retrainConfig, { name: 'Retrained' });
  history.claimRun(run);
  history.finishRun(run, retrainResult, 1);
  return run;
}
