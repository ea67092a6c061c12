import type { WritableHistory } from '../history/interface.js';
import { identityOf, ownIdentity } from '../process-identity.js';
import type { Door } from './door.js';
import { isEnd } from './execute.js';
import { describeEnd } from './process-end.js';
import { Liveness } from './liveness.js';
import { smallerRun } from './memory-need.js';
import type { Launch, ProcessEnd, WorkerProcess } from './worker-process.js';
import type { JobControl, JobEvent } from '../vocabulary/events.js';
import { backendOf, type JobConfig } from '../vocabulary/run-config.js';
import type { PageEnd } from './page/page-jobs.js';
import { RunRecorder } from './recorder.js';
import { parseFromWorker } from './worker-messages.js';

/** How a hosted run ended: by its own word, or without one. */
export type WorkerRunEnd = 'reported' | 'crashed';

/** A run that goes on in a worker process. */
export interface WorkerRun {
  readonly run: number;
  /** Settles when the process is gone and the history knows how the run ended. */
  readonly ended: Promise<WorkerRunEnd>;
  /** Asks for a checkpoint and an end; answered within one training step. */
  stop(control: Exclude<JobControl, 'continue'>, reason: string): void;
  /** Ends the process at once; the run is then interrupted. */
  kill(): void;
}

export interface WorkerRunOptions {
  readonly history: WritableHistory;
  readonly launch: Launch;
  /** Hears every event after it was written down. */
  readonly listener: (run: number, event: JobEvent) => void;
  /** Told of faults of the program. */
  readonly report: (text: string, error?: unknown) => void;
  /** Opens the page that computes a run on a graphics card; default: the worker process looks for a card itself. */
  readonly openPage?: OpenPage;
  /** Where what is said of the run is read. Default: the window. */
  readonly door?: Door;
  /** Seconds of silence that are taken for a hang; default: found out as it goes. */
  readonly silence?: number;
}

/** A page that computes. */
export interface ComputingPage {
  /** For the worker process, to be handed over once. */
  readonly port: Electron.MessagePortMain;
  /** Settles when the page is gone without having been closed. */
  readonly ended: Promise<PageEnd>;
  close(): void;
}
export type OpenPage = () => ComputingPage;

/** Events that say that at least one step has ended. */
const STEPS: ReadonlySet<JobEvent['type']> = new Set(['progress', 'epoch', 'race']);
/** How often other processes' requests are looked for. */
const POLL_MILLISECONDS = 200;
const SECOND = 1000;
/** A history that cannot be written is tried again this often, until the run has its last state. */
const RETRY_MILLISECONDS = 2000;
/** A worker that has said its end and does not go is ended. */
const LINGER_MILLISECONDS = 5000;

/**
 * Takes a run and starts it in a worker process; one that has ended already, as its log says, is recorded and not started.
 * @throws UserError as `RunRecorder.begin`, and when the process cannot be started
 */
export function startWorkerRun(run: number, options: WorkerRunOptions): WorkerRun {
  const recorder = new RunRecorder(options.history, run, (event) => options.listener(run, event));
  if (!recorder.begin())
    return { run, ended: Promise.resolve('reported'), stop: () => undefined, kill: () => undefined };
  return new RunInWorker(run, recorder, options);
}

class RunInWorker implements WorkerRun {
  readonly ended: Promise<WorkerRunEnd>;
  readonly #config: JobConfig;
  readonly #worker: WorkerProcess;
  readonly #liveness: Liveness;
  readonly #poll: NodeJS.Timeout;
  readonly #tick: NodeJS.Timeout;
  #settle!: (end: WorkerRunEnd) => void;
  #asked: JobControl = 'continue';
  #sequence = 0;
  #started = false;
  #reportedEnd = false;
  /** The most memory that the process was seen to have. */
  #residentBytes = 0;
  /** Height and width of an image, once the dataset is in its memory. */
  #imageSize: number | null = null;
  /** Why we ended the process ourselves. */
  #killed: string | null = null;
  #page: ComputingPage | null = null;

