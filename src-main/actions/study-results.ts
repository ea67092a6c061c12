import type { ReadableHistory } from '../history/interface.js';
import { studyResults, type StudyRecord, type StudyResults } from '../studies/results.js';
import { studyStanding, type TaskStanding } from '../studies/standing.js';
import { requireStudy } from './control-study.js';

export interface FoundResults {
  /** Of every task, in the order of the plan. */
  readonly records: readonly StudyRecord[];
  readonly results: StudyResults;
}

/** What a study has come to so far. @throws UserError `study-unknown` */
export function resultsOfStudy(history: ReadableHistory, study: string): FoundResults {
  requireStudy(history, study);
  const records = (studyStanding(history, study) ?? []).map(recordOf);
  return { records, results: studyResults(records) };
}

function recordOf({ task, standing, reason, run }: TaskStanding): StudyRecord {
  const { dataset, method, budget, seed, trainingSeed } = task;
  const ended = standing === 'finished' ? run : null;
  const search = trainingSeed === null ? ended : null;
  return {
    ...{ dataset, method, budget, seed, trainingSeed, standing, reason },
    run: task.run,
    parameters: search?.parameters ?? null,
    seconds: search?.seconds ?? null,
    accuracy: ended?.test?.accuracy.value ?? null,
    auc: ended?.test?.auc.value ?? null,
  };
}
