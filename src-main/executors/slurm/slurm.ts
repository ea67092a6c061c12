import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import type { ClusterJob } from '../../history/interface.js';
import type { SlurmPlace } from '../../vocabulary/study.js';
import type { Executor } from '../executor.js';
import { batchOptions, tokenOf } from './batch-job.js';
import { ClusterRuns, type ClusterRunsOptions } from './cluster-runs.js';
import type { QueuedJob, SlurmCommands } from './commands.js';
import { newestCheckpoint } from './newest-checkpoint.js';
import { probeNode } from './probe.js';
import type { Probe } from './probe-file.js';
import { COMPUTES, outputName, SCRIPT_FILE } from './task-file.js';

export interface SlurmOptions extends ClusterRunsOptions {
  readonly place: SlurmPlace;
  readonly commands: SlurmCommands;
  /** Told of troubles with Slurm, once each. */
  readonly report: (text: string) => void;
  readonly times?: Partial<SlurmTimes>;
}

/** Milliseconds. */
export interface SlurmTimes {
  /** Between two questions to Slurm. */
  readonly ask: number;
  /** Between two looks at the files of the runs. */
  readonly read: number;
  /** For which a job that Slurm does not know any more may have said its end where this computer does not see it yet. */
  readonly grace: number;
  /** After which a job that does not answer a request to end is ended by Slurm. */
  readonly patience: number;
}

export const SLURM_TIMES: SlurmTimes = { ask: 20_000, read: 1500, grace: 90_000, patience: 60_000 };
/** Jobs in a row without a new checkpoint after which a run is given up. */
export const MOST_FRUITLESS_JOBS = 3;
/** Runs that are prepared in one turn, so that reading goes on. */
const MOST_AT_ONCE = 20;
/** How long to wait for a command of Slurm when this process ends; its effect is found again by the token. */
const LEAVE_MILLISECONDS = 3000;
/** What `sbatch` refuses now and may take later. */
const PASSING = /limit|QOS|AssocGrp|busy|temporar|drain|try again|pending/i;

/**
 * Runs as jobs of Slurm, which go on whether this process does or not: the history knows where each is, nodes write into its folder,
 * and whoever goes on with the study reads what they wrote. Slurm is asked and told in the background, one command at a time, and
 * files are read whether it answers or not.
 */
export class SlurmExecutor implements Executor {
  readonly #times: SlurmTimes;
  readonly #runs: ClusterRuns;
  /** Tokens that no `sbatch` has been called with: Slurm cannot know them. */
  readonly #fresh = new Set<string>();
  /** When a request was passed on to a run that computes. */
  readonly #asked = new Map<number, number>();
  #turn: Promise<void> | null = null;
  #room = MOST_AT_ONCE;
  #nextAsk = 0;
  #nextRead = 0;
  #trouble: string | null = null;
  #left = false;

  constructor(private readonly options: SlurmOptions) {
    this.#times = { ...SLURM_TIMES, ...options.times };
    this.#runs = new ClusterRuns(options);
  }

  async check(): Promise<readonly string[]> {
    await this.options.commands.version();
    await this.#runs.open();
    return [];
  }

