import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { useBackend } from '../compute/index.js';
import type { Snapshot } from '../compute/snapshot.js';
import type { Search } from '../search/method.js';
import { searchMethod } from '../search/methods/registry.js';
import { insideBudget } from '../space/inside-budget.js';
import { countMultiplyAccumulates } from '../space/parameter-count.js';
import type { EpochRecord } from '../vocabulary/events.js';
import type { SearchResult } from '../vocabulary/results.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import type { EpochReport } from '../vocabulary/trace.js';
import type { Job, JobContext, JobOutcome } from './job.js';
import { checkpointValues } from './checkpoint-values.js';
import { requireMemory } from './memory-need.js';
import { Pace, paceStateSchema } from './pace.js';
import { searchProblem } from './search-problem.js';
import { Stopped } from './stopped.js';

/** The search as a job: runs or resumes it, says its epochs, answers pause and cancel between two steps. */
export const searchJob: Job<SearchConfig> = async (config, context) => {
  const method = searchMethod(config.method);
  const backend = await useBackend(config.backend, { threads: config.threads });
  const saved = await context.checkpoints.latest();
  const dataset = await context.dataset();
  if (backend.name === 'native') requireMemory(config, dataset.size);
  const search = await method.open(searchProblem(config, dataset), config.settings, saved?.snapshot ?? null);
  const { stepsPerEpoch, imagesPerStep, epoch } = search;
  const totalSteps = config.epochs * stepsPerEpoch;
  const kept = saved && checkpointValues(z.object({ pace: paceStateSchema }), saved.snapshot.values, saved.file);
  const pace = Pace.restore(kept?.pace ?? null, { totalSteps, stepsPerEpoch, imagesPerStep });
  context.emit({
    type: 'started',
    backend: backend.name,
    device: backend.device,
    threads: backend.threads,
    epochs: config.epochs,
    stepsPerEpoch,
    epoch: epoch + 1,
    trace: method.trace(config.space),
  });
  try {
    return await run(config, context, search, pace, dataset.size);
  } finally {
    search.dispose();
  }
};

async function run(
  config: SearchConfig,
  context: JobContext,
  search: Search,
  pace: Pace,
  imageSize: number,
): Promise<JobOutcome> {
  const snapshot = async (): Promise<Snapshot> => {
    const { values, arrays } = await search.snapshot();
    return { values: { ...values, pace: pace.state() }, arrays };
  };
  /** Lets signals and messages in. @throws Stopped when the job is to pause or to end */
  const turn = async (): Promise<void> => {
    await setImmediate();
    const control = context.control();
    if (control !== 'continue') throw new Stopped(control);
  };
  const advance = async (): Promise<void> => {
    await turn();
    const epoch = search.epoch + 1;
    const step = search.step + 1;
    const { loss, report } = await search.advance(turn);
    pace.step(report !== null);
    if (report === null) {
      if (pace.due()) {
        const { stepsPerEpoch } = search;
        const { imagesPerSecond, secondsLeft } = pace;
        context.emit({ type: 'progress', epoch, step, stepsPerEpoch, loss, imagesPerSecond, secondsLeft });
      }
      return;
    }
    const record = epochRecord(config, report, pace);
    const trace = search.trace();
    const checkpoint = await context.checkpoints.save(report.epoch, await snapshot(), { record, trace });
    context.emit({ type: 'epoch', record, trace, checkpoint });
    pace.pause();
  };
  try {
    while (!search.finished) await advance();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (error.control === 'pause') await context.checkpoints.save(search.epoch, await snapshot());
    return { state: error.control === 'pause' ? 'paused' : 'cancelled', epoch: search.epoch };
  }
  return { state: 'finished', result: await searchResult(config, search, imageSize, pace.totalSeconds) };
}

function epochRecord(config: SearchConfig, report: EpochReport, pace: Pace): EpochRecord {
  const { epoch, loss, accuracy, validationLoss, validationAccuracy, validationAuc, learningRate } = report;
  const { seconds, imagesPerSecond } = pace.endEpoch();
  return {
    seed: config.seed,
    ...{ epoch, loss, accuracy, validationLoss, validationAccuracy, validationAuc, learningRate },
    ...{ imagesPerSecond, seconds },
  };
}

async function searchResult(
  config: SearchConfig,
  search: Search,
  imageSize: number,
  seconds: number,
): Promise<SearchResult> {
  const { space, budget } = config;
  const [best] = await search.candidates();
  const { genotype, parameters } = best!;
  return {
    kind: 'search',
    genotype,
    parameters,
    multiplyAccumulates: countMultiplyAccumulates(space, genotype, imageSize),
    expectedParameters: search.trace().values['expectedParameters'] ?? null,
    budget: { ...budget, met: insideBudget(budget, parameters) },
    seconds,
  };
}
