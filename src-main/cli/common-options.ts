import { Option } from 'commander';
import { seedList, within } from './options.js';

/* Options that several commands have: one wording, one limit, one default. */

export const backendOption = (): Option =>
  new Option(
    '--backend <name>',
    'backend for computation; auto: native, or a graphics card where its first steps are faster',
  )
    .choices(['auto', 'native', 'webgpu', 'tensorflow'])
    .default('auto');

export const threadsOption = (): Option =>
  new Option('--threads <n>', 'threads of the native backend (0: one per core); does not change the result')
    .argParser(within('threads'))
    .default(0);

export const gpuFaultOption = (): Option =>
  new Option(
    '--on-gpu-fault <what>',
    'after a fault of the graphics card: stop, or continue from the last checkpoint on native',
  ).choices(['stop', 'native']);

/** @param what is drawn from it */
export const seedOption = (what = 'all random numbers'): Option =>
  new Option('--seed <n>', `seed of ${what}`).argParser(within('seed')).default(1);

export const seedsOption = (): Option =>
  new Option('--seeds <list>', 'one network per seed, for example 1,2,3').argParser(seedList).default([1], '1');

export const nameOption = (): Option => new Option('--name <text>', 'name of the run');

export const estimateOption = (): Option =>
  new Option(
    '--estimate',
    'measure a few steps and estimate the time on this computer, without starting the run',
  ).default(false);

/** Remembered with the dataset; undefined leaves what was said before. */
export function mirroringOption(): Option {
  return new Option(
    '--horizontal-flip',
    'mirror training images left to right, from now on for this dataset (default: only catalogue datasets whose labels allow it)',
  );
}

export function noMirroringOption(): Option {
  return new Option('--no-horizontal-flip', 'do not mirror training images, from now on for this dataset');
}
