import { UserError } from '../errors.js';
import type { Executor } from '../executors/executor.js';
import { LocalExecutor, type LocalOptions } from '../executors/local.js';
import { slurmCommands } from '../executors/slurm/commands.js';
import { clusterProgram } from '../executors/slurm/program-files.js';
import { SlurmExecutor } from '../executors/slurm/slurm.js';
import type { Study } from '../vocabulary/study.js';

export type StudyExecutorOptions = Pick<LocalOptions, 'history' | 'launch' | 'door' | 'listener' | 'report'>;

/** What the tasks of a study run on. @throws UserError `cluster-program` */
export function studyExecutor({ name, on }: Pick<Study, 'name' | 'on'>, options: StudyExecutorOptions): Executor {
  if (on.executor === 'local') return new LocalExecutor({ ...options, threads: on.threads, atOnce: on.atOnce });
  const { history, report } = options;
  return new SlurmExecutor({
    ...{ history, study: name, place: on, program: clusterProgram(), commands: slurmCommands() },
    report: (text) => report(text),
    times: { ask: on.askSeconds * 1000, grace: on.graceSeconds * 1000 },
  });
}

/**
 * Images may be those of patients: they are copied to other computers only where this was said to be right.
 * @param confirmed beside the file
 * @throws UserError `images-leave`
 */
export function requireMayLeave(file: string, { datasets, on }: Study, confirmed = false): void {
  if (on.executor === 'local' || on.sendImages || confirmed) return;
  const which = datasets.length === 1 ? `The images of ${datasets[0]!}` : `The images of ${datasets.length} datasets`;
  throw new UserError(
    'images-leave',
    `${which} would be copied to ${on.folder}, which other computers read: these images leave this machine. If that is allowed, ` +
      `set "sendImages": true in ${file}, or give --send-images.`,
  );
}
