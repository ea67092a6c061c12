/**
 * Entry of a worker process: one run or one task, then the end. It never opens the history and never a window; it writes
 * only into the folder of its run.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { UserError } from '../errors.js';
import { executeAttempt } from './attempt.js';
import type { Jobs } from './execute.js';
import { toJobError } from './job-error.js';
import type { JobControl, JobEvent } from '../vocabulary/events.js';
import { backendOf, type JobConfig } from '../vocabulary/run-config.js';
import type { PageJobs } from './page/page-jobs.js';
import type { JobPort } from './page/port.js';
import type { TaskProgress } from './task-progress.js';
import { workerChannel } from './worker-channel.js';
import { HEARTBEAT_MILLISECONDS, type ToWorker, type WorkerAssignment } from './worker-messages.js';
import { exitWithParent } from './worker-parent.js';
import { runTask } from './worker-tasks.js';

/** How long the last message may take to arrive before the process ends all the same. */
const LAST_MESSAGE_MILLISECONDS = 5000;

/** Enough that the window always comes first, and little enough that a busy machine does not starve the run. */
const STEPS_BELOW = 5;

const channel = workerChannel();
let assigned = false;
let control: JobControl = 'continue';
let reason = '';
const cancelled = new AbortController();
/** Where a page computes the run. */
let page: Promise<PageJobs> | null = null;

// Before any thread is made, because threads inherit it: the window stays quick while every core computes.
setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + STEPS_BELOW));

channel.listen((message: ToWorker, port: JobPort | null) => {
  if (message.type === 'received') process.exit(0);
  else if (message.type === 'page-ended') void page?.then((jobs) => jobs.ended(message));
  else if (message.type === 'control') {
    // Cancelling is final: a pause that comes later does not undo it.
    if (control === 'cancel') return;
    ({ control, reason } = message);
    if (control === 'cancel') cancelled.abort(new UserError('cancelled', 'Cancelled.'));
  } else if (!assigned) {
    assigned = true;
    exitWithParent(message.parent);
    setInterval(
      () => channel.post({ type: 'heartbeat', residentBytes: process.memoryUsage.rss() }),
      HEARTBEAT_MILLISECONDS,
    );
    if (port) page = import('./page/page-jobs.js').then(({ pageJobs }) => pageJobs(port));
    void carryOut(message);
  }
});

async function carryOut(assignment: WorkerAssignment): Promise<void> {
  if (assignment.type === 'run') await carryOutRun(assignment);
  else await carryOutTask(assignment);
  setTimeout(() => process.exit(0), LAST_MESSAGE_MILLISECONDS);
}

async function carryOutRun({ run, config, folder, door }: Extract<WorkerAssignment, { type: 'run' }>): Promise<void> {
  let sequence = 0;
  const tell = (event: JobEvent, logged: boolean): void =>
    channel.post({ type: 'event', sequence: ++sequence, event, logged });
  const jobs = page ? withPage(await page) : (await import('./jobs.js')).jobs;
  const opened = (size: number): void => channel.post({ type: 'opened', size });
  const end = await executeAttempt({
    ...{ run, config, folder, door, jobs, tell, opened },
    control: () => control,
    reason: () => reason,
  });
  // Another process has taken its place.
  if (end === null) process.exit(0);
}

const onCard = (config: JobConfig): boolean => backendOf(config) === 'webgpu';

/** After a fault of the card, a run can go on in this process. */
function withPage({ jobs }: PageJobs): Jobs {
  const here = async (): Promise<Jobs> => (await import('./jobs.js')).jobs;
  return {
    search: async (config, context) => (onCard(config) ? jobs : await here()).search(config, context),
    retrain: async (config, context) => (onCard(config) ? jobs : await here()).retrain(config, context),
  };
}

async function carryOutTask({ request }: Extract<WorkerAssignment, { type: 'task' }>): Promise<void> {
  try {
    const progress = (done: TaskProgress): void => channel.post({ type: 'progress', progress: done });
    const result = await runTask(request, progress, cancelled.signal);
    channel.post({ type: 'result', result });
  } catch (error) {
    channel.post({ type: 'error', error: toJobError(error, process.cwd()) });
  }
}
