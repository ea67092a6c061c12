import type { Command } from 'commander';
import { distinctArchitectures } from '../../actions/draw-samples.js';
import { keepSamples } from '../../actions/keep-samples.js';
import { inspectChosen } from '../dataset-argument.js';
import { distributionLines } from '../distribution-text.js';
import { describeGenotype } from '../genotype-text.js';
import { seedOption } from '../common-options.js';
import { wholeNumber, within } from '../options.js';
import { count, percent, table } from '../output.js';
import { withSession, type Session } from '../session.js';

interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  readonly list: boolean;
}

export function registerSample(program: Command): void {
  program
    .command('sample')
    .argument('<run>', 'a search with at least one finished epoch', wholeNumber)
    .description('draws architectures from the probabilities of a search and keeps them, to be retrained')
    .option('--count <n>', 'number of draws', within('samples'), 300)
    .option('--list', 'list the architectures instead of the distribution of their parameters', false)
    .addOption(seedOption('the draws'))
    .action((run: number, options: SampleOptions, command: Command) =>
      withSession(command, (session) => sample(session, run, options)),
    );
}

async function sample({ history, output }: Session, run: number, options: SampleOptions): Promise<void> {
  const inspect = (path: string) => inspectChosen(history, path);
  const { epoch, budget, argmax, draws, architectures, problem } = await keepSamples(
    { history, inspect },
    run,
    options,
  );
  output.object({ event: 'argmax', run, ...argmax });
  const numbered = draws.map((draw, i) => ({ ...draw, architecture: architectures?.[i] ?? null }));
  const distinct = distinctArchitectures(numbered);
  for (const { first, times } of distinct) {
    const { architecture, genotype, parameters, met } = first;
    output.object({ event: 'sample', run, architecture, genotype, times, parameters, met });
  }
  const inside = draws.filter(({ met }) => met).length / draws.length;
  output.text(
    `${options.count} draws from epoch ${epoch} of run ${run}: ${distinct.length} different architectures, ` +
      `${percent(inside)} of the draws within the budget ${count(budget.lower)}..${count(budget.upper)}`,
  );
  if (options.list) {
    const rows = distinct.map(({ first: { architecture, parameters, met, genotype }, times }) => [
      architecture === null ? '–' : `architecture:${architecture}`,
      ...[times, count(parameters), met ? 'yes' : 'no', describeGenotype(genotype)],
    ]);
    const heading = ['architecture', 'times', 'parameters', 'within budget', 'genotype'];
    for (const line of table([heading, ...rows], [false, true, true])) output.text(line);
  } else {
    const parameters = draws.map((draw) => draw.parameters);
    for (const line of distributionLines(parameters, budget)) output.text(line);
  }
  if (problem !== null) output.note(`medforge: the draws were not kept: ${problem}`);
  else if (options.list) output.text("To train one, run 'medforge retrain architecture:N'.");
  else
    output.text(
      `They are kept: 'medforge sample ${run} --list' lists them, 'medforge retrain architecture:N' trains one.`,
    );
}