  /** What a node is, by a job of a minute. @param patience milliseconds @throws UserError as `probeNode` */
  probe(patience: number): Promise<Probe> {
    const { place, commands } = this.options;
    return probeNode({ place, commands, runs: this.#runs, patience });
  }

  room(): number {
    return Math.max(0, Math.min(this.#room, this.options.place.atOnce - this.#runs.list().length));
  }

  async submit(run: number): Promise<void> {
    const token = randomUUID();
    await this.#runs.prepare(run, token);
    this.#fresh.add(token);
    this.#room--;
    this.#askSoon();
  }

  async poll(): Promise<ReadonlySet<number>> {
    this.#room = MOST_AT_ONCE;
    const now = performance.now();
    if (now >= this.#nextRead) {
      for (const { run } of this.#runs.list()) await this.#read(run);
      this.#nextRead = performance.now() + this.#times.read;
    }
    const going = this.#runs.list();
    if (this.#turn === null && now >= this.#nextAsk && going.length > 0) {
      this.#nextAsk = now + this.#times.ask;
      this.#turn = this.#talk()
        .catch((error: unknown) => this.#say(error))
        .finally(() => (this.#turn = null));
    }
    return new Set(going.map(({ run }) => run));
  }

  async cancel(run: number): Promise<void> {
    this.options.history.requestControl(run, 'cancel');
    this.#askSoon();
  }

  /** Jobs go on without this process. */
  async leave(): Promise<void> {
    const turn = this.#turn;
    if (turn) await Promise.race([turn, sleep(LEAVE_MILLISECONDS, undefined, { ref: false })]);
    this.#left = true;
  }

  #askSoon(): void {
    this.#nextAsk = Math.min(this.#nextAsk, performance.now());
  }

  async #read(run: number): Promise<void> {
    if (!(await this.#runs.read(run))) {
      this.#asked.delete(run);
      return;
    }
    if (!this.#runs.passOn(run)) return;
    this.#asked.set(run, performance.now());
    this.#askSoon();
  }

  /** One turn with Slurm: what it knows, and then what it is to know. */
  async #talk(): Promise<void> {
    const before = this.#runs.list();
    if (before.some(({ token }) => !this.#fresh.has(token))) {
      const queue = await this.options.commands.queue();
      if (this.#left) return;
      this.#trouble = null;
      await this.#compare(before, queue);
    }
    for (const job of this.#runs.list()) {
      if (this.#left) return;
      if (job.job === null) await this.#submit(job);
    }
  }

  /** @param before the jobs when Slurm was asked: it cannot know later ones */
  async #compare(before: readonly ClusterJob[], queue: readonly QueuedJob[]): Promise<void> {
    const { history, commands } = this.options;
    const byNumber = new Map(queue.map((job) => [job.job, job]));
    const byToken = new Map(queue.map((job) => [tokenOf(job.comment), job]));
    const ending: string[] = [];
    for (const job of before) {
      if (this.#fresh.has(job.token)) continue;
      const known = byToken.get(job.token) ?? byNumber.get(job.job ?? '');
      if (known) {
        const said = known.reason === 'None' ? known.state : `${known.state} (${known.reason})`;
        if (job.job !== known.job || job.said !== said || job.unknownSince !== null) {
          history.changeClusterJob(job.run, { job: known.job, said, unknownSince: null });
        }
        if (this.#isToEnd(job.run, known)) ending.push(known.job);
      } else await this.#missing(job);
    }
    if (ending.length > 0) await commands.cancel(ending);
  }

  /** Whether Slurm must end it: it waits, or has not answered. */
  #isToEnd(run: number, { state }: QueuedJob): boolean {
    if (this.options.history.controlRequest(run) === null) return false;
    if (state === 'PENDING') return true;
    const asked = this.#asked.get(run);
    if (asked === undefined) this.#asked.set(run, performance.now());
    return asked !== undefined && performance.now() - asked > this.#times.patience;
  }

  /** Slurm has answered and does not know the job. */
  async #missing(job: ClusterJob): Promise<void> {
    const { history } = this.options;
    const control = history.controlRequest(job.run);
    const now = Date.now();
    if (job.unknownSince === null) {
      history.changeClusterJob(job.run, { unknownSince: new Date(now).toISOString(), said: 'not known to Slurm' });
    }
    const waited = job.unknownSince === null ? 0 : now - Date.parse(job.unknownSince);
    if (control === null && waited < this.#times.grace) return;
    if (!(await this.#runs.read(job.run))) return;
    if (control === null) await this.#again(job);
    else await this.#runs.end(job.run, control === 'cancel' ? 'cancelled' : 'paused');
  }

  /** A job that ended without an end of its run: another one, unless nothing comes of it. */
  async #again(job: ClusterJob): Promise<void> {
    const cluster = this.#runs.folderOf(job.run);
    const checkpoint = newestCheckpoint(cluster);
    // Without a number there may never have been a job.
    const fruitless = checkpoint > job.checkpoint ? 0 : job.fruitless + (job.job === null ? 0 : 1);
    if (fruitless >= MOST_FRUITLESS_JOBS) {
      await this.#runs.end(job.run, { kind: 'cluster-fruitless', message: this.#fruitlessText(job, cluster) });
      return;
    }
    const token = randomUUID();
    const anew = { token, job: null, said: null, unknownSince: null, fruitless, checkpoint };
    this.options.history.changeClusterJob(job.run, anew);
    this.#fresh.add(token);
  }

  #fruitlessText({ job }: ClusterJob, cluster: string): string {
    const { time, memory } = this.options.place;
    const output = job === null ? '' : outputOf(join(cluster, outputName(job)));
    const words = output.split('\n').slice(-3).join(' ').slice(-500);
    const how = output.includes(COMPUTES)
      ? `before a new checkpoint: the time limit is too short (on.time, ${time}), or the memory too small (on.memory, ${memory})`
      : `without having run: see what the node said, and what makes Node available there (on.node)`;
    return `${MOST_FRUITLESS_JOBS} jobs in a row ended ${how}.${words === '' ? '' : ` Job ${job ?? ''}: ${words}`}`;
  }

  async #submit({ run, token, submissions }: ClusterJob): Promise<void> {
    const { history, place, commands } = this.options;
    // From here on Slurm may know it, whatever is heard of it.
    if (!this.#fresh.delete(token)) return;
    try {
      const script = join(this.#runs.folderOf(run), SCRIPT_FILE);
      const job = await commands.submit([...batchOptions(place, { run, token }), script]);
      if (!this.#left) history.changeClusterJob(run, { job, submissions: submissions + 1, said: 'PENDING' });
    } catch (error) {
      if (this.#left) return;
      if (!(error instanceof UserError) || error.kind !== 'slurm-refused') throw error;
      // A refusal is an answer: there is no job.
      if (!PASSING.test(error.message)) await this.#runs.end(run, error);
      else {
        this.#fresh.add(token);
        history.changeClusterJob(run, { said: error.message });
      }
    }
  }

  #say(error: unknown): void {
    if (this.#left) return;
    const text = error instanceof Error ? error.message : String(error);
    if (text === this.#trouble) return;
    this.#trouble = text;
    this.options.report(text);
  }
}

/** What a job wrote; nothing where it did not come to that. */
function outputOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
