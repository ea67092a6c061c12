import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../durable-file.js';
import { UserError } from '../../errors.js';
import { fromJsonText, toJsonText } from '../../json-numbers.js';
import { sayIssue } from '../../schema-issue.js';
import { jobControlSchema } from '../../vocabulary/events.js';
import { jobConfigSchema } from '../../vocabulary/run-config.js';

/*
 * What the computer that submits and the nodes tell each other in the folder of a run, `<folder>/runs/<run>`: `task.json` is what is to
 * be computed, `control` what it is asked meanwhile. What was computed comes back in `attempts/` and in files of results.
 */

export const TASK_FILE = 'task.json';
export const CONTROL_FILE = 'control';
/** Of the batch script, which Slurm reads when it is submitted. */
export const SCRIPT_FILE = 'job.sh';
/** Where a job's own words go, by its number. */
export const outputName = (job: string): string => `slurm-${job}.out`;

/** In it, once the program has read its task: the job has run. */
export const COMPUTES = 'computes';

const taskSchema = z.object({
  format: z.literal('medforge-task'),
  version: z.literal(1),
  run: z.int().min(1),
  config: jobConfigSchema,
  /** The dataset, relative to the folder of the cluster. */
  data: z.string(),
  threads: z.int().min(1),
});
export type Task = z.output<typeof taskSchema>;

export function writeTask(runFolder: string, task: Omit<Task, 'format' | 'version'>): void {
  const text = toJsonText({ format: 'medforge-task', version: 1, ...task });
  writeDurably(join(runFolder, TASK_FILE), [Buffer.from(`${text}\n`)]);
}

/** @throws UserError `task-unreadable`, which names the file and the field */
export function readTask(runFolder: string): Task {
  const file = join(runFolder, TASK_FILE);
  const unreadable = (why: string, cause?: unknown): UserError =>
    new UserError('task-unreadable', `${file}: ${why}. 'medforge study run' writes it anew.`, { cause });
  let value: unknown;
  try {
    value = fromJsonText(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error), error);
  }
  const { success, data, error } = taskSchema.safeParse(value);
  if (!success) throw unreadable(sayIssue(error.issues[0]!));
  return data;
}

const controlSchema = z.object({ control: jobControlSchema, reason: z.string() });
export type Control = z.output<typeof controlSchema>;

export function writeControl(runFolder: string, control: Control): void {
  writeDurably(join(runFolder, CONTROL_FILE), [Buffer.from(JSON.stringify(control))]);
}

/** What the run is asked; to go on, where nothing is or what is there does not parse. */
export function readControl(runFolder: string): Control {
  try {
    return controlSchema.parse(JSON.parse(readFileSync(join(runFolder, CONTROL_FILE), 'utf8')));
  } catch {
    return { control: 'continue', reason: '' };
  }
}
