import { execFile, type ExecFileException, type ExecFileOptions } from 'node:child_process';
import { UserError } from '../../errors.js';

/** How long a command of Slurm may take: without its controller, `squeue` answers after nine seconds or not at all. */
export const COMMAND_MILLISECONDS = 15_000;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** A job of Slurm's queue. */
export interface QueuedJob {
  readonly job: string;
  /** PENDING, RUNNING, … */
  readonly state: string;
  /** Why it pends: Priority, PartitionConfig, DependencyNeverSatisfied, …; None where it does not. */
  readonly reason: string;
  readonly comment: string;
}

/** The commands of Slurm that are needed; nothing depends on its accounting. */
export interface SlurmCommands {
  /** All jobs of this user that have not ended. */
  queue(): Promise<QueuedJob[]>;
  /** @returns the number of the job */
  submit(args: readonly string[]): Promise<string>;
  cancel(jobs: readonly string[]): Promise<void>;
  version(): Promise<string>;
}

/**
 * @param environment of the commands. Default: of this process
 * @throws UserError `slurm-missing`, `slurm-silent` (no answer in time), `slurm-refused`, of all functions
 */
export function slurmCommands(
  environment: NodeJS.ProcessEnv = process.env,
  milliseconds = COMMAND_MILLISECONDS,
): SlurmCommands {
  const run = (program: string, args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const options: ExecFileOptions = {
        env: { ...environment, LC_ALL: 'C' },
        ...{ timeout: milliseconds, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT },
      };
      const child = execFile(program, [...args], options, (error, stdout, stderr) => {
        if (error) reject(inWords(program, error, String(stderr), milliseconds));
        else resolve(String(stdout));
      });
      child.stdin?.end();
    });
  return {
    async queue() {
      const user = String(process.getuid?.() ?? '');
      return parseQueue(await run('squeue', ['--noheader', `--user=${user}`, `--format=${QUEUE_FORMAT}`]));
    },
    async submit(args) {
      const text = (await run('sbatch', ['--parsable', ...args])).trim();
      const [job = ''] = text.split('\n').at(-1)!.split(';');
      if (!/^\d+$/.test(job))
        throw new UserError('slurm-refused', `sbatch answered ${JSON.stringify(text)} instead of a number`);
      return job;
    },
    async cancel(jobs) {
      if (jobs.length > 0) await run('scancel', jobs);
    },
    version: async () => (await run('sbatch', ['--version'])).trim(),
  };
}

/** The comment last: it may contain anything. */
const QUEUE_FORMAT = '%i|%T|%r|%k';

/** What `squeue` says; lines of other kinds are left out. */
export function parseQueue(text: string): QueuedJob[] {
  return text.split('\n').flatMap((line) => {
    const [, job, state, reason, comment] = /^(\d+)[^|]*\|([^|]*)\|([^|]*)\|(.*)$/.exec(line) ?? [];
    return job === undefined ? [] : [{ job, state: state!, reason: reason!, comment: comment! }];
  });
}

function inWords(program: string, error: ExecFileException, stderr: string, milliseconds: number): UserError {
  if (error.code === 'ENOENT') {
    const message = `there is no ${program} on this computer: MedForge runs on the login node, or 'medforge study pack' makes a folder to carry`;
    return new UserError('slurm-missing', message, { cause: error });
  }
  if (error.killed === true) {
    const message = `${program} did not answer within ${milliseconds / 1000} s: Slurm is asked again`;
    return new UserError('slurm-silent', message, { cause: error });
  }
  const said = stderr.trim().split('\n').slice(-3).join(' ');
  const silent = /Unable to contact slurm controller|Connection refused|timed out|Socket/i.test(said);
  return new UserError(silent ? 'slurm-silent' : 'slurm-refused', `${program}: ${said || error.message}`, {
    cause: error,
  });
}
