import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { ActiveBackend } from '../compute/backend.js';
import type { Ceilings, DispatchCost } from '../compute/gpu/rates.js';
import { useBackend } from '../compute/index.js';
import { UserError } from '../errors.js';
import { timeSupernetStep, type Counts, type StepShape, type StepTiming } from './supernet-step.js';

export interface GpuBenchmarkOptions {
  /** The file that gets the report, which must not exist. */
  readonly report: string;
  readonly batches: readonly number[];
  readonly channels: number;
  readonly cells: number;
  /** Height and width of the images. */
  readonly size: number;
  /** Steps that are timed of each batch and phase, as long as they take less than twenty seconds. */
  readonly steps: number;
  readonly threads: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What a graphics card is measured by, with `native` on the same machine. */
export interface GpuBenchmark {
  readonly date: string;
  readonly node: string;
  readonly processor: string;
  readonly processors: number;
  readonly card: ActiveBackend;
  readonly limits: Counts;
  readonly features: readonly string[];
  readonly steps: readonly StepTiming[];
  readonly native: readonly StepTiming[];
  readonly dispatch: DispatchCost | null;
  readonly ceilings: Ceilings | null;
}

const SECONDS = 20;
const LIMITS = [
  'maxStorageBuffersPerShaderStage',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/**
 * Times steps of the supernet on the graphics card and on `native`, a dispatch, copies and multiply-adds. The report is written after
 * each of these, so that what was measured stays when something fails.
 * @throws UserError `report-exists`, `report-unwritable`, `backend-unavailable`, a fault of the card; the signal's reason
 */
export async function runGpuBenchmark(options: GpuBenchmarkOptions): Promise<GpuBenchmark> {
  const { report, batches, channels, cells, size, steps, threads, onProgress, signal } = options;
  if (existsSync(report)) throw existsAlready(report);
  const card = await useBackend('webgpu', { threads });
  reserve(report);
  const { gpuBackend } = await import('../compute/gpu/index.js');
  const { ceilings, dispatchCost } = await import('../compute/gpu/rates.js');
  const backend = gpuBackend();
  const { limits, features } = backend.device;
  let result: GpuBenchmark = {
    date: new Date().toISOString(),
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? process.arch,
    processors: cpus().length,
    card,
    limits: Object.fromEntries(LIMITS.map((name) => [name, limits[name]])),
    features: [...features].sort(),
    ...{ steps: [], native: [], dispatch: null, ceilings: null },
  };
  const keep = (more: Partial<GpuBenchmark>): void => {
    result = { ...result, ...more };
    writeFileSync(report, `${JSON.stringify(result, null, 1)}\n`);
  };
  const shapes: StepShape[] = ([1, 2] as const).flatMap((phase) =>
    batches.map((batch) => ({ phase, batch, channels, cells, size })),
  );
  const total = 2 * shapes.length + 2;
  let done = 0;
  const begin = async (what: string): Promise<void> => {
    onProgress?.(what, done++, total);
    await turn();
  };
  const turn = async (): Promise<void> => {
    await setImmediate();
    signal?.throwIfAborted();
  };
  const timing = (): { steps: number; until: number; turn: () => Promise<void> } => ({
    ...{ steps, turn },
    until: performance.now() + 1000 * SECONDS,
  });
  const named = ({ phase, batch }: StepShape, where: string): string => `phase ${phase}, batch ${batch} on ${where}`;
  for (const shape of shapes) {
    await begin(named(shape, 'the card'));
    const statistics = (): Counts => ({ ...backend.statistics() });
    keep({ steps: [...result.steps, await timeSupernetStep(shape, { ...timing(), statistics })] });
  }
  await begin('a dispatch');
  keep({ dispatch: await dispatchCost(backend) });
  await begin('copies and multiply-adds');
  keep({ ceilings: await ceilings(backend, /computes on the processor/.test(card.device)) });
  backend.check();
  await useBackend('native', { threads });
  for (const shape of shapes) {
    await begin(named(shape, 'native'));
    keep({ native: [...result.native, await timeSupernetStep(shape, timing())] });
  }
  return result;
}

const existsAlready = (report: string): UserError =>
  new UserError('report-exists', `${report} exists already: choose another file, or remove it.`);

/** Makes the file, so that minutes of measuring do not end without a place for them. */
function reserve(report: string): void {
  try {
    closeSync(openSync(report, 'wx'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw code === 'EEXIST'
      ? existsAlready(report)
      : new UserError('report-unwritable', `${report} cannot be written (${code}): choose another file.`);
  }
}
