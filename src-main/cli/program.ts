import { Command } from 'commander';
import { COMMAND_GROUPS } from './command-groups.js';
import { printable } from '../printable.js';

/**
 * The command line for some words.
 * @param args what follows `medforge`; only the commands that are named there are loaded, and all where none is: for the help, and to
 *   say what was meant. Default: all
 */
export async function createProgram(version: string, args: readonly string[] = []): Promise<Command> {
  const program = new Command('medforge')
    .description(
      'Searches, trains and exports small image classifiers for medical datasets, entirely on this computer.',
    )
    .version(version)
    .option(
      '--home <folder>',
      'data folder (default: MEDFORGE_HOME, otherwise the application data folder of the platform)',
    )
    .option('--json', 'write one JSON object per line to stdout', false)
    .showHelpAfterError('(medforge --help lists the commands)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.split('\n').map(printable).join('\n')) })
    .exitOverride();
  const asked = COMMAND_GROUPS.filter(({ names }) => names.some((name) => args.includes(name)));
  for (const group of asked.length > 0 ? asked : COMMAND_GROUPS) {
    const register = await group.load(version);
    register(program);
  }
  return program;
}
