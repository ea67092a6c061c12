import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import type { DecidedFront, FrontRequest } from '../jobs/model-front.js';
import type { FrontQuestion, ModelFront } from '../vocabulary/model-front.js';
import { subjectOf } from './compare-models.js';

/** What is known of one figure of one dataset file: whether a model is better than another one, by `first>second`. */
type Known = Map<string, boolean>;

/**
 * Fronts of leaderboards. Two models are compared image by image once, for as long as the program runs: predictions that are
 * kept do not change.
 */
export class ModelFronts {
  readonly #known = new Map<string, Known>();

  constructor(private readonly history: ReadableHistory) {}

  /**
   * Where models of one dataset file stand among each other.
   * @param decide in this process or in another one: `decideFront` of `jobs/model-front.ts`
   * @throws UserError `model-unknown`, `compare-dataset`, and what `decide` throws
   */
  async of(
    { figure, networks }: FrontQuestion,
    decide: (request: FrontRequest) => Promise<DecidedFront>,
  ): Promise<ModelFront> {
    const [first] = networks;
    if (!first) return { standings: [], unpaired: [] };
    const record = this.history.getModel(first.model);
    const { sha256, dataset } = record.summary;
    const files = this.history.modelFiles(sha256);
    const others = networks.find(({ model }) => !files.has(model));
    if (others) {
      throw new UserError(
        'compare-dataset',
        `Model ${others.model} was not measured on ${dataset} (SHA-256 ${sha256.slice(0, 8)}), as model ${first.model} was: only models of the same dataset file can be compared.`,
      );
    }
    const subject = subjectOf(this.history, record);
    const known = this.#of(JSON.stringify([sha256, subject.finding, figure]));
    const indexOf = new Map(networks.map(({ model }, i) => [model, i]));
    const earlier = [...known].flatMap(([pair, better]) => {
      const [one, other] = pair.split('>').map((model) => indexOf.get(Number(model)));
      return one === undefined || other === undefined ? [] : [{ question: [one, other] as const, better }];
    });
    const { standings, answers } = await decide({
      ...subject,
      figure,
      networks: networks.map(({ model, ...tested }) => ({ ...tested, file: files.get(model)! })),
      known: earlier,
    });
    const unpaired = new Set<number>();
    for (const { question, better } of answers) {
      const [one, other] = [networks[question[0]]!.model, networks[question[1]]!.model];
      // What was not kept may be kept later: evaluating a model again does so.
      if (better === null) unpaired.add(one);
      else known.set(`${one}>${other}`, better);
    }
    return {
      standings: networks.map(({ model }, i) => ({ model, standing: standings[i]! })),
      unpaired: [...unpaired],
    };
  }

  #of(key: string): Known {
    const known = this.#known.get(key) ?? new Map<string, boolean>();
    this.#known.set(key, known);
    return known;
  }
}
