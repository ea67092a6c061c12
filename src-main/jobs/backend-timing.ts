import { setImmediate } from 'node:timers/promises';
import { useBackend } from '../compute/index.js';
import type { Dataset } from '../datasets/dataset.js';
import { searchMethod } from '../search/methods/registry.js';
import { planNetwork } from '../space/network-plan.js';
import { Trainer } from '../training/trainer.js';
import type { BackendName } from '../vocabulary/backend.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { JobContext } from './job.js';
import { searchProblem } from './search-problem.js';
import { Stopped } from './stopped.js';

/** What `auto` decided, with the figures in words. */
export interface BackendDecision {
  readonly backend: BackendName;
  readonly text: string;
}

/** What was measured of one backend. */
export interface BackendTiming {
  readonly backend: BackendName;
  /** In words: processor or graphics card. */
  readonly device: string;
  /** Null where it failed. */
  readonly imagesPerSecond: number | null;
  /** Why it failed, else null. */
  readonly reason: string | null;
}

/** Steps that compile and warm up; then as many are timed as a second holds. Two backends take two seconds and what they compile. */
const WARM_UP = 2;
const SECONDS = 1;
/** Must not end inside its schedule. */
const LONG_SCHEDULE = 100_000;

/** What takes steps, of a search or of a retraining. */
interface Stepping {
  readonly finished: boolean;
  readonly imagesPerStep: number;
  advance(): Promise<unknown>;
  dispose(): void;
}

/**
 * Times the first steps of a run on each backend. Nothing of them is kept: the run begins afresh. One that cannot be used, or fails,
 * has a reason in place of a figure.
 * @throws Stopped on a pause or cancel meanwhile
 */
export async function timeBackends(
  backends: readonly BackendName[],
  config: JobConfig,
  dataset: Dataset,
  { control }: Pick<JobContext, 'control'>,
): Promise<BackendTiming[]> {
  const turn = async (): Promise<void> => {
    await setImmediate();
    const asked = control();
    if (asked !== 'continue') throw new Stopped(asked);
  };
  const timings: BackendTiming[] = [];
  for (const backend of backends) {
    let device: string = backend;
    try {
      ({ device } = await useBackend(backend, { threads: config.threads }));
      const imagesPerSecond = await rate(await stepping(config, dataset), turn);
      timings.push({ backend, device, imagesPerSecond, reason: null });
    } catch (error) {
      if (error instanceof Stopped) throw error;
      timings.push({ backend, device, imagesPerSecond: null, reason: (error as Error).message });
    }
  }
  return timings;
}

/** The fastest, with all figures in words; the first of equals, which is `native`. */
export function faster(timings: readonly BackendTiming[]): BackendDecision {
  const [first] = timings;
  const best = timings.reduce((a, b) => ((b.imagesPerSecond ?? 0) > (a.imagesPerSecond ?? 0) ? b : a), first!);
  const figures = timings.map(({ backend, device, imagesPerSecond, reason }) =>
    imagesPerSecond === null
      ? `${backend} failed (${reason})`
      : `${backend} (${device}) computes ${imagesPerSecond.toFixed(0)} images/s`,
  );
  return {
    backend: best.backend,
    text: `auto chose ${best.backend}, by the first steps of this run: ${figures.join(', ')}`,
  };
}

async function stepping(config: JobConfig, dataset: Dataset): Promise<Stepping> {
  if (config.kind === 'search') {
    return searchMethod(config.method).open(searchProblem(config, dataset), config.settings, null);
  }
  const plan = planNetwork(config.space, config.genotype);
  const recipe = { ...config, epochs: LONG_SCHEDULE, selection: 'last' as const };
  const trainer = Trainer.create(dataset, plan, recipe, config.seeds[0]!, { validate: false });
  return {
    finished: false,
    imagesPerStep: trainer.batch,
    advance: () => trainer.advance(),
    dispose: () => trainer.dispose(),
  };
}

async function rate(steps: Stepping, turn: () => Promise<void>): Promise<number> {
  const { imagesPerStep } = steps;
  try {
    for (let i = 0; i < WARM_UP && !steps.finished; i++) {
      await turn();
      await steps.advance();
    }
    const start = performance.now();
    let taken = 0;
    let seconds = 0;
    while (!steps.finished && (taken === 0 || seconds < SECONDS)) {
      await turn();
      await steps.advance();
      taken++;
      seconds = (performance.now() - start) / 1000;
    }
    return seconds === 0 ? 0 : (taken * imagesPerStep) / seconds;
  } finally {
    steps.dispose();
  }
}
