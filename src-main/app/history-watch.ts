import type { WritableHistory } from '../history/interface.js';
import { EpochOutlet } from '../ipc/epoch-outlet.js';
import type { Push } from '../ipc/push.js';
import type { RunState, RunSummary } from '../vocabulary/run.js';
import type { Faults } from './faults.js';

/** How often the history is asked whether another process wrote to it: one cheap pragma. */
const POLL_MILLISECONDS = 500;
/** How often runs are looked for whose process is gone. */
const DEAD_EVERY = 10;
/** How often a change is looked for in all runs and not only in those that move. */
const FULL_EVERY = 20;
/** Runs of the first picture; thousands of them would hold it up by a quarter of a second. */
const FIRST_RUNS = 100;
/** Runs of one message after that, so that the page answers in between. */
const RUNS_AT_ONCE = 1000;
/** States of runs that move, or may move again. */
const MOVING: readonly RunState[] = ['queued', 'running', 'paused', 'interrupted'];

/**
 * Shows in the window what other processes do with the history: runs that were started in a terminal appear, move and end
 * there as if they ran here.
 */
export class HistoryWatch {
  #timer: NodeJS.Timeout | null = null;
  #version: number;
  #polls = 0;
  #changedSinceFull = false;
  readonly #known = new Map<number, RunSummary>();
  /** Runs that move, or may move again. */
  readonly #moving = new Set<number>();
  readonly #epochs: EpochOutlet;
  #first: ReadonlySet<number> = new Set();
  /** Whether every run was read once. */
  #complete = false;

  /** @param runningHere number of the run that this process itself reports, or null */
  constructor(
    private readonly history: WritableHistory,
    private readonly push: Push,
    private readonly runningHere: () => number | null,
    private readonly faults: Pick<Faults, 'guard'>,
  ) {
    this.#version = history.dataVersion();
    this.#epochs = new EpochOutlet(push);
  }

  /**
   * What a window shows first: the newest runs, those that move, and `wanted` if it is there, newest first. The window is
   * sent the changes from here on, and the others by {@link sendRemaining}.
   */
  first(wanted: number | null): RunSummary[] {
    const found = [
      ...this.history.listRuns({ limit: FIRST_RUNS }),
      ...this.history.listRuns({ states: MOVING }),
      ...this.history.listRuns({ runs: wanted === null ? [] : [wanted] }),
    ];
    const runs = [...new Map(found.map((run) => [run.run, run])).values()].sort((a, b) => b.run - a.run);
    for (const run of runs) this.#remember(run);
    this.#first = new Set(runs.map(({ run }) => run));
    return runs;
  }

  /** Sends the window the runs that `first` left out. */
  sendRemaining(): void {
    const others = this.#rememberAll().filter(({ run }) => !this.#first.has(run));
    for (let begin = 0; begin < others.length; begin += RUNS_AT_ONCE) {
      this.push.send('runs:changed', others.slice(begin, begin + RUNS_AT_ONCE));
    }
  }

  start(): void {
    if (!this.#complete) this.#rememberAll();
    const look = this.faults.guard('The history cannot be read', () => this.poll());
    this.#timer ??= setInterval(look, POLL_MILLISECONDS);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** This process changed these runs: the window is sent them as they are now. */
  changedHere(runs: readonly number[]): void {
    const found = this.history.listRuns({ runs });
    for (const run of found) this.#tell(run);
    if (found.length > 0) this.push.send('runs:changed', found);
  }

  /** This process wrote an epoch. */
  epochWritten(run: number): void {
    for (const { epoch } of this.history.listRuns({ runs: [run] })) this.#epochs.written(run, epoch);
  }

  forget(run: number): void {
    this.#known.delete(run);
    this.#moving.delete(run);
    this.#epochs.forget(run);
  }

  poll(): void {
    this.#polls += 1;
    if (this.#polls % DEAD_EVERY === 0) {
      const dead = this.history.interruptDeadRuns();
      if (dead.length > 0) this.changedHere(dead);
    }
    const version = this.history.dataVersion();
    if (version !== this.#version) {
      this.#version = version;
      this.#changedSinceFull = true;
      this.#compare(this.#readMoving());
    }
    if (this.#changedSinceFull && this.#polls % FULL_EVERY === 0) {
      const all = this.history.listRuns();
      this.#compare(all);
      this.#sendDeleted(all);
      this.push.send('models:changed', this.history.listModels());
      this.#changedSinceFull = false;
    }
  }

  /** New runs, those that are under way, and those that were when they were last seen. */
  #readMoving(): RunSummary[] {
    const active = this.history.listRuns({ states: MOVING });
    const newest = this.history.listRuns({ limit: 20 });
    const missing = [...this.#moving].filter((run) => !active.some((found) => found.run === run));
    const left = missing.length === 0 ? [] : this.history.listRuns({ runs: missing });
    return [...new Map([...active, ...newest, ...left].map((run) => [run.run, run])).values()];
  }

  #compare(runs: readonly RunSummary[]): void {
    const here = this.runningHere();
    const changed = runs.filter((run) => run.run !== here && !isSame(this.#known.get(run.run), run));
    for (const run of changed) this.#tell(run);
    if (changed.length > 0) this.push.send('runs:changed', changed);
  }

  #tell(run: RunSummary): void {
    this.#epochs.written(run.run, run.epoch);
    this.#remember(run);
  }

  #sendDeleted(all: readonly RunSummary[]): void {
    const there = new Set(all.map(({ run }) => run));
    const gone = [...this.#known.keys()].filter((run) => !there.has(run));
    for (const run of gone) this.forget(run);
    if (gone.length > 0) this.push.send('runs:deleted', gone);
  }

  #rememberAll(): RunSummary[] {
    const runs = this.history.listRuns();
    for (const run of runs) this.#remember(run);
    this.#complete = true;
    return runs;
  }

  #remember(run: RunSummary): void {
    this.#known.set(run.run, run);
    this.#epochs.known(run.run, run.epoch);
    if (MOVING.includes(run.state)) this.#moving.add(run.run);
    else this.#moving.delete(run.run);
  }
}

function isSame(a: RunSummary | undefined, b: RunSummary): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
