import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { useBackend } from '../compute/index.js';
import type { Snapshot } from '../compute/snapshot.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { insideBudget } from '../search/budget.js';
import { selectGenotype } from '../space/most-probable.js';
import { countMultiplyAccumulates, countParameters } from '../space/parameter-count.js';
import { expectedParameters } from '../search/expected-parameters.js';
import { searchData } from '../search/search-data.js';
import { Searcher, type EpochReport } from '../search/searcher.js';
import { EDGE_ROWS } from '../vocabulary/space.js';
import type { Job, JobContext, JobOutcome } from './job.js';
import type { ArchitectureSnapshot, EpochRecord } from '../vocabulary/events.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import type { SearchResult } from '../vocabulary/results.js';
import { checkpointValues } from './checkpoint-values.js';
import { requireMemory } from './memory-need.js';
import { Pace, paceStateSchema } from './pace.js';

/** The search as a job: runs or resumes it, says its epochs, answers pause and cancel between two steps. */
export const searchJob: Job<SearchConfig> = async (config, context) => {
  const backend = await useBackend(config.backend, { threads: config.threads });
  const saved = await context.checkpoints.latest();
  const dataset = await context.dataset();
  if (backend.name === 'native') requireMemory(config, dataset.size);
  const data = searchData(dataset, config.batch, config.seed, saved?.snapshot ?? null);
  const searcher = saved ? Searcher.restore(config, data, saved.snapshot) : Searcher.create(config, data);
  const kept = saved && checkpointValues(z.object({ pace: paceStateSchema }), saved.snapshot.values, saved.file);
  const pace = Pace.restore(kept?.pace ?? null, {
    totalSteps: config.epochs * searcher.stepsPerEpoch,
    stepsPerEpoch: searcher.stepsPerEpoch,
    imagesPerStep: 2 * config.batch,
  });
  context.emit({
    type: 'started',
    backend: backend.name,
    device: backend.device,
    threads: backend.threads,
    epochs: config.epochs,
    stepsPerEpoch: searcher.stepsPerEpoch,
    epoch: searcher.epoch + 1,
  });
  try {
    return await run(config, context, searcher, pace, dataset.size);
  } finally {
    searcher.dispose();
  }
};

async function run(
  config: SearchConfig,
  context: JobContext,
  searcher: Searcher,
  pace: Pace,
  imageSize: number,
): Promise<JobOutcome> {
  const snapshot = async (): Promise<Snapshot> => {
    const { values, arrays } = await searcher.snapshot();
    return { values: { ...values, pace: pace.state() }, arrays };
  };
  while (!searcher.finished) {
    await setImmediate();
    const control = context.control();
    if (control === 'cancel') return { state: 'cancelled', epoch: searcher.epoch };
    if (control === 'pause') {
      await context.checkpoints.save(searcher.epoch, await snapshot());
      return { state: 'paused', epoch: searcher.epoch };
    }
    const epoch = searcher.epoch + 1;
    const step = searcher.step + 1;
    const { loss, report } = await searcher.advance();
    pace.step();
    if (report === null) {
      if (pace.due()) {
        context.emit({
          type: 'progress',
          epoch,
          step,
          stepsPerEpoch: searcher.stepsPerEpoch,
          loss,
          imagesPerSecond: pace.imagesPerSecond,
          secondsLeft: pace.secondsLeft,
        });
      }
      continue;
    }
    const record = epochRecord(config, searcher, report, pace);
    const architecture = architectureSnapshot(searcher, report);
    const checkpoint = await context.checkpoints.save(report.epoch, await snapshot(), { record, architecture });
    context.emit({ type: 'epoch', record, architecture, checkpoint });
    pace.pause();
  }
  return { state: 'finished', result: searchResult(config, searcher, imageSize, pace.totalSeconds) };
}

/** The probabilities as they stood in the epoch of the report. */
function probabilitiesOf(searcher: Searcher, temperature: number): ArchitectureTable {
  return searcher.architecture.probabilities(temperature);
}

function epochRecord(config: SearchConfig, searcher: Searcher, report: EpochReport, pace: Pace): EpochRecord {
  const probabilities = probabilitiesOf(searcher, report.temperature);
  const { seconds, imagesPerSecond } = pace.endEpoch();
  return {
    seed: config.seed,
    epoch: report.epoch,
    loss: report.loss,
    accuracy: report.accuracy,
    validationLoss: report.validationLoss,
    validationAccuracy: report.validationAccuracy,
    validationAuc: null,
    expectedParameters: expectedParameters(config.space, probabilities).value,
    operationsInSupport: probabilities.operations.filter((p) => p > 0).length / EDGE_ROWS,
    temperature: report.temperature,
    phase: report.phase,
    learningRate: report.learningRate,
    imagesPerSecond,
    seconds,
  };
}

function architectureSnapshot(searcher: Searcher, report: EpochReport): ArchitectureSnapshot {
  const parts = searcher.architecture.parts;
  const probabilities = probabilitiesOf(searcher, report.temperature);
  const list = (values: Float64Array | null): number[] | null => values && [...values];
  return {
    epoch: report.epoch,
    temperature: report.temperature,
    alpha: [...parts.operations],
    beta: list(parts.kernels),
    gamma: list(parts.depth),
    alphaProbabilities: [...probabilities.operations],
    betaProbabilities: list(probabilities.kernels),
    gammaProbabilities: list(probabilities.depth),
  };
}

function searchResult(config: SearchConfig, searcher: Searcher, imageSize: number, seconds: number): SearchResult {
  const { space, budget } = config;
  const probabilities = probabilitiesOf(searcher, searcher.temperature);
  const genotype =
    selectGenotype(space, budget, probabilities) ??
    selectGenotype(space, { lower: 0, upper: Number.MAX_SAFE_INTEGER }, probabilities)!;
  const parameters = countParameters(space, genotype);
  return {
    kind: 'search',
    genotype,
    parameters,
    multiplyAccumulates: countMultiplyAccumulates(space, genotype, imageSize),
    expectedParameters: expectedParameters(space, probabilities).value,
    budget: { ...budget, met: insideBudget(budget, parameters) },
    seconds,
  };
}
