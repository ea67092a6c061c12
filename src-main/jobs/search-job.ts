import { nextTurn } from '../next-turn.js';
import { searchMethod } from '../search/methods/registry.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import type { Job } from './job.js';
import { isOfRace, RacePhase } from './race-phase.js';
import { SearchPhase } from './search-phase.js';
import { searchProblem } from './search-problem.js';
import { Stopped } from './stopped.js';

/**
 * The search as a job, and the race that decides on what it proposes: runs or resumes them, says epochs and trainings, answers
 * pause and cancel between two steps.
 */
export const searchJob: Job<SearchConfig> = async (config, context) => {
  const backend = await context.host.useBackend(config);
  const saved = await context.checkpoints.latest(backend.arithmetic);
  const dataset = await context.dataset();
  await context.host.requireWhatItNeeds(config, dataset.size, backend.name);
  const started = ({ epoch, stepsPerEpoch }: { readonly epoch: number; readonly stepsPerEpoch: number }): void => {
    const { name, device, threads } = backend;
    const trace = searchMethod(config.method).trace(config.space);
    context.emit({
      type: 'started',
      backend: name,
      device,
      threads,
      epochs: config.epochs,
      stepsPerEpoch,
      epoch,
      trace,
    });
  };
  /** Lets signals and messages in. @throws Stopped when the job is to pause or to end */
  const turn = async (): Promise<void> => {
    await nextTurn();
    const control = context.control();
    if (control !== 'continue') throw new Stopped(control);
  };
  const { dataset: trained } = searchProblem(config, dataset);
  let phase: SearchPhase | RacePhase;
  if (saved && isOfRace(saved.snapshot)) {
    phase = RacePhase.restore(config, context, trained, saved);
    started({ epoch: config.epochs, stepsPerEpoch: phase.stepsPerEpoch });
  } else {
    phase = await SearchPhase.open(config, context, dataset, saved);
    started({ epoch: Math.min(phase.epoch + 1, config.epochs), stepsPerEpoch: phase.stepsPerEpoch });
  }
  try {
    if (phase instanceof SearchPhase) {
      const found = await phase.run(turn);
      if (config.race === null) return { state: 'finished', result: found.search };
      phase.dispose();
      phase = RacePhase.start(config, context, trained, found);
    }
    return { state: 'finished', result: await phase.run(turn) };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (error.control === 'pause') await phase.save();
    return { state: error.control === 'pause' ? 'paused' : 'cancelled', epoch: phase.epoch };
  } finally {
    phase.dispose();
  }
};
