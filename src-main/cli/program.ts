import { Command } from 'commander';
import { printable } from '../printable.js';
import { registerBench } from './commands/bench.js';
import { registerBundle } from './commands/bundle.js';
import { registerCompareToChance } from './commands/compare-to-chance.js';
import { registerControl } from './commands/control.js';
import { registerDatasets } from './commands/datasets.js';
import { registerDemo } from './commands/demo.js';
import { registerDevices } from './commands/devices.js';
import { registerErrors } from './commands/errors.js';
import { registerModels } from './commands/models.js';
import { registerReport } from './commands/report.js';
import { registerRetrain } from './commands/retrain.js';
import { registerRuns } from './commands/runs.js';
import { registerSample } from './commands/sample.js';
import { registerSearch } from './commands/search.js';
import { registerStudy } from './commands/study.js';

/** The whole command line; each command adds itself. */
export function createProgram(version: string): Command {
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
  const commands = [
    registerDemo,
    registerDevices,
    registerDatasets,
    registerSearch,
    registerControl,
    registerSample,
    registerRetrain,
    registerCompareToChance,
    registerStudy,
    registerBundle,
    registerErrors,
    (to: Command): void => registerReport(to, version),
    registerRuns,
    registerModels,
    registerBench,
  ];
  for (const register of commands) register(program);
  return program;
}
