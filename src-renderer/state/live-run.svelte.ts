import type { EpochRecord, JobEvent, RunDetails, WindowEvent } from '../../src-main/ipc/contract.js';
import { EMPTY_EPOCHS, type EpochList } from '../logic/epoch-list.js';
import { EpochReader } from '../logic/epoch-reader.js';
import { clockWithSeconds, epochLine, parseLogLine, type LogLine } from '../logic/log-line.js';
import { attempt } from './problems.svelte.js';

const LOG_LINES = 500;
const FLUSH_AT = 400;

/**
 * One run as it is watched. Events are collected and put into the state once a frame, so that an epoch every 100 ms, or a burst
 * after the window was hidden, costs one update.
 */
export class LiveRun {
  details = $state.raw<RunDetails | null>(null);
  epochs = $state.raw<EpochList>(EMPTY_EPOCHS);
  log = $state.raw<readonly LogLine[]>([]);
  progress = $state.raw<Extract<JobEvent, { type: 'progress' }> | null>(null);
  started = $state.raw<Extract<JobEvent, { type: 'started' }> | null>(null);
  /** The standing of the race, from when the epochs of a search have ended. */
  race = $state.raw<Extract<JobEvent, { type: 'race' }> | null>(null);
  loaded = $state(false);
  /** What the traces of the epochs mean. */
  readonly description = $derived(this.started?.trace ?? this.details?.trace ?? null);

  readonly #reader = new EpochReader(
    (after) => window.medforge.invoke('runs:epochs', this.run, after),
    (epochs, fresh) => this.#show(epochs, fresh),
  );
  #pending: WindowEvent[] = [];
  #frame = 0;
  #closed = false;
  #stops: (() => void)[] = [];
  #state = '';

  constructor(readonly run: number) {}

  open(): void {
    this.#stops = [
      window.medforge.listen('jobs:events', (events) => {
        for (const { run, event } of events) if (run === this.run) this.#pending.push(event);
        if (this.#pending.length > FLUSH_AT) this.#flush();
        else if (this.#pending.length > 0 && this.#frame === 0)
          this.#frame = requestAnimationFrame(() => this.#flush());
      }),
      window.medforge.listen('epochs:written', (written) => {
        for (const one of written) if (one.run === this.run) void this.#readEpochs(() => this.#reader.written(one));
      }),
      window.medforge.listen('runs:changed', (runs) => {
        const summary = runs.find(({ run }) => run === this.run);
        if (!summary || summary.state === this.#state) return;
        this.#state = summary.state;
        void this.#read();
      }),
    ];
    void this.#read();
  }

  close(): void {
    this.#closed = true;
    cancelAnimationFrame(this.#frame);
    this.#stops.forEach((stop) => stop());
  }

  async #read(): Promise<void> {
    await Promise.all([this.#readDetails(), this.#readEpochs(() => this.#reader.read())]);
    this.loaded = true;
  }

  #readEpochs(read: () => Promise<void>): Promise<void> {
    return attempt('The epochs of this run could not be read', read);
  }

  #show(epochs: EpochList, fresh: readonly EpochRecord[]): void {
    if (this.#closed) return;
    this.epochs = epochs;
    this.#addLines(fresh.map(lineOfEpoch));
  }

  #addLines(lines: readonly LogLine[]): void {
    if (lines.length > 0) this.log = [...this.log, ...lines].slice(-LOG_LINES);
  }

  async #readDetails(): Promise<void> {
    await attempt('This run could not be read', async () => {
      const [details, log] = await Promise.all([
        window.medforge.invoke('runs:details', this.run),
        window.medforge.invoke('runs:log', this.run),
      ]);
      if (this.#closed) return;
      this.details = details;
      this.#state = details.summary.state;
      this.log = log.split('\n').filter(Boolean).slice(-LOG_LINES).map(parseLogLine);
    });
  }

  #flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const events = this.#pending;
    this.#pending = [];
    const lines = events.flatMap(logLineOf);
    this.progress = events.findLast((event) => event.type === 'progress') ?? this.progress;
    this.started = events.findLast((event) => event.type === 'started') ?? this.started;
    this.race = events.findLast((event) => event.type === 'race') ?? this.race;
    this.#addLines(lines);
  }
}

/** What the file will say of an epoch, said at once. */
function lineOfEpoch(record: EpochRecord): LogLine {
  return { time: clockWithSeconds(new Date()), level: 'info', text: epochLine(record) };
}

/** What the file will say of an event, said at once. */
function logLineOf(event: WindowEvent): LogLine[] {
  if (event.type !== 'log') return [];
  return [{ ...parseLogLine(event.text), time: clockWithSeconds(new Date()), level: event.level }];
}
