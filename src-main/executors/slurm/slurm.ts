import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import type { ClusterJob, WritableHistory } from '../../history/interface.js';
import type { SlurmPlace } from '../../vocabulary/study.js';
import type { Executor } from '../executor.js';
import { batchOptions, batchScript, tokenOf } from './batch-job.js';
import { openClusterFolder, runFolderIn, sendDataset, sendProgram, type ClusterProgram } from './cluster-folder.js';
import type { QueuedJob, SlurmCommands } from './commands.js';
import { bringState, hasRun, mirrorAttempts } from './mirror.js';
import { newestCheckpoint } from './newest-checkpoint.js';
import { CONTROL_FILE, outputName, readControl, SCRIPT_FILE, writeControl, writeTask } from './task-file.js';

export interface SlurmOptions {
  readonly history: WritableHistory;
  /** Whose runs these are: a folder belongs to one study, which one process at a time goes on with. */
  readonly study: string;
  readonly place: SlurmPlace;
  readonly program: ClusterProgram;
  readonly commands: SlurmCommands;
  /** Takes what the logs of the run's attempts have and the history has not; says whether the run has ended. */
  readonly record: (run: number) => boolean;
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
  /** Tokens that no `sbatch` has been called with: Slurm cannot know them. */
  readonly #fresh = new Set<string>();
  /** When a request was passed on to a run that computes. */
  readonly #asked = new Map<number, number>();
  /** Runs whose logs were looked at since this process goes on with them. */
  readonly #seen = new Set<number>();
  #opened: Promise<string> | null = null;
  #turn: Promise<void> | null = null;
  #room = MOST_AT_ONCE;
  #nextAsk = 0;
  #nextRead = 0;
  #trouble: string | null = null;
  #left = false;

  constructor(private readonly options: SlurmOptions) {
    this.#times = { ...SLURM_TIMES, ...options.times };
  }

  async check(): Promise<readonly string[]> {
    await this.options.commands.version();
    await this.#open();
    return [];
  }

  room(): number {
    return Math.max(0, Math.min(this.#room, this.options.place.atOnce - this.#jobs().length));
  }

  async submit(run: number): Promise<void> {
    const { history, place } = this.options;
    const program = await this.#open();
    const { config, folder: here, summary } = history.getRun(run);
    const cluster = runFolderIn(place.folder, run);
    mkdirSync(cluster, { recursive: true, mode: 0o700 });
    const data = await sendDataset(place.folder, config.dataset);
    await bringState(here, cluster);
    rmSync(join(cluster, CONTROL_FILE), { force: true });
    writeTask(cluster, { run, config, data, threads: place.cpus });
    writeFileSync(join(cluster, SCRIPT_FILE), batchScript(program, cluster, place.node));
    if (summary.state !== 'queued') history.queueRun(run, false);
    const token = randomUUID();
    history.placeRun({ run, folder: place.folder, token, checkpoint: newestCheckpoint(cluster) });
    this.#fresh.add(token);
    this.#room--;
    this.#nextAsk = Math.min(this.#nextAsk, performance.now());
  }

  async poll(): Promise<ReadonlySet<number>> {
    this.#room = MOST_AT_ONCE;
    const now = performance.now();
    if (now >= this.#nextRead) {
      for (const { run } of this.#jobs()) await this.#read(run);
      this.#nextRead = performance.now() + this.#times.read;
    }
    if (this.#turn === null && now >= this.#nextAsk && this.#jobs().length > 0) {
      this.#nextAsk = now + this.#times.ask;
      this.#turn = this.#talk()
        .catch((error: unknown) => this.#say(error))
        .finally(() => (this.#turn = null));
    }
    return new Set(this.#jobs().map(({ run }) => run));
  }

  async cancel(run: number): Promise<void> {
    this.options.history.requestControl(run, 'cancel');
    this.#nextAsk = 0;
  }

  /** Jobs go on without this process. */
  async leave(): Promise<void> {
    const turn = this.#turn;
    if (turn) await Promise.race([turn, sleep(LEAVE_MILLISECONDS, undefined, { ref: false })]);
    this.#left = true;
  }

  #open(): Promise<string> {
    const { study, place, program, history } = this.options;
    this.#opened ??= Promise.resolve().then(() => {
      openClusterFolder(place.folder, { home: history.home, study });
      return sendProgram(place.folder, program);
    });
    return this.#opened;
  }

  #jobs(): ClusterJob[] {
    return this.options.history.clusterJobs().filter(({ folder }) => folder === this.options.place.folder);
  }

  /** Takes what the nodes wrote of a run, and passes on what it is asked. */
  async #read(run: number): Promise<void> {
    const { history, place, record } = this.options;
    const cluster = runFolderIn(place.folder, run);
    const here = history.runFolder(run);
    try {
      const news = await mirrorAttempts(cluster, here);
      // A process that was killed may have brought lines and not recorded them, or recorded the end and not released the run.
      const isFirst = !this.#seen.has(run);
      if ((news || isFirst) && record(run)) {
        await this.#end(run, cluster, here);
        return;
      }
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'attempt-unreadable') throw error;
      history.releasePlacedRun(run, { state: 'failed', error: errorOf(error.kind, error.message) });
      return;
    }
    this.#seen.add(run);
    const control = history.controlRequest(run);
    if (control === null || readControl(cluster).control === control) return;
    writeControl(cluster, { control, reason: `asked to ${control}` });
    this.#asked.set(run, performance.now());
    this.#nextAsk = Math.min(this.#nextAsk, performance.now());
  }

  async #end(run: number, cluster: string, here: string): Promise<void> {
    const { history } = this.options;
    const { state } = history.getRun(run).summary;
    if (state !== 'finished' && state !== 'cancelled') await bringState(cluster, here);
    history.releasePlacedRun(run);
    this.#asked.delete(run);
  }

