import { readFile, stat } from 'node:fs/promises';
import { readBudgetText } from '../budget-text.js';
import { UserError } from '../errors.js';
import { sayIssue } from '../schema-issue.js';
import { STUDY_FORMAT, studyIssue, studySchema, type Study } from '../vocabulary/study.js';

/** The largest file that is read. */
const MOST_BYTES = 1024 * 1024;

const WAY_OUT = 'docs/studies.md describes the file';

/**
 * Reads the file of a study, every default filled in.
 * @throws UserError `study-unreadable`, `study-invalid`, which name the file, the field and the way out
 */
export async function readStudy(path: string): Promise<Study> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      const message = `${path} has ${size} bytes, a study at most ${MOST_BYTES}: give the JSON file of a study`;
      throw new UserError('study-unreadable', `${message}; ${WAY_OUT}`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('study-unreadable', `${path} cannot be read (${code}): give the path of the file of a study`, {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError('study-invalid', `${path} is not JSON (${(error as Error).message}): correct it; ${WAY_OUT}`, {
      cause: error,
    });
  }
  return checkStudy(value, path);
}

/** Checks a study that comes from outside. @param source names it in errors @throws UserError `study-invalid` */
export function checkStudy(value: unknown, source: string): Study {
  const { success, data, error } = studySchema.safeParse(value, { error: studyIssue });
  if (!success) {
    const isOther = (value as { format?: unknown } | null)?.format !== STUDY_FORMAT;
    const issue = isOther ? `it is not a study: "format" must be "${STUDY_FORMAT}"` : sayIssue(error.issues[0]!);
    throw invalid(source, issue);
  }
  data.searches.budgets.forEach((budget, i) => {
    const read = readBudgetText(budget);
    if ('problem' in read) throw invalid(source, `searches.budgets.${i}: ${read.problem}`);
  });
  return data;
}

function invalid(source: string, issue: string): UserError {
  return new UserError('study-invalid', `${source}: ${issue} (${WAY_OUT})`);
}
