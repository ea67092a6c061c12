import { createRandom } from '../compute/random.js';
import { clearlyBetter, walkFront, type Question, type Standing, type Tested } from '../display/front.js';
import { UserError } from '../errors.js';
import { pairedDifferences } from '../training/metrics/paired.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { readPredictions } from '../training/predictions-file.js';
import { turnOf } from '../training/turn.js';
import type { PairedFigure } from '../vocabulary/model-comparison.js';
import { areOfSameImages } from './model-comparison.js';

export interface FrontRequest {
  readonly networks: readonly (Tested & {
    /** The model file of a retraining. */
    readonly file: string;
  })[];
  readonly figure: PairedFigure['figure'];
  readonly labels: readonly string[];
  readonly finding: number | null;
  /** What is known already. */
  readonly known: readonly Answer[];
}

/** Whether a network is better than another one, image by image; null: they cannot be compared so. */
export interface Answer {
  readonly question: Question;
  readonly better: boolean | null;
}

export interface DecidedFront {
  /** In the order of the networks. */
  readonly standings: readonly Standing[];
  /** All that was asked on the way. */
  readonly answers: readonly Answer[];
}

/**
 * The front of networks that were measured on the same images: where intervals overlap, one is better than another when the
 * paired bootstrap interval of their difference lies above 0, by the same draws as a comparison of the two. Where one has kept
 * no predictions, the intervals of each by itself decide.
 * @throws the signal's reason
 */
export async function decideFront(
  { networks, figure, labels, finding, known }: FrontRequest,
  signal?: AbortSignal,
): Promise<DecidedFront> {
  const turn = turnOf(signal);
  const earlier = new Map(known.map(({ question, better }) => [String(question), better]));
  const answers: Answer[] = [];
  /** The last one on the front is asked about again and again. */
  let standing: { readonly index: number; readonly part: ScoredPart | null } | null = null;
  const isBetter = async ([first, second]: Question): Promise<boolean | null> => {
    await turn();
    if (standing?.index !== second) standing = { index: second, part: await testPart(networks[second]!.file) };
    const [a, b] = [standing.part && (await testPart(networks[first]!.file)), standing.part];
    if (!a || !b || !areOfSameImages(a, b)) return null;
    const random = createRandom(1, 'paired/networks');
    const [difference] = await pairedDifferences(a, b, random, { labels, finding, only: figure, turn });
    return (difference?.interval?.[0] ?? 0) > 0;
  };
  const walk = walkFront(networks);
  let step = walk.next();
  while (!step.done) {
    const question: Question = step.value;
    const [first, second] = question;
    const better = earlier.get(String(question)) ?? (await isBetter(question));
    answers.push({ question, better });
    step = walk.next(better ?? clearlyBetter(networks[first]!, networks[second]!));
  }
  return { standings: step.value, answers };
}

/** What a network said of the test part; null where it was not kept, or cannot be read. */
async function testPart(file: string): Promise<ScoredPart | null> {
  try {
    return (await readPredictions(file))?.test ?? null;
  } catch (error) {
    if (error instanceof UserError && error.kind === 'predictions-unreadable') return null;
    throw error;
  }
}