  /** One turn with Slurm: what it knows, and then what it is to know. */
  async #talk(): Promise<void> {
    const before = this.#jobs();
    if (before.some(({ token }) => !this.#fresh.has(token))) {
      const queue = await this.options.commands.queue();
      if (this.#left) return;
      this.#trouble = null;
      await this.#compare(before, queue);
    }
    for (const job of this.#jobs()) {
      if (this.#left) return;
      if (job.job === null) await this.#submit(job);
    }
  }

  /** @param before the jobs when Slurm was asked: it cannot know later ones */
  async #compare(before: readonly ClusterJob[], queue: readonly QueuedJob[]): Promise<void> {
    const { history } = this.options;
    const byNumber = new Map(queue.map((job) => [job.job, job]));
    const byToken = new Map(queue.map((job) => [tokenOf(job.comment), job]));
    const cancelled: string[] = [];
    for (const job of before) {
      if (this.#fresh.has(job.token)) continue;
      const known = byToken.get(job.token) ?? byNumber.get(job.job ?? '');
      if (known) {
        const said = known.reason === 'None' ? known.state : `${known.state} (${known.reason})`;
        if (job.job !== known.job || job.said !== said || job.unknownSince !== null) {
          history.changeClusterJob(job.run, { job: known.job, said, unknownSince: null });
        }
        if (this.#isToEnd(job.run, known)) cancelled.push(known.job);
      } else await this.#missing(job);
    }
    if (cancelled.length > 0) await this.options.commands.cancel(cancelled);
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
    if (job.unknownSince === null) {
      history.changeClusterJob(job.run, { unknownSince: new Date().toISOString(), said: 'not known to Slurm' });
    }
    const since = job.unknownSince === null ? Date.now() : Date.parse(job.unknownSince);
    const grace = control === null ? this.#times.grace : 0;
    if (job.unknownSince === null ? grace > 0 : Date.now() - since < grace) return;
    await this.#read(job.run);
    if (!this.#jobs().some(({ run }) => run === job.run)) return;
    if (control === 'cancel') history.releasePlacedRun(job.run, { state: 'cancelled' });
    else if (control === 'pause') await this.#stopped(job.run);
    else this.#again(job);
  }

  /** A run that was to pause and whose job is gone. */
  async #stopped(run: number): Promise<void> {
    const { history, place } = this.options;
    await bringState(runFolderIn(place.folder, run), history.runFolder(run));
    history.releasePlacedRun(run, { state: 'paused', reason: 'paused as asked' });
  }

  /** A job that ended without an end of its run: another one, unless nothing comes of it. */
  #again(job: ClusterJob): void {
    const { history, place } = this.options;
    const cluster = runFolderIn(place.folder, job.run);
    const checkpoint = newestCheckpoint(cluster);
    // Without a number there may never have been a job.
    const { fruitless: before } = job;
    const fruitless = checkpoint > job.checkpoint ? 0 : job.job === null ? before : before + 1;
    if (fruitless >= MOST_FRUITLESS_JOBS) {
      const error = errorOf('cluster-fruitless', this.#fruitlessText(job, cluster));
      history.releasePlacedRun(job.run, { state: 'failed', error });
      return;
    }
    const token = randomUUID();
    const again = { token, job: null, said: null, unknownSince: null, fruitless, checkpoint };
    history.changeClusterJob(job.run, again);
    this.#fresh.add(token);
  }

  #fruitlessText({ job }: ClusterJob, cluster: string): string {
    const { time, memory } = this.options.place;
    const ran = job !== null && hasRun(cluster, job);
    const what = ran
      ? `${MOST_FRUITLESS_JOBS} jobs in a row ended before a new checkpoint: the time limit (on.time ${time}) is too short, or the memory (on.memory ${memory}) too small`
      : `${MOST_FRUITLESS_JOBS} jobs in a row ended without having run: see what the nodes say, and on.node`;
    const words = job === null ? '' : lastWords(join(cluster, outputName(job)));
    return `${what}.${words === '' ? '' : ` Job ${job ?? ''}: ${words}`}`;
  }

  async #submit({ run, token, submissions }: ClusterJob): Promise<void> {
    const { history, place, commands } = this.options;
    // From here on Slurm may know it, whatever is heard of it.
    if (!this.#fresh.delete(token)) return;
    try {
      const script = join(runFolderIn(place.folder, run), SCRIPT_FILE);
      const job = await commands.submit([...batchOptions(place, { run, token }), script]);
      if (!this.#left) history.changeClusterJob(run, { job, submissions: submissions + 1, said: 'PENDING' });
    } catch (error) {
      if (this.#left) return;
      if (!(error instanceof UserError) || error.kind !== 'slurm-refused') throw error;
      // A refusal is an answer: there is no job, and the token may be tried again.
      if (PASSING.test(error.message)) {
        this.#fresh.add(token);
        history.changeClusterJob(run, { said: error.message });
      } else history.releasePlacedRun(run, { state: 'failed', error: errorOf(error.kind, error.message) });
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

function errorOf(kind: string, message: string): { name: string; kind: string; message: string } {
  return { name: 'UserError', kind, message };
}

/** The end of a job's output, in one line. */
function lastWords(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' ').slice(-500);
  } catch {
    return '';
  }
}
