import { InvalidArgumentError, Option, type Command } from 'commander';
import { UserError } from '../../errors.js';
import { runBenchmark } from '../../search/benchmark.js';
import { runGpuBenchmark, type GpuBenchmark } from '../../search/gpu-benchmark.js';
import type { StepTiming } from '../../search/supernet-step.js';
import { positiveNumber, wholeNumber, within } from '../options.js';
import { table, type Output } from '../output.js';
import { outputOf } from '../session.js';
import { untilSignalled } from '../signals.js';

interface BenchOptions {
  readonly phase: 1 | 2;
  readonly batch: number;
  readonly threads: number;
  readonly steps: number;
  readonly kernels: boolean;
  readonly backend: 'native' | 'webgpu';
  readonly report?: string;
  readonly batches: readonly number[];
  readonly channels: number;
  readonly cells: number;
  readonly size: number;
}

/** What only a graphics card is measured with. */
const OF_CARD = ['report', 'batches', 'channels', 'cells', 'size'] as const;

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description(
      'measures a training step of the supernet (16 channels, 3 cells, 28×28) and each kernel of the native backend, or a graphics card',
    )
    .option('--phase <n>', '1: 7×7 kernels; 2: all kernels and depths', phase, 1)
    .option('--batch <n>', 'images per step', positiveNumber, 32)
    .option('--threads <n>', '0: one per processor core', wholeNumber, 0)
    .option('--steps <n>', 'number of steps to measure', positiveNumber, 5)
    .option('--no-kernels', 'do not measure the individual kernels')
    .addOption(new Option('--backend <name>', 'what is measured').choices(['native', 'webgpu']).default('native'))
    .option('--report <file>', 'webgpu: JSON file that gets all figures; must not exist')
    .addOption(
      new Option('--batches <list>', 'webgpu: images per step')
        .argParser(numbers)
        .default([32, 128, 512], '32,128,512'),
    )
    .option('--channels <n>', 'webgpu: channels of the first stage', within('channels'), 16)
    .option('--cells <n>', 'webgpu: cells per stage', within('cells'), 3)
    .option('--size <n>', 'webgpu: height and width of the images', positiveNumber, 28)
    .action(async (options: BenchOptions, command: Command) => {
      const output = outputOf(command);
      if (options.backend === 'webgpu') return measureCard(output, options);
      requireNoneOfCard(command);
      const result = await runBenchmark(options);
      output.object(result);
      const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
      output.text(`${result.processor}, ${result.instruction_set}, ${String(result.threads)} threads`);
      output.text(
        `phase ${String(result.phase)}, batch ${String(result.batch)}: ${result.images_per_s.toFixed(1)} images/s, ` +
          `${(1000 * result.step_s_median).toFixed(1)} ms per step, ${percent(result.outside_kernels)} outside kernels, ` +
          `${result.resident_mib.toFixed(0)} MiB resident`,
      );
      if (!result.kernels || result.peak_gflops === null) return;
      output.text(`peak of multiply-adds: ${result.peak_gflops.toFixed(0)} GFLOP/s`);
      const rows = result.kernels.map((rate) => [
        `${String(rate.taps)}×${String(rate.taps)}`,
        rate.channels,
        `${String(rate.size)}×${String(rate.size)}`,
        rate.edges,
        rate.kernel,
        rate.gflops.toFixed(0),
        percent(rate.peakShare),
        rate.directGflops.toFixed(0),
      ]);
      for (const line of table([
        ['filter', 'channels', 'image', 'edges', 'kernel', 'GFLOP/s', 'of peak', 'as direct'],
        ...rows,
      ])) {
        output.text(line);
      }
    });
}

/** @throws UserError `bench-option` */
function requireNoneOfCard(command: Command): void {
  const given = OF_CARD.find((name) => command.getOptionValueSource(name) === 'cli');
  if (given !== undefined) {
    throw new UserError('bench-option', `--${given} measures a graphics card: add --backend webgpu.`);
  }
}

async function measureCard(output: Output, { report, ...options }: BenchOptions): Promise<void> {
  if (report === undefined) {
    throw new UserError('bench-option', 'A graphics card is measured into a file: add --report FILE.json.');
  }
  const result = await untilSignalled(
    new UserError('bench-cancelled', `The measurement was cancelled. ${report} contains what was measured.`),
    (signal) =>
      runGpuBenchmark({
        ...options,
        report,
        signal,
        onProgress: (what, done, total) => {
          output.object({ event: 'progress', what, done, total });
          output.progress(`${done + 1}/${total}: ${what}`);
        },
      }),
  );
  output.object({ event: 'measured', report, ...result });
  for (const line of cardLines(result)) output.text(line);
  output.text(`All figures are in ${report}.`);
}

function cardLines({ card, processor, steps, native, dispatch, ceilings }: GpuBenchmark): string[] {
  const milliseconds = (timing: StepTiming | undefined): string => (timing ? (1000 * timing.step_s).toFixed(1) : '–');
  const rows = steps.map((step, i) => [
    step.phase,
    step.batch,
    milliseconds(step),
    step.images_per_s.toFixed(0),
    native[i]?.images_per_s.toFixed(0) ?? '–',
    step.counts?.['dispatches'] ?? '–',
    step.counts?.['submissions'] ?? '–',
    step.counts?.['buffers'] ?? '–',
  ]);
  return [
    `${card.device}; native on ${processor}`,
    ...table([
      ['phase', 'batch', 'ms per step', 'images/s', 'native', 'dispatches', 'submissions', 'new buffers'],
      ...rows,
    ]),
    ...(dispatch
      ? [`a dispatch: ${dispatch.recorded_us.toFixed(1)} µs recorded, ${dispatch.in_all_us.toFixed(1)} µs in all`]
      : []),
    ...(ceilings
      ? [
          `copy: ${ceilings.shader_copy_gb_per_s.toFixed(1)} GB/s by a shader, ${ceilings.copy_gb_per_s.toFixed(1)} GB/s by command; ` +
            `multiply-adds: ${ceilings.fma_tflops.toFixed(3)} TFLOP/s`,
        ]
      : []),
  ];
}

const numbers = (text: string): number[] => text.split(',').map(positiveNumber);

function phase(text: string): 1 | 2 {
  if (text !== '1' && text !== '2') throw new InvalidArgumentError(`expected 1 or 2, saw '${text}'`);
  return text === '1' ? 1 : 2;
}
