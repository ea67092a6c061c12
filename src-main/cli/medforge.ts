import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { surviveLostOutput } from './lost-output.js';
import { createProgram } from './program.js';

/** Entry of the command line: exit 0, or 1 with one line that says what is wrong, or 2 for usage. */
async function main(): Promise<number> {
  const json = process.argv.includes('--json');
  try {
    await createProgram(version()).parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = error instanceof UserError;
    const message = error instanceof Error ? error.message : String(error);
    if (json) {
      process.stdout.write(
        `${JSON.stringify({ event: 'failed', error: { kind: known ? error.kind : 'internal', message } })}\n`,
      );
    }
    process.stderr.write(`medforge: ${message}\n`);
    if (!known && error instanceof Error) {
      process.stderr.write(`This is a bug in MedForge, please report it:\n${error.stack ?? ''}\n`);
    }
    return 1;
  }
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** What was written to a pipe may still be on its way; ending now would cut it off. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

const lostOutput = surviveLostOutput(process.stdout, process.stderr);
const exitCode = await main();
await Promise.all([flush(process.stdout), flush(process.stderr)]);
process.exit(exitCode === 0 && lostOutput() ? 1 : exitCode);
