import { setImmediate } from 'node:timers/promises';
import type { Job } from '../../../src-main/jobs/job.js';
import type { RetrainConfig, SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import type { Jobs } from '../../../src-main/jobs/execute.js';
import { genotype } from '../history/fixtures.js';

/** Steps of an epoch of the counting job. */
export const STEPS = 20;

export interface CountingOptions {
  /** Called before each step. */
  readonly beforeStep?: (epoch: number, step: number) => void | Promise<void>;
  /** Size of the state. */
  readonly length?: number;
}

/**
 * A small real job: a chaotic sequence whose every step depends on all steps before, kept honestly in checkpoints, so that
 * a resume that loses or repeats a single step ends with other numbers.
 */
export function countingSearch(options: CountingOptions = {}): Job<SearchConfig> {
  return async (config, context) => {
    const found = await context.checkpoints.latest();
    await context.dataset();
    const state = found
      ? new Float64Array(found.snapshot.arrays['state'] as Float64Array)
      : Float64Array.from({ length: options.length ?? 100 }, (_, index) => ((config.seed + index) % 97) / 97);
    let step = found ? Number(found.snapshot.values['step']) : 0;
    const epochs = config.epochs;
    const snapshot = () => ({ values: { step }, arrays: { state } });
    const finishedEpochs = (): number => Math.floor(step / STEPS);
    context.emit({
      type: 'started',
      backend: 'native',
      device: 'counter',
      threads: 1,
      epochs,
      stepsPerEpoch: STEPS,
      epoch: finishedEpochs() + 1,
      trace: { series: [], tables: [] },
    });
    while (step < epochs * STEPS) {
      await setImmediate();
      const control = context.control();
      if (control === 'cancel') return { state: 'cancelled', epoch: finishedEpochs() };
      if (control === 'pause') {
        await context.checkpoints.save(finishedEpochs(), snapshot());
        return { state: 'paused', epoch: finishedEpochs() };
      }
      await options.beforeStep?.(finishedEpochs() + 1, step % STEPS);
      for (let index = 0; index < state.length; index++) {
        const x = state[index] ?? 0;
        state[index] = 3.99 * x * (1 - x) + 1e-9 * (state[(index + 1) % state.length] ?? 0);
      }
      step += 1;
      if (step % STEPS !== 0) continue;
      const epoch = finishedEpochs();
      const record = {
        ...{ seed: config.seed, epoch, loss: state[0] ?? NaN, accuracy: state[1] ?? NaN, validationLoss: null },
        ...{ validationAccuracy: null, validationAuc: null, learningRate: 0.1, imagesPerSecond: 1, seconds: 0.1 },
      };
      const alpha = [...state.subarray(0, 90)];
      const values = { expectedParameters: 1000 * (state[2] ?? NaN), temperature: 1.5, phase: 1 };
      const trace = { epoch, values, tables: { alpha, beta: null } };
      const checkpoint = await context.checkpoints.save(epoch, snapshot(), { record, trace });
      context.emit({ type: 'epoch', record, trace, checkpoint });
    }
    const parameters = Math.floor(1e6 * (state[3] ?? 0));
    return {
      state: 'finished',
      result: {
        ...{ kind: 'search', genotype, parameters, multiplyAccumulates: 1, expectedParameters: state[4] ?? 0 },
        ...{ budget: { ...config.budget, met: true }, seconds: 1, searchGenotype: genotype, race: null, verdict: null },
      },
    };
  };
}

export function countingJobs(options: CountingOptions = {}): Jobs {
  const retrain: Job<RetrainConfig> = () => Promise.reject(new Error('the counting job does not retrain'));
  return { search: countingSearch(options), retrain };
}
