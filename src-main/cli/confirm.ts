import { createInterface } from 'node:readline/promises';
import { UserError } from '../errors.js';

/** Asks before something is lost. @throws UserError `not-confirmed` without a yes, or where nobody can be asked */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new UserError('not-confirmed', `${question} Nothing was done. Repeat the command with --yes.`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await reader.question(`${question} [y/N] `);
  reader.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('not-confirmed', 'Nothing was done.');
}
