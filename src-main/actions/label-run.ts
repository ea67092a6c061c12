import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import { runNameSchema, tagsSchema } from '../vocabulary/run-texts.js';

/** A name as a person gave it; undefined stands for the default name. @throws UserError `run-name` */
export function checkedRunName(name: string | undefined): string | undefined {
  if (name === undefined || name.trim() === '') return undefined;
  const { success, data, error } = runNameSchema.safeParse(name);
  if (success) return data;
  throw new UserError('run-name', `${error.issues[0]!.message}: choose another name`);
}

/** Replaces the tags of a run. @throws UserError `run-unknown`, `run-tags` */
export function tagRun(history: WritableHistory, run: number, tags: readonly string[]): void {
  const { success, data, error } = tagsSchema.safeParse(tags);
  if (!success) throw new UserError('run-tags', `${error.issues[0]!.message}: nothing was changed`);
  history.setTags(run, data);
}
