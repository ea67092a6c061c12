import { expect } from 'vitest';
import { UserError } from '../../../src-main/errors.js';

/** Runs `action` and returns the UserError that it must throw, checked to be one line that names the file and a way out. */
export async function refusalOf(action: () => unknown, path: string): Promise<UserError> {
  let error: unknown;
  try {
    await action();
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, saw ${String(error)}`, { cause: error });
  expect(error.message.startsWith(`${path}: `), error.message).toBe(true);
  expect(error.message).toMatch(/^[\x20-\x7e×é›]+\. [A-Z].+\.$/);
  return error;
}
