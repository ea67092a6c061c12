import { createRandom } from '../../compute/random.js';
import { differenceOf, type Component } from '../../statistics/difference.js';
import { mean, standardDeviation, variance } from '../../statistics/moments.js';
import { permutationTest } from '../../statistics/permutation-test.js';
import type {
  ComparedDifference,
  ComparedNetwork,
  ComparedSummary,
  ComparedTraining,
  Comparison,
} from '../../vocabulary/comparison.js';

const MEASURES = ['accuracy', 'auc'] as const;
type Measure = (typeof MEASURES)[number];
type Part = 'validation' | 'test';

/** A group with, for each of its architectures, what its trainings measured. */
interface Group {
  readonly label: string;
  readonly networks: readonly ComparedNetwork[];
  readonly trainings: readonly (readonly ComparedTraining[])[];
}

const valuesOf = (group: Group, part: Part, measure: Measure): number[][] =>
  group.trainings.map((ofNetwork) => ofNetwork.map((training) => training[part][measure]));

/** Groups, differences and best random network of the trainings of a comparison. */
export function summarise(
  networks: readonly ComparedNetwork[],
  trainings: readonly ComparedTraining[],
  seed: number,
): Pick<Comparison, 'groups' | 'differences' | 'bestRandom' | 'spread'> {
  const groupOf = (label: string, members: readonly number[]): Group => ({
    label,
    networks: members.map((i) => networks[i]!),
    trainings: members.map((i) => trainings.filter(({ network }) => network === i)),
  });
  const numbers = networks.map((_, i) => i);
  const found = groupOf(
    'found',
    numbers.filter((i) => networks[i]!.group === 'found'),
  );
  const random = groupOf(
    'random',
    numbers.filter((i) => networks[i]!.group === 'random'),
  );
  const baselines = numbers
    .filter((i) => ['empty', 'chain'].includes(networks[i]!.group))
    .map((i) => groupOf(networks[i]!.label, [i]));
  return {
    groups: [found, random, ...baselines].map(summaryOf),
    differences: [random, ...baselines].flatMap((other) =>
      MEASURES.map((measure) => compared(found, other, measure, seed)),
    ),
    bestRandom: bestOf(random),
    spread: found.networks.length < 2 ? null : { accuracy: spreadOf(found, 'accuracy'), auc: spreadOf(found, 'auc') },
  };
}

function summaryOf(group: Group): ComparedSummary {
  const estimates = (part: Part) => ({
    accuracy: estimateOf(valuesOf(group, part, 'accuracy')),
    auc: estimateOf(valuesOf(group, part, 'auc')),
  });
  return {
    label: group.label,
    group: group.networks[0]!.group,
    architectures: group.networks.length,
    trainings: group.trainings.flat().length,
    parameters: mean(group.networks.map(({ parameters }) => parameters)),
    validation: estimates('validation'),
    test: estimates('test'),
  };
}

function estimateOf(values: readonly (readonly number[])[]) {
  const { variance: squared, degreesOfFreedom } = componentOf(values);
  return { mean: meanOf(values), standardError: degreesOfFreedom > 0 ? Math.sqrt(squared) : null };
}

/** Every architecture counts the same, however often it was trained. */
const meanOf = (values: readonly (readonly number[])[]): number => mean(values.map(mean));

/** Of the mean of a group: over its architectures, or over the trainings of the one that there is. */
function componentOf(values: readonly (readonly number[])[]): Component {
  const units = values.length > 1 ? values.map(mean) : values[0]!;
  return { variance: variance(units) / units.length, degreesOfFreedom: units.length - 1 };
}

function compared(found: Group, other: Group, measure: Measure, seed: number): ComparedDifference {
  const [first, second] = [valuesOf(found, 'test', measure), valuesOf(other, 'test', measure)];
  const components = [componentOf(first), componentOf(second)];
  const known = components.every(({ degreesOfFreedom }) => degreesOfFreedom > 0);
  const { difference, interval, pValue } = differenceOf(meanOf(first) - meanOf(second), components);
  const permuted =
    second.length > 1
      ? permutationTest(first.map(mean), second.map(mean), createRandom(seed, `comparison/permutations/${measure}`))
      : null;
  return {
    against: other.label,
    measure,
    difference,
    interval: known ? interval : null,
    standardError: known ? Math.sqrt(components[0]!.variance + components[1]!.variance) : null,
    pValue: permuted?.pValue ?? (known ? pValue : null),
    test: permuted === null ? 't' : permuted.exact ? 'exact permutation' : 'sampled permutation',
  };
}

/** The random architecture with the best validation accuracy, then the larger validation AUC. */
function bestOf(random: Group): Comparison['bestRandom'] {
  const figures = (i: number, part: Part) => ({
    accuracy: mean(random.trainings[i]!.map((training) => training[part].accuracy)),
    auc: mean(random.trainings[i]!.map((training) => training[part].auc)),
  });
  const best = random.networks.reduce((chosen, _, i) => {
    const [a, b] = [figures(i, 'validation'), figures(chosen, 'validation')];
    return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.auc > b.auc) ? i : chosen;
  }, 0);
  return {
    of: random.networks.length,
    label: random.networks[best]!.label,
    validation: figures(best, 'validation'),
    test: figures(best, 'test'),
  };
}

const spreadOf = (found: Group, measure: Measure): number =>
  standardDeviation(valuesOf(found, 'test', measure).map(mean));
