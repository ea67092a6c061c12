import type { Command } from 'commander';
import { drawSamples } from '../../actions/draw-samples.js';
import { describeGenotype } from '../genotype-text.js';
import { seedOption } from '../common-options.js';
import { wholeNumber, within } from '../options.js';
import { count, table } from '../output.js';
import { withSession } from '../session.js';

export function registerSample(program: Command): void {
  program
    .command('sample')
    .argument('<run>', 'a search with at least one finished epoch', wholeNumber)
    .description('draws architectures from the probabilities of a search')
    .option('--count <n>', 'number of draws', within('samples'), 300)
    .addOption(seedOption('the draws'))
    .action((run: number, options: { count: number; seed: number }, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const { epoch, argmax, drawn } = drawSamples(history, run, options);
        output.object({ event: 'argmax', run, ...argmax });
        const rows: (string | number)[][] = [['times', 'parameters', 'within budget', 'genotype']];
        for (const { genotype, times, parameters, met } of drawn) {
          output.object({ event: 'sample', run, genotype, times, parameters, met });
          rows.push([times, count(parameters), met ? 'yes' : 'no', describeGenotype(genotype)]);
        }
        output.text(
          `${options.count} draws from epoch ${epoch} of run ${run}: ${drawn.length} different architectures`,
        );
        for (const line of table(rows)) output.text(line);
        await Promise.resolve();
      }),
    );
}
