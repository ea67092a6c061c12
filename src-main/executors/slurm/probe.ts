import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import type { SlurmPlace } from '../../vocabulary/study.js';
import { commentOf, nodeScript, resourceOptions, tokenOf } from './batch-job.js';
import type { ClusterRuns } from './cluster-runs.js';
import type { QueuedJob, SlurmCommands } from './commands.js';
import { probeSchema, type Probe } from './probe-file.js';

const JOB_TIME = '00:01:00';
const LOOK_MILLISECONDS = 500;
/** Looks at the files for one question to Slurm. */
const LOOKS_A_QUESTION = 6;
/** Looks for a file after Slurm has forgotten its job. */
const LATE_LOOKS = 20;

export interface ProbeContext {
  readonly place: SlurmPlace;
  readonly runs: ClusterRuns;
  readonly commands: SlurmCommands;
  /** How long to wait for the job, in milliseconds. */
  readonly patience: number;
}

/**
 * What a node of the study is: a job of a minute that starts the program there.
 * @throws UserError `cluster-probe` with what the node or Slurm said; those of the commands and of the folder
 */
export async function probeNode({ place, runs, commands, patience }: ProbeContext): Promise<Probe> {
  const program = await runs.open();
  const token = randomUUID();
  const at = join('runs', `probe-${token}`);
  const folder = join(place.folder, at);
  mkdirSync(folder, { mode: 0o700 });
  try {
    const script = join(folder, 'job.sh');
    writeFileSync(script, nodeScript(place.node, `'${program}' --probe '${join(at, 'probe.json')}'`));
    const job = await commands.submit([
      ...['--job-name=medforge-probe', `--comment=${commentOf(token)}`, `--chdir=${place.folder}`],
      `--output=${join(folder, 'slurm.out')}`,
      ...resourceOptions(place, JOB_TIME),
      script,
    ]);
    return await answer({ folder, job, token, commands, patience });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Asked extends Pick<ProbeContext, 'commands' | 'patience'> {
  readonly folder: string;
  readonly job: string;
  readonly token: string;
}

async function answer({ folder, job, token, commands, patience }: Asked): Promise<Probe> {
  const file = join(folder, 'probe.json');
  const end = performance.now() + patience;
  let known: QueuedJob | undefined;
  let unknown = 0;
  for (let look = 0; performance.now() < end && unknown < LATE_LOOKS; look++) {
    if (existsSync(file)) return probeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (look % LOOKS_A_QUESTION === 1 || unknown > 0) {
      known = (await commands.queue()).find(({ comment }) => tokenOf(comment) === token);
      unknown = known ? 0 : unknown + 1;
    }
    await sleep(LOOK_MILLISECONDS);
  }
  if (known) await commands.cancel([job]);
  const said = known
    ? `it is ${known.state} (${known.reason}) after ${Math.round(patience / 1000)} s, and was taken back`
    : `it ended without an answer: ${wordsOf(join(folder, 'slurm.out'))}`;
  throw new UserError('cluster-probe', `A job of one minute was given to Slurm (${job}), and ${said}`);
}

function wordsOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' ').slice(-500) || 'it wrote nothing';
  } catch {
    return 'it wrote nothing';
  }
}
