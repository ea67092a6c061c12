import { resolve } from 'node:path';
import { UserError } from '../errors.js';
import { purgeClusterFolder, requireOwner } from '../executors/slurm/cluster-folder.js';
import { PackedExecutor } from '../executors/slurm/packed.js';
import { clusterProgram } from '../executors/slurm/program-files.js';
import type { ReadableHistory, WritableHistory } from '../history/interface.js';
import { StudyWork } from '../studies/study.js';
import type { TaskStanding } from '../studies/standing.js';
import type { SlurmPlace, Study } from '../vocabulary/study.js';
import { studyContext, type InspectDataset, type OpenStudy } from './study.js';

/** @throws UserError `study-executor` for a study of this computer */
export function requireSlurm(file: string, { on }: Study): SlurmPlace {
  if (on.executor === 'slurm') return on;
  const message = `${file} runs on this computer: set on.executor to slurm, with on.folder and what a job is given (docs/studies.md)`;
  throw new UserError('study-executor', message);
}

export interface PackedStudy {
  /** Of every task, afterwards. */
  readonly standings: readonly TaskStanding[];
  /** Runs in the folder that have not ended. */
  readonly runs: number;
}

/**
 * Puts all tasks that may start into a folder that is carried to a cluster, with a script that gives them to Slurm there.
 * @param to made when it is missing
 * @throws UserError `cluster-folder`, `study-busy`
 */
export async function packStudy(
  history: WritableHistory,
  opened: OpenStudy,
  options: { readonly place: SlurmPlace; readonly to: string; readonly inspect: InspectDataset },
): Promise<PackedStudy> {
  const folder = resolve(options.to);
  const place = { ...options.place, folder };
  const study = opened.study.name;
  const executor = new PackedExecutor({ history, study, place, program: clusterProgram() }, true);
  await executor.check();
  return oneTurn(history, opened, executor, options.inspect, folder);
}

/**
 * Takes what the runs of a folder that was carried back have come to.
 * @param from where it lies now  @throws UserError `cluster-folder`, `study-busy`
 */
export async function collectStudy(
  history: WritableHistory,
  opened: OpenStudy,
  options: { readonly place: SlurmPlace; readonly from: string; readonly inspect: InspectDataset },
): Promise<PackedStudy> {
  const lies = resolve(options.from);
  const study = opened.study.name;
  const folder = requireOwner(lies, { home: history.home, study });
  const place = { ...options.place, folder };
  const executor = new PackedExecutor({ history, study, place, program: clusterProgram(), lies }, false);
  return oneTurn(history, opened, executor, options.inspect, folder);
}

async function oneTurn(
  history: WritableHistory,
  opened: OpenStudy,
  executor: PackedExecutor,
  inspect: InspectDataset,
  folder: string,
): Promise<PackedStudy> {
  const { name } = opened.study;
  history.claimStudy(name);
  try {
    const standings = await new StudyWork(studyContext(history, opened, executor, inspect)).advance();
    await executor.leave();
    return { standings, runs: runsIn(history, folder) };
  } finally {
    history.releaseStudy(name);
  }
}

const runsIn = (history: ReadableHistory, folder: string): number =>
  history.clusterJobs().filter((job) => job.folder === folder).length;

/**
 * Removes images, program and runs from the folder of a study; its results are in the history.
 * @throws UserError `cluster-busy` while runs of it have not ended, `cluster-folder`
 */
export function purgeStudy(history: ReadableHistory, study: string, at: string): void {
  const lies = resolve(at);
  const folder = requireOwner(lies, { home: history.home, study });
  const runs = runsIn(history, folder);
  if (runs > 0) {
    const message = `${runs} runs of ${lies} have not ended: wait for them, or cancel them ('medforge study cancel')`;
    throw new UserError('cluster-busy', message);
  }
  purgeClusterFolder(lies);
}
