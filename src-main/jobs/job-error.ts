import { UserError } from '../errors.js';
import type { JobError } from '../vocabulary/events.js';

/** An error as it travels between processes; a full disk and missing memory get the user's words. */
export function toJobError(error: unknown, folder: string): JobError {
  if (error instanceof UserError) {
    const { name, kind, message, inWindow } = error;
    return { name, kind, message, ...(inWindow !== undefined && { inWindow }) };
  }
  if (!(error instanceof Error)) return { name: 'Error', kind: 'internal', message: String(error) };
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `The disk that holds ${folder} is full. Free some space, then resume the run.`;
    return { name: 'UserError', kind: 'disk-full', message };
  }
  if (error instanceof RangeError && /allocation failed|invalid (typed )?array length/i.test(error.message)) {
    const message = `There is not enough memory (${error.message}): close other programs or choose a smaller batch.`;
    return { name: 'UserError', kind: 'out-of-memory', message };
  }
  return { name: error.name, kind: 'internal', message: error.message, stack: error.stack };
}

/** The error that {@link toJobError} was made of, as far as it travelled. */
export function fromJobError(error: JobError): Error {
  if (error.name === 'UserError') {
    return new UserError(error.kind, error.message, error.inWindow === undefined ? {} : { inWindow: error.inWindow });
  }
  const thrown = new Error(error.message);
  thrown.name = error.name;
  if (error.stack !== undefined) thrown.stack = error.stack;
  return thrown;
}
