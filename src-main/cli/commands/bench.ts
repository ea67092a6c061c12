import { InvalidArgumentError, type Command } from 'commander';
import { runBenchmark } from '../../search/benchmark.js';
import { positiveNumber, wholeNumber } from '../options.js';
import { table } from '../output.js';
import { outputOf } from '../session.js';

interface BenchOptions {
  readonly phase: 1 | 2;
  readonly batch: number;
  readonly threads: number;
  readonly steps: number;
  readonly kernels: boolean;
}

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description(
      'measures a training step of the supernet (16 channels, 3 cells, 28×28) and each kernel of the native backend',
    )
    .option('--phase <n>', '1: 7×7 kernels; 2: all kernels and depths', phase, 1)
    .option('--batch <n>', 'images per step', positiveNumber, 32)
    .option('--threads <n>', '0: one per processor core', wholeNumber, 0)
    .option('--steps <n>', 'number of steps to measure', positiveNumber, 5)
    .option('--no-kernels', 'do not measure the individual kernels')
    .action(async (options: BenchOptions, command: Command) => {
      const output = outputOf(command);
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

function phase(text: string): 1 | 2 {
  if (text !== '1' && text !== '2') throw new InvalidArgumentError(`expected 1 or 2, saw '${text}'`);
  return text === '1' ? 1 : 2;
}