  constructor(
    readonly run: number,
    private readonly recorder: RunRecorder,
    private readonly options: WorkerRunOptions,
  ) {
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.#config = options.history.getRun(run).config;
    this.#liveness = new Liveness(options.silence);
    this.#worker = options.launch(
      `run-${run}`,
      (message) => this.#guard('a message', () => this.#receive(message)),
      (end) => this.#gone(end),
    );
    void this.#worker.spawned.then((pid) => this.#guard('the start', () => this.#assign(pid)));
    this.#poll = setInterval(() => this.#guard('a look', () => this.#look()), POLL_MILLISECONDS);
    this.#tick = setInterval(() => this.#second(), SECOND);
  }

  stop(control: Exclude<JobControl, 'continue'>, reason: string): void {
    if (this.#asked === 'cancel' || this.#asked === control) return;
    this.#asked = control;
    this.#worker.post({ type: 'control', control, reason });
  }

  kill(): void {
    this.#killed ??= 'it was killed because it did not stop in time';
    this.#worker.kill();
  }

  #assign(pid: number): void {
    const identity = identityOf(pid);
    if (identity) this.recorder.setWorker(identity);
    const { folder } = this.options.history.getRun(this.run);
    if (backendOf(this.#config) === 'webgpu') this.#page = this.options.openPage?.() ?? null;
    void this.#page?.ended.then((end) => this.#worker.post({ type: 'page-ended', ...end }));
    const { door = 'window' } = this.options;
    const run = { run: this.run, config: this.#config, folder, door };
    const assignment = { type: 'run', parent: ownIdentity(), ...run } as const;
    this.#worker.post(assignment, this.#page ? [this.#page.port] : []);
  }

  #receive(data: unknown): void {
    const message = parseFromWorker(data);
    // Before `started` a resumed run says the epoch of its checkpoint again.
    this.#liveness.beat(this.#started && message.type === 'event' && STEPS.has(message.event.type));
    if (message.type === 'heartbeat') this.#residentBytes = Math.max(this.#residentBytes, message.residentBytes);
    if (message.type === 'opened') this.#imageSize = message.size;
    if (message.type !== 'event') return;
    this.#sequence += 1;
    if (message.sequence !== this.#sequence) {
      throw new Error(`event ${message.sequence} of run ${this.run} came where ${this.#sequence} was due`);
    }
    const { event } = message;
    if (event.type === 'started') this.#started = true;
    this.recorder.apply(event, message.logged);
    // After a fault of the card the run goes on in its own process.
    if (event.type === 'backend' && event.backend !== 'webgpu') this.#page?.close();
    if (isEnd(event)) {
      this.#reportedEnd = true;
      this.#page?.close();
      this.#worker.post({ type: 'received' });
      setTimeout(() => this.#worker.kill(), LINGER_MILLISECONDS).unref();
    }
  }

  #look(): void {
    const { control, reason } = this.recorder.poll();
    if (control !== 'continue') this.stop(control, reason);
  }

  #second(): void {
    if (this.#reportedEnd || !this.#liveness.tick()) return;
    this.#killed ??= `it did not respond for ${Math.round(this.#liveness.limit)} s`;
    this.#worker.kill();
  }

  #gone(end: ProcessEnd): void {
    clearInterval(this.#poll);
    clearInterval(this.#tick);
    this.#page?.close();
    const how =
      this.#killed === null
        ? describeEnd('The process of the run', end, this.#residentBytes, this.#remedy())
        : `The process was stopped: ${this.#killed}.`;
    this.options.report(
      `run ${this.run}: ${this.#reportedEnd ? 'its process ended' : how}`,
      end.lastOutput || undefined,
    );
    this.#writeEnd(how);
  }

  /** What to do if it was memory that it did not get. */
  #remedy(): string | null {
    if (this.#imageSize === null || this.#residentBytes === 0) return null;
    return smallerRun(this.#config, this.#imageSize, this.#residentBytes);
  }

  #writeEnd(how: string): void {
    try {
      this.recorder.end(`${how} Resume to continue from the last checkpoint.`);
      this.#settle(this.#reportedEnd || this.#killed !== null ? 'reported' : 'crashed');
    } catch (error) {
      this.options.report(`The end of run ${this.run} could not be written`, error);
      setTimeout(() => this.#writeEnd(how), RETRY_MILLISECONDS).unref();
    }
  }

  /** A fault of the program must not leave a run without an owner: its process ends and the run is interrupted. */
  #guard(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.options.report(`run ${this.run}: ${what} failed`, error);
      this.#killed ??= error instanceof Error ? error.message : String(error);
      this.#worker.kill();
    }
  }
}
