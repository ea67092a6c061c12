import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planImport, requireDecided, type PlannedImport } from '../../../src-main/datasets/sources/index.js';
import { UserError } from '../../../src-main/errors.js';
import {
  importChoicesSchema,
  importPlanSchema,
  type GivenImportChoices,
  type ImportPlan,
} from '../../../src-main/vocabulary/import-plan.js';
import { temporaryFolder } from './fixtures.js';

type Files = readonly string[] | { readonly [path: string]: string | Uint8Array };

/** Makes folders with files; a plan looks at names only, so images may be empty. Call it where tests are described. */
export function folders(): (files: Files) => string {
  const root = temporaryFolder();
  let number = 0;
  return (files) => {
    const folder = join(root, String(++number));
    mkdirSync(folder);
    const contents = Array.isArray(files)
      ? Object.fromEntries(files.map((file: string) => [file, '']))
      : (files as object);
    for (const [path, content] of Object.entries(contents) as [string, string | Uint8Array][]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  };
}

/** Plans and holds the plan to its schema. */
export async function plan(choices: GivenImportChoices): Promise<PlannedImport> {
  const planned = await planImport(importChoicesSchema.parse(choices));
  importPlanSchema.parse(planned.plan);
  return planned;
}

/** Kinds of the problems of a plan with their counts and what was chosen. */
export const problemsOf = ({ problems }: ImportPlan): unknown[] =>
  problems.map(({ kind, count, chosen }) => [kind, count, chosen]);

/** The refusal of what `action` does, checked to be one line. */
export async function refusalOf(action: () => unknown): Promise<UserError> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (/\n/.test(error.message) || !error.message.endsWith('.'))
      throw new Error(`not a sentence: ${error.message}`, { cause: error });
    return error;
  }
  throw new Error('nothing was refused');
}

/** What is said where a plan is not decided. */
export const undecided = async (choices: GivenImportChoices): Promise<string> => {
  const { plan: planned } = await plan(choices);
  return (await refusalOf(() => requireDecided(planned))).message;
};
