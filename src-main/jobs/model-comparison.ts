import { createRandom } from '../compute/random.js';
import { UserError } from '../errors.js';
import { majorityVote } from '../training/metrics/majority.js';
import { accuracyTest, pairedDifferences, pairedMeanDifferences } from '../training/metrics/paired.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { readPredictions } from '../training/predictions-file.js';
import { turnOf } from '../training/turn.js';
import type { PartDiagnostics } from '../vocabulary/diagnostics.js';
import type { ModelComparison } from '../vocabulary/model-comparison.js';
import { requirePredictions } from './model-diagnosis.js';

/** A network with its file. */
export interface ModelFile {
  /** The model file of a retraining. */
  readonly model: string;
  /** Number of the model in the history, for messages. */
  readonly number: number;
}

/** One of the two, with all networks of its retraining, itself among them. */
export interface ComparedModel extends ModelFile {
  readonly run: number;
  readonly siblings: readonly ModelFile[];
}

export interface ComparisonRequest {
  readonly first: ComparedModel;
  readonly second: ComparedModel;
  readonly labels: readonly string[];
  readonly finding: number | null;
}

/**
 * Differences of two models from what each said of the test images. The draws have a fixed seed: same predictions, same bits.
 * @throws UserError `predictions-missing`, `predictions-unreadable`, `compare-images`; the signal's reason
 */
export async function compareModelFiles(
  { first, second, ...choices }: ComparisonRequest,
  signal?: AbortSignal,
): Promise<ModelComparison> {
  const turn = turnOf(signal);
  const [a, b] = [await testOf(first), await testOf(second)];
  requireSameImages(a, b, first.number, second.number);
  const random = (name: string): ReturnType<typeof createRandom> => createRandom(1, `paired/${name}`);
  const networks = await pairedDifferences(a, b, random('networks'), { ...choices, turn });
  const finding = choices.finding === null ? null : (choices.labels[choices.finding] ?? String(choices.finding));
  const shared = { images: a.scores.count, finding, networks, accuracyTest: accuracyTest(a, b) };
  const withoutRetrainings = whyNoMeans(first, second);
  if (withoutRetrainings !== null) return { ...shared, retrainings: null, withoutRetrainings };
  const [ofFirst, ofSecond] = [await testsOf(first), await testsOf(second)];
  for (const [tests, { siblings }] of [
    [ofFirst, first],
    [ofSecond, second],
  ] as const) {
    tests.forEach((test, i) => requireSameImages(a, test, first.number, siblings[i]!.number));
  }
  const figures = await pairedMeanDifferences(ofFirst, ofSecond, random('retrainings'), { ...choices, turn });
  const side = ({ run, siblings }: ComparedModel) => ({ run, networks: siblings.length });
  return {
    ...shared,
    retrainings: { first: side(first), second: side(second), figures },
    withoutRetrainings: null,
  };
}

function whyNoMeans(first: ComparedModel, second: ComparedModel): string | null {
  if (first.run === second.run) return 'both networks are of the same retraining and differ only in their seed';
  const single = [first, second].find(({ siblings }) => siblings.length < 2);
  if (!single) return null;
  return `retraining ${single.run} has a single network, so the effect of the seed is unknown: retrain it with three or more seeds`;
}

const testOf = async ({ model, number }: ModelFile): Promise<ScoredPart> =>
  (await requirePredictions(model, number)).test;

const testsOf = ({ siblings }: ComparedModel): Promise<ScoredPart[]> => Promise.all(siblings.map(testOf));

/** As far as their classes tell. */
export function areOfSameImages(a: ScoredPart, b: ScoredPart): boolean {
  return (
    a.task === b.task &&
    a.truth.values.length === b.truth.values.length &&
    a.truth.values.every((value, i) => value === b.truth.values[i])
  );
}

function requireSameImages(a: ScoredPart, b: ScoredPart, first: number, second: number): void {
  if (areOfSameImages(a, b)) return;
  throw new UserError(
    'compare-images',
    `Models ${first} and ${second} were measured on different test images, which cannot be paired: compare models of the same dataset file.`,
  );
}

export interface MajorityRequest {
  /** Models of one dataset file; the first one that has kept its predictions tells of the images. */
  readonly models: readonly string[];
  readonly labels: readonly string[];
  readonly finding: number | null;
}

/** What always saying the most frequent class reaches on the test part; null where no model has kept its predictions. */
export async function majorityOf({
  models,
  labels,
  finding,
}: MajorityRequest): Promise<PartDiagnostics['majority'] | null> {
  for (const model of models) {
    const predictions = await readPredictions(model);
    if (predictions) return majorityVote(predictions.test, predictions.training, labels, finding, 'test');
  }
  return null;
}
