import { UserError } from '../errors.js';
import { ownIdentity } from '../process-identity.js';
import { fromJobError } from './job-error.js';
import { describeEnd } from './process-end.js';
import type { Launch, WorkerProcess } from './worker-process.js';
import type { TaskName, TaskRequest, TaskResult } from './tasks.js';
import type { TaskProgress } from './task-progress.js';
import { parseFromWorker } from './worker-messages.js';

export interface TaskOptions {
  /** Ends the task; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the task may take to clean up after itself before its process is ended. Default 0. */
  readonly cleanUp?: number;
  readonly onProgress?: (progress: TaskProgress) => void;
}

/** A task whose turn has not come: it is given the place of one that ended. */
interface Waiting {
  readonly start: () => void;
  readonly refuse: (reason: Error) => void;
}

/** More at once would only make each slower. */
const AT_ONCE = 2;

/** Runs short tasks, each in a worker process of its own: nothing untrusted is read and nothing is computed in main. */
export class TaskRunner {
  readonly #running = new Set<WorkerProcess>();
  readonly #waiting: Waiting[] = [];
  #slots = AT_ONCE;

  constructor(private readonly launch: Launch) {}

  /** @throws UserError what the task refused, or how its process ended */
  async run<K extends TaskName>(request: TaskRequest<K>, options: TaskOptions = {}): Promise<TaskResult<K>> {
    await this.#slot(options.signal);
    try {
      return await this.#inProcess(request, options);
    } finally {
      const next = this.#waiting.shift();
      if (next) next.start();
      else this.#slots += 1;
    }
  }

  /** Ends every task at once, those too that wait for others. */
  killAll(): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(new UserError('task-died', 'The program is quitting.'));
    for (const worker of this.#running) worker.kill();
  }

  /** Settles when a process may be started. @throws the signal's reason, when it ends the waiting or came before */
  async #slot(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#slots > 0) {
      this.#slots -= 1;
      return;
    }
    let leave = (): void => undefined;
    try {
      await new Promise<void>((start, refuse) => {
        const waiting: Waiting = { start, refuse };
        this.#waiting.push(waiting);
        leave = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
          refuse(signal?.reason as Error);
        };
        signal?.addEventListener('abort', leave, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #inProcess<K extends TaskName>(
    request: TaskRequest<K>,
    { signal, onProgress, cleanUp = 0 }: TaskOptions,
  ): Promise<TaskResult<K>> {
    return new Promise((resolve, reject) => {
      const receive = (data: unknown): void => {
        const message = parseFromWorker(data);
        if (message.type === 'result') resolve(message.result);
        else if (message.type === 'error') reject(fromJobError(message.error));
        if (message.type === 'result' || message.type === 'error') worker.post({ type: 'received' });
        else if (message.type === 'progress') onProgress?.(message.progress);
      };
      const onMessage = (data: unknown): void => {
        try {
          receive(data);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          worker.kill();
        }
      };
      const worker = this.launch(`task-${request.name.replace(':', '-')}`, onMessage, (end) => {
        this.#running.delete(worker);
        signal?.removeEventListener('abort', abort);
        reject(new UserError('task-died', describeEnd(`The process of the task "${request.name}"`, end)));
      });
      const abort = (): void => {
        if (cleanUp === 0) reject(signal?.reason as Error);
        worker.post({ type: 'control', control: 'cancel', reason: '' });
        setTimeout(() => worker.kill(), cleanUp);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#running.add(worker);
      worker.post({ type: 'task', parent: ownIdentity(), request });
    });
  }
}
