import type { Command } from 'commander';
import { createRandom } from '../../compute/random.js';
import { UserError } from '../../errors.js';
import type { Genotype } from '../../vocabulary/space.js';
import { argmaxGenotype, sampleGenotype } from '../../space/sampling.js';
import { insideBudget } from '../../search/budget.js';
import { countParameters } from '../../space/parameter-count.js';
import { describeGenotype } from '../genotype-text.js';
import { positiveNumber, wholeNumber } from '../options.js';
import { count, table } from '../output.js';
import { withSession } from '../session.js';

export function registerSample(program: Command): void {
  program
    .command('sample')
    .argument('<run>', 'a search with at least one finished epoch', wholeNumber)
    .description('draws architectures from the probabilities of a search')
    .option('--count <n>', 'how many', positiveNumber, 300)
    .option('--seed <n>', 'seed of the draws', wholeNumber, 1)
    .action((run: number, options: { count: number; seed: number }, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const { config } = history.getRun(run);
        const last = history.snapshots(run).at(-1);
        if (config.kind !== 'search' || !last) {
          throw new UserError(
            'sample-nothing',
            `run ${run} is no search with a finished epoch: there is nothing to draw from`,
          );
        }
        const { space, budget } = config;
        const probabilities = {
          operations: Float64Array.from(last.alphaProbabilities),
          kernels: last.betaProbabilities && Float64Array.from(last.betaProbabilities),
          depth: last.gammaProbabilities && Float64Array.from(last.gammaProbabilities),
        };
        const random = createRandom(options.seed, 'sample');
        const drawn = new Map<string, { genotype: Genotype; times: number }>();
        for (let i = 0; i < options.count; i++) {
          const genotype = sampleGenotype(space, probabilities, random);
          const key = JSON.stringify(genotype);
          drawn.set(key, { genotype, times: (drawn.get(key)?.times ?? 0) + 1 });
        }
        const likeliest = argmaxGenotype(space, probabilities);
        output.object({ event: 'argmax', run, genotype: likeliest, parameters: countParameters(space, likeliest) });
        const rows: (string | number)[][] = [['times', 'parameters', 'in budget', 'genotype']];
        for (const { genotype, times } of [...drawn.values()].sort((a, b) => b.times - a.times)) {
          const parameters = countParameters(space, genotype);
          const met = insideBudget(budget, parameters);
          output.object({ event: 'sample', run, genotype, times, parameters, met });
          rows.push([times, count(parameters), met ? 'yes' : 'no', describeGenotype(genotype)]);
        }
        output.text(
          `${options.count} draws from epoch ${last.epoch} of run ${run}: ${drawn.size} different architectures`,
        );
        for (const line of table(rows)) output.text(line);
        await Promise.resolve();
      }),
    );
}
