import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { printable, printableJson, shortened } from '../printable.js';
import { surviveLostOutput } from './lost-output.js';
import { createProgram } from './program.js';

/** Characters of a message: what it repeats of a file or a name may be as long as its author likes. */
const LONGEST = 2000;

/** Entry of the command line: exit 0, or 1 with one line that says what is wrong, or 2 for usage. */
async function main(): Promise<number> {
  const json = process.argv.includes('--json');
  try {
    const program = await createProgram(version(), process.argv.slice(2));
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = error instanceof UserError;
    const message = error instanceof Error ? error.message : String(error);
    if (json) {
      process.stdout.write(
        `${printableJson(JSON.stringify({ event: 'failed', error: { kind: known ? error.kind : 'internal', message } }))}\n`,
      );
    }
    process.stderr.write(`medforge: ${shortened(printable(message), LONGEST)}\n`);
    if (!known && error instanceof Error) {
      process.stderr.write(
        `This is a bug in MedForge. Please report it:\n${(error.stack ?? '').split('\n').map(printable).join('\n')}\n`,
      );
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
