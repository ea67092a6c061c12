import type { ClusterJob, ReadableHistory, StoredStudyTask } from '../history/interface.js';
import type { RunState, RunSummary } from '../vocabulary/run.js';

/**
 * How a task stands: `waiting` for its turn, or, when its search gave nothing to retrain, `blocked`; then the state of its run until it
 * has ended for the study.
 */
export type Standing =
  | 'waiting'
  | 'blocked'
  | Extract<RunState, 'queued' | 'running' | 'paused' | 'interrupted'>
  | 'finished'
  | 'given-up'
  | 'cancelled';

export interface TaskStanding {
  readonly task: StoredStudyTask;
  readonly standing: Standing;
  /** Why, where it is not plain. */
  readonly reason: string | null;
  /** Null while there is none. */
  readonly run: RunSummary | null;
}

/** Standings that the study does not get out of by itself. */
const SETTLED: ReadonlySet<Standing> = new Set(['finished', 'given-up', 'cancelled', 'blocked']);

export const isSettled = ({ standing }: TaskStanding): boolean => SETTLED.has(standing);

/** How every task of a study stands, in the order of its plan; null when there is no such study. */
export function studyStanding(
  history: Pick<ReadableHistory, 'studyTasks' | 'listRuns' | 'clusterJobs'>,
  study: string,
): TaskStanding[] | null {
  const tasks = history.studyTasks(study);
  if (tasks === null) return null;
  const numbers = tasks.flatMap(({ run }) => run ?? []);
  const runs = new Map(history.listRuns({ runs: numbers }).map((run) => [run.run, run]));
  const jobs = new Map(history.clusterJobs().map((job) => [job.run, job]));
  const searches = new Map<string, TaskStanding>();
  return tasks.map((task) => {
    const run = task.run === null ? null : (runs.get(task.run) ?? null);
    const search = task.search === null ? null : (searches.get(task.search) ?? null);
    const standing = { task, run, ...standingOf(task, run, search, jobs.get(task.run ?? 0) ?? null) };
    if (task.search === null) searches.set(task.key, standing);
    return standing;
  });
}

function standingOf(
  task: StoredStudyTask,
  run: RunSummary | null,
  search: TaskStanding | null,
  job: ClusterJob | null,
): Pick<TaskStanding, 'standing' | 'reason'> {
  const { state, reason } = task;
  if (state === 'waiting') {
    if (search && (search.standing === 'given-up' || search.standing === 'cancelled')) {
      const why = search.standing === 'cancelled' ? 'was cancelled' : `failed: ${search.reason ?? ''}`;
      return { standing: 'blocked', reason: `its search ${why}` };
    }
    return { standing: 'waiting', reason };
  }
  if (state !== 'submitted') return { standing: state, reason };
  if (run === null) return { standing: 'waiting', reason: `its run ${task.run ?? ''} is not in the history` };
  // The study is told of the end of its run when it goes on.
  if (run.state === 'failed') return { standing: 'given-up', reason: run.error };
  if (job !== null) return { standing: run.state, reason: jobText(job, run) };
  return { standing: run.state, reason: run.state === 'running' ? null : run.error };
}

/** Where a run on a cluster is: "Slurm's job 17: PENDING (Priority)"; null for one that simply runs. */
function jobText({ job, said, submissions }: ClusterJob, { state }: RunSummary): string | null {
  if (job === null) return said === null ? 'not yet given to Slurm' : `not yet taken by Slurm: ${said}`;
  const times = submissions > 1 ? ` (submission ${submissions})` : '';
  if (state === 'running' && said === 'RUNNING') return null;
  return `Slurm's job ${job}${times}${said === null ? '' : `: ${said}`}`;
}

export interface StudyCounts {
  readonly tasks: number;
  readonly finished: number;
  readonly running: number;
  /** Paused or interrupted. */
  readonly stopped: number;
  readonly waiting: number;
  /** Given up, cancelled or blocked. */
  readonly lost: number;
}

export function countStandings(standings: readonly TaskStanding[]): StudyCounts {
  const of = (...which: Standing[]): number => standings.filter(({ standing }) => which.includes(standing)).length;
  return {
    tasks: standings.length,
    finished: of('finished'),
    running: of('running'),
    stopped: of('paused', 'interrupted'),
    waiting: of('waiting', 'queued'),
    lost: of('given-up', 'cancelled', 'blocked'),
  };
}
