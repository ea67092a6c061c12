import { join } from 'node:path';
import { slurmSeconds, type SlurmPlace } from '../../vocabulary/study.js';

/** In the comment of a job, before the token. */
const COMMENT = 'medforge:';

export const commentOf = (token: string): string => `${COMMENT}${token}`;

/** The token in the comment of a job; null in that of another one. */
export const tokenOf = (comment: string): string | null =>
  comment.startsWith(COMMENT) ? comment.slice(COMMENT.length).trim() : null;

/** Slurm keeps time by the minute, so that a signal may come a minute late. */
const LEAD_SECONDS = 120;

/** Seconds before the time limit at which a job is told to write a checkpoint and to come back. */
export function leadSeconds(time: string): number {
  return Math.min(LEAD_SECONDS, Math.floor(slurmSeconds(time) / 2));
}

/** Options of `sbatch` for what a job is given. @param time default: that of the study */
export function resourceOptions(place: SlurmPlace, time = place.time): string[] {
  const { partition, account, qos, constraint, cpus, memory } = place;
  const optional = { partition, account, qos, constraint };
  return [
    '--open-mode=append',
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    `--mem=${memory}`,
    `--time=${time}`,
    ...Object.entries(optional).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
  ];
}

/** A checkpoint before the time limit, and back into the queue. */
export const comebackOptions = ({ time }: SlurmPlace): string[] => [
  `--signal=B:USR1@${leadSeconds(time)}`,
  '--requeue',
];

/**
 * Options of `sbatch` for a run. Each is a job of its own and none a part of an array: a retraining may start as soon as its search has
 * ended, `scontrol requeue` of an array's number takes a running sibling along, and with `atOnce` jobs at a time `MaxArraySize` is
 * no question.
 */
export function batchOptions(
  place: SlurmPlace,
  { run, token }: { readonly run: number; readonly token: string },
): string[] {
  return [
    `--job-name=medforge-${run}`,
    `--comment=${commentOf(token)}`,
    `--chdir=${place.folder}`,
    `--output=${join(place.folder, 'runs', String(run), 'slurm-%j.out')}`,
    ...resourceOptions(place),
    ...comebackOptions(place),
  ];
}

/**
 * The batch script of a run, for a job whose working folder is that of the cluster. `exec`, so that Node itself gets the signals that
 * Slurm sends to the script.
 * @param program relative to the folder
 */
export function batchScript(program: string, run: number, node: string | undefined): string {
  return nodeScript(node, `'${program}' 'runs/${run}'`);
}

/** @param args of Node, quoted for the shell */
export function nodeScript(node: string | undefined, args: string): string {
  return `#!/bin/bash\n${node === undefined ? '' : `${node}\n`}exec node ${args}\n`;
}
