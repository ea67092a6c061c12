import type { Command } from 'commander';

export interface CommandGroup {
  /** What is written after `medforge`. */
  readonly names: readonly string[];
  load(version: string): Promise<(program: Command) => void>;
}

/**
 * All commands, in the order of the help. Each group is a file of its own that is loaded when one of its names is among the words of
 * the command line: together they take more than a second of a processor, most commands a third of it.
 */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { names: ['demo'], load: async () => (await import('./commands/demo.js')).registerDemo },
  { names: ['devices'], load: async () => (await import('./commands/devices.js')).registerDevices },
  { names: ['datasets'], load: async () => (await import('./commands/datasets.js')).registerDatasets },
  { names: ['search', 'resume'], load: async () => (await import('./commands/search.js')).registerSearch },
  { names: ['pause', 'cancel'], load: async () => (await import('./commands/control.js')).registerControl },
  { names: ['sample'], load: async () => (await import('./commands/sample.js')).registerSample },
  { names: ['retrain'], load: async () => (await import('./commands/retrain.js')).registerRetrain },
  {
    names: ['compare-to-chance'],
    load: async () => (await import('./commands/compare-to-chance.js')).registerCompareToChance,
  },
  { names: ['study'], load: async () => (await import('./commands/study.js')).registerStudy },
  {
    names: ['evaluate', 'export', 'verify', 'predict'],
    load: async () => (await import('./commands/bundle.js')).registerBundle,
  },
  { names: ['errors'], load: async () => (await import('./commands/errors.js')).registerErrors },
  {
    names: ['report'],
    load: async (version) => {
      const { registerReport } = await import('./commands/report.js');
      return (program) => registerReport(program, version);
    },
  },
  { names: ['runs'], load: async () => (await import('./commands/runs.js')).registerRuns },
  { names: ['models'], load: async () => (await import('./commands/models.js')).registerModels },
  { names: ['bench'], load: async () => (await import('./commands/bench.js')).registerBench },
];
