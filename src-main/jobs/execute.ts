import { join } from 'node:path';
import { UserError } from '../errors.js';
import { CHECKPOINTS_FOLDER } from '../run-folder.js';
import { configSha256, formerConfigSha256 } from './checkpoint-format.js';
import { FolderCheckpoints } from './checkpoint.js';
import { readRunDataset, type RunDataset } from './dataset-identity.js';
import type { Door } from './door.js';
import { hostHere } from './host-here.js';
import type { DiskCheckpoints, Job, JobContext, JobOutcome } from './job.js';
import type { BackendName } from '../vocabulary/backend.js';
import type { JobConfig, RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import { decideBackend } from './decide-backend.js';
import { goesOnText, isGpuFault, stoppedByFault } from './gpu-fault.js';
import { memoryWithin, outOfMemory } from './memory-need.js';
import { Stopped } from './stopped.js';
import { toJobError } from './job-error.js';
import type { JobControl, JobError, JobEvent } from '../vocabulary/events.js';

/** How often the reading of the dataset asks whether to go on. */
const CONTROL_MILLISECONDS = 500;

/** Every kind of job by its name. */
export interface Jobs {
  readonly search: Job<SearchConfig>;
  readonly retrain: Job<RetrainConfig>;
}

export interface Execution {
  readonly run: number;
  /** `<home>/runs/<run>` */
  readonly folder: string;
  readonly config: JobConfig;
  readonly jobs: Jobs;
  emit(event: JobEvent): void;
  control(): JobControl;
  /** Told the height and width of the images when the dataset is in memory. */
  opened?(size: number): void;
  /** Fail where the result would not have the bits of a run that was never stopped. Default false. */
  readonly sameBits?: boolean;
  /** As `JobContext.door`. */
  readonly door?: Door;
  /** Called before each checkpoint: throws where this process must not write any more. Default: it may. */
  fence?(): void;
  /** Why `control` says pause; becomes the reason of the `paused` event. */
  reason(): string;
}

/** The event that ends a job. */
export type EndEvent = Extract<JobEvent, { type: 'paused' | 'cancelled' | 'finished' | 'failed' }>;

/**
 * Runs or resumes a job in this process, without the history: what a worker process does, and the command line in its own.
 * Reads the dataset, gives the job its checkpoints, and says exactly one of `finished`, `paused`, `cancelled`, `failed`
 * at the end. Never throws. A full disk is a pause: after some space was freed, the run goes on. After a fault of the graphics
 * card it goes on with `native` where that was chosen.
 */
export async function executeJob(execution: Execution): Promise<EndEvent> {
  const { run, folder } = execution;
  let { config } = execution;
  const emit = (event: JobEvent): void => execution.emit(event);
  let checkpoints: FolderCheckpoints | null = null;
  const forward = (event: JobEvent): void => {
    if (!isEnd(event)) emit(event);
  };
  let opened: RunDataset | null = null;
  const paused = (epoch: number, reason: string): EndEvent => ({
    type: 'paused',
    epoch,
    checkpoint: checkpoints?.newestFile ?? '',
    reason,
  });
  let end: EndEvent;
  try {
    checkpoints = new FolderCheckpoints({
      folder: join(folder, CHECKPOINTS_FOLDER),
      identity: { run, configSha256: configSha256(config), datasetSha256: config.dataset.sha256 },
      formerConfigSha256: formerConfigSha256(config),
      warn: (text) => emit({ type: 'log', level: 'warning', text }),
      sameBits: execution.sameBits ?? false,
    });
    const here = {
      folder,
      checkpoints: repeatingLastEpoch(checkpoints, forward, () => execution.fence?.()),
      door: execution.door ?? 'terminal',
      emit: forward,
    };
    const context: JobContext = {
      run,
      ...here,
      host: hostHere(here),
      dataset: async () => {
        if (opened === null) {
          opened = await untilStopped((signal) => readRunDataset(run, config.dataset, signal), execution);
          execution.opened?.(opened.dataset.size);
        }
        return opened.dataset;
      },
      control: () => execution.control(),
    };
    const perform = (): Promise<JobOutcome> =>
      config.kind === 'search' ? execution.jobs.search(config, context) : execution.jobs.retrain(config, context);
    const computeOn = (backend: BackendName, level: 'info' | 'warning', text: string): void => {
      emit({ type: 'log', level, text });
      emit({ type: 'backend', backend });
      config = { ...config, decidedBackend: backend };
    };
    const decision = await decideBackend(config, context);
    if (decision) computeOn(decision.backend, 'info', decision.text);
    let outcome;
    try {
      outcome = await perform();
    } catch (error) {
      if (!isGpuFault(error, config)) throw error;
      if (config.onGpuFault !== 'native') throw stoppedByFault(error, run);
      // The card may fail before the job has asked where it was.
      const epoch = checkpoints.newestEpoch ?? (await checkpoints.latest())?.epoch ?? 0;
      computeOn('native', 'warning', goesOnText(error, epoch));
      outcome = await perform();
    }
    const warning = (await (opened as RunDataset | null)?.warning()) ?? null;
    if (warning !== null) emit({ type: 'log', level: 'warning', text: warning });
    end =
      outcome.state === 'finished'
        ? { type: 'finished', result: outcome.result }
        : outcome.state === 'cancelled'
          ? { type: 'cancelled', epoch: outcome.epoch }
          : paused(outcome.epoch, execution.reason());
  } catch (error) {
    const epoch = checkpoints?.newestEpoch ?? 0;
    const failure = inWordsOf(execution.door, withBatchThatFits(toJobError(error, folder), error, config, opened));
    if (error instanceof Stopped) {
      end = error.control === 'cancel' ? { type: 'cancelled', epoch } : paused(epoch, execution.reason());
    } else end = failure.kind === 'disk-full' ? paused(epoch, failure.message) : { type: 'failed', error: failure };
  }
  emit(end);
  return end;
}

/** Work that ends, with `Stopped`, when the job is asked to pause or to end. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>, execution: Execution): Promise<T> {
  const stop = new AbortController();
  const timer = setInterval(() => {
    try {
      const control = execution.control();
      if (control !== 'continue') stop.abort(new Stopped(control));
    } catch (error) {
      stop.abort(error);
    }
  }, CONTROL_MILLISECONDS);
  try {
    return await work(stop.signal);
  } finally {
    clearInterval(timer);
  }
}

/** A process can be killed between a checkpoint and the `epoch` event after it; who finds the checkpoint says it again. */
function repeatingLastEpoch(
  store: FolderCheckpoints,
  forward: (event: JobEvent) => void,
  fence: () => void,
): DiskCheckpoints {
  let asked = false;
  return {
    async latest(arithmetic) {
      const found = await store.latest(arithmetic);
      // Of a later one the process itself has said the epoch.
      if (found?.finished && !asked) forward({ type: 'epoch', ...found.finished, checkpoint: found.file });
      asked = true;
      return found;
    },
    async save(epoch, snapshot, finished) {
      fence();
      return store.save(epoch, snapshot, finished);
    },
    requireRoom: (bytes) => store.requireRoom(bytes),
  };
}

/** What the history keeps of a failure says what can be done where the run was. */
function inWordsOf(door: Door | undefined, failure: JobError): JobError {
  return door === 'window' && failure.inWindow !== undefined ? { ...failure, message: failure.inWindow } : failure;
}

export function isEnd(event: JobEvent): event is EndEvent {
  return ['paused', 'cancelled', 'finished', 'failed'].includes(event.type);
}

/** Memory that was not there: names the batch that would have fitted into what the process had and what is left. */
function withBatchThatFits(failure: JobError, error: unknown, config: JobConfig, opened: RunDataset | null): JobError {
  if (failure.kind !== 'out-of-memory' || error instanceof UserError || opened === null) return failure;
  return { ...failure, message: outOfMemory(config, opened.dataset.size, memoryWithin()) };
}
