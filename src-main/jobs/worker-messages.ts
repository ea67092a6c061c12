import type { ProcessIdentity } from '../process-identity.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { JobControl, JobError, JobEvent } from '../vocabulary/events.js';
import type { TaskName, TaskRequest, TaskResult } from './tasks.js';
import type { TaskProgress } from './task-progress.js';

/** First message to a worker process: what it is there for. A process does one thing and ends. */
export type WorkerAssignment =
  | {
      readonly type: 'run';
      readonly parent: ProcessIdentity;
      readonly run: number;
      readonly config: JobConfig;
      /** `<home>/runs/<run>` */
      readonly folder: string;
    }
  | { readonly type: 'task'; readonly parent: ProcessIdentity; readonly request: TaskRequest<TaskName> };

/** What the host says to a worker process. */
export type ToWorker =
  | WorkerAssignment
  | { readonly type: 'control'; readonly control: JobControl; readonly reason: string }
  /** The last message has arrived: the process may end. */
  | { readonly type: 'received' };

/** What a worker process says. Events are numbered from 1, so that a lost one is noticed. */
export type FromWorker =
  /** @property residentBytes memory of the process */
  | { readonly type: 'heartbeat'; readonly residentBytes: number }
  | { readonly type: 'event'; readonly sequence: number; readonly event: JobEvent }
  | { readonly type: 'progress'; readonly progress: TaskProgress }
  | { readonly type: 'result'; readonly result: TaskResult<TaskName> }
  | { readonly type: 'error'; readonly error: JobError };

/** Milliseconds between two signs of life. */
export const HEARTBEAT_MILLISECONDS = 1000;
