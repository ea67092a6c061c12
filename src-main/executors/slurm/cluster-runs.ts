import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../durable-file.js';
import { UserError } from '../../errors.js';
import type { ClusterJob, WritableHistory } from '../../history/interface.js';
import { trySettleRunFolder } from '../../history/settle-run.js';
import { batchScript } from './batch-job.js';
import { openClusterFolder, runFolderIn, sendDataset, sendProgram, type ClusterProgram } from './cluster-folder.js';
import { bringState, mirrorAttempts } from './mirror.js';
import { newestCheckpoint } from './newest-checkpoint.js';
import { recordAttempts } from './record-attempts.js';
import { CONTROL_FILE, readControl, SCRIPT_FILE, writeControl, writeTask } from './task-file.js';

export interface ClusterRunsOptions {
  readonly history: WritableHistory;
  /** Whose runs these are: a folder belongs to one study, which one process at a time goes on with. */
  readonly study: string;
  readonly program: ClusterProgram;
  /** As `SlurmPlace`. */
  readonly place: { readonly folder: string; readonly cpus: number; readonly node?: string | undefined };
  /** Where the folder lies now, when it was carried. Default: where it was made. */
  readonly lies?: string;
}

/** The runs of a study that are in the folder of a cluster: put there, read, and taken back, without a word to Slurm. */
export class ClusterRuns {
  readonly #history: WritableHistory;
  readonly #folder: string;
  /** Runs whose logs were looked at since this process goes on with them. */
  readonly #seen = new Set<number>();
  #opened: Promise<string> | null = null;

  constructor(private readonly options: ClusterRunsOptions) {
    this.#history = options.history;
    this.#folder = options.place.folder;
  }

  /** Makes the folder with the program in it. @returns the name of what Node starts @throws UserError `cluster-folder` */
  open(): Promise<string> {
    const { study, program } = this.options;
    this.#opened ??= Promise.resolve().then(() => {
      openClusterFolder(this.#folder, { home: this.#history.home, study });
      return sendProgram(this.#folder, program);
    });
    return this.#opened;
  }

  /** Those that have not ended. */
  list(): ClusterJob[] {
    return this.#history.clusterJobs().filter(({ folder }) => folder === this.#folder);
  }

  folderOf(run: number): string {
    return runFolderIn(this.options.lies ?? this.#folder, run);
  }

  /** Puts all that nodes need of a run into the folder, and keeps that it is computed there. @param token of its job */
  async prepare(run: number, token: string): Promise<void> {
    const { place } = this.options;
    const program = await this.open();
    const { config, folder: here, summary } = this.#history.getRun(run);
    const cluster = this.folderOf(run);
    mkdirSync(cluster, { recursive: true, mode: 0o700 });
    const data = await sendDataset(this.#folder, config.dataset);
    await bringState(here, cluster);
    rmSync(join(cluster, CONTROL_FILE), { force: true });
    writeTask(cluster, { run, config, data, threads: place.cpus });
    writeDurably(join(cluster, SCRIPT_FILE), [Buffer.from(batchScript(program, run, place.node))]);
    if (summary.state !== 'queued') this.#history.queueRun(run, false);
    this.#history.placeRun({ run, folder: this.#folder, token, checkpoint: newestCheckpoint(cluster) });
  }

  /** Takes what nodes wrote of a run; one that has ended is not on the cluster any more. @returns whether it is still there */
  async read(run: number): Promise<boolean> {
    const history = this.#history;
    const cluster = this.folderOf(run);
    const here = history.runFolder(run);
    try {
      const news = await mirrorAttempts(cluster, here);
      // A process that was killed may have brought lines and not recorded them, or recorded the end and not released the run.
      const isFirst = !this.#seen.has(run);
      if ((news || isFirst) && recordAttempts(history, run)) {
        const { state } = history.getRun(run).summary;
        if (state !== 'finished' && state !== 'cancelled') await bringState(cluster, here);
        history.releasePlacedRun(run);
        return false;
      }
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'attempt-unreadable') throw error;
      history.releasePlacedRun(run, { state: 'failed', error: errorOf(error.kind, error.message) });
      return false;
    }
    this.#seen.add(run);
    return true;
  }

  /** Tells the nodes what a run is asked. @returns whether that is new to them */
  passOn(run: number): boolean {
    const control = this.#history.controlRequest(run);
    const cluster = this.folderOf(run);
    if (control === null || readControl(cluster).control === control) return false;
    writeControl(cluster, { control, reason: `asked to ${control}` });
    return true;
  }

  /** Ends a run whose job is gone: as it was asked, or as a failure. */
  async end(
    run: number,
    how: 'paused' | 'cancelled' | { readonly kind: string; readonly message: string },
  ): Promise<void> {
    if (how !== 'cancelled') await bringState(this.folderOf(run), this.#history.runFolder(run));
    const end =
      how === 'cancelled'
        ? ({ state: 'cancelled' } as const)
        : how === 'paused'
          ? ({ state: 'paused', reason: 'paused as asked' } as const)
          : ({ state: 'failed', error: errorOf(how.kind, how.message) } as const);
    this.#history.releasePlacedRun(run, end);
    trySettleRunFolder(this.#history, run);
  }
}

function errorOf(kind: string, message: string): { name: string; kind: string; message: string } {
  return { name: 'UserError', kind, message };
}
