import { retrainJob } from './retrain-job.js';
import { searchJob } from './search-job.js';

/** Every kind of job by its name; the same table serves the command line and the window's worker. */
export const jobs = { search: searchJob, retrain: retrainJob } as const;
