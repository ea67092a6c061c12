import { createRandom } from '../../../compute/random.js';
import type { Snapshot } from '../../../compute/snapshot.js';
import { UserError } from '../../../errors.js';
import { arrayOf, withPrefix } from '../../../learning/snapshot-codec.js';
import type { ArchitectureTable } from '../../../space/architecture-table.js';
import { EDGE_ROWS } from '../../../vocabulary/space.js';
import { adamArrays, adamRestore, adamStart, adamStep, type AdamState } from '../../adam.js';
import {
  gradientParts,
  GradientSearch,
  TEMPERATURE,
  type ArchitectureGradient,
  type GradientInputs,
} from '../../gradient-search.js';
import type { SearchProblem } from '../../method.js';
import { SOFTMAX } from '../../softmax.js';
import { chosenBy, edgeWeights, edgeWeightsGradient, weighted, weightedGradient } from './edge-weights.js';
import type { PcDartsSettings } from './settings.js';

/** Starting scores of the edges are this times N(0, 1), like those of the operations. */
const INITIAL_SCALE = 1e-3;

/** A search with gradients over a supernet of partial cells, whose edges have scores of their own beside α, β, γ. */
export class PcDartsSearch extends GradientSearch {
  private constructor(
    { parts, architecture, adam }: ReturnType<typeof gradientParts>,
    private readonly settings: PcDartsSettings,
    private readonly edges: Float64Array,
    private readonly edgeAdam: AdamState,
  ) {
    super(parts, architecture, adam, {
      relaxation: SOFTMAX,
      architectureLearningRate: settings.architectureLearningRate,
      batches: { training: 1, validation: 1 },
      gradient: (inputs) => partialGradient(inputs, edges),
    });
  }

  /** @throws UserError `search-setting`, `checkpoint-content` */
  static start(problem: SearchProblem, settings: PcDartsSettings, saved: Snapshot | null): PcDartsSearch {
    const { channels } = problem.space;
    const { channelShare } = settings;
    if (channels % channelShare !== 0) {
      throw new UserError(
        'search-setting',
        `settings of pc-darts: channelShare: ${channels} channels are no multiple of ${channelShare}: choose other channels or another share`,
      );
    }
    const parts = gradientParts(problem, saved, channelShare);
    if (saved) {
      const edges = arrayOf(saved.arrays, 'edges', Float64Array).slice();
      return new PcDartsSearch(parts, settings, edges, adamRestore(saved.arrays, 'edgeAdam/'));
    }
    const random = createRandom(problem.seed, 'edges');
    const edges = Float64Array.from({ length: EDGE_ROWS }, () => INITIAL_SCALE * random.normal());
    return new PcDartsSearch(parts, settings, edges, adamStart(EDGE_ROWS));
  }

  override async snapshot(): Promise<Snapshot> {
    const { values, arrays } = await super.snapshot();
    return {
      values,
      arrays: { ...arrays, edges: this.edges.slice(), ...withPrefix('edgeAdam/', adamArrays(this.edgeAdam)) },
    };
  }

  protected override get rests(): boolean {
    return this.epoch < Math.ceil(this.settings.warmup * this.parts.problem.epochs - 1e-9);
  }

  protected override get probabilities(): ArchitectureTable {
    return chosenBy(super.probabilities, edgeWeights(this.edges));
  }

  protected override get computed(): ArchitectureTable {
    return weighted(super.probabilities, edgeWeights(this.edges));
  }

  protected override move(gradient: Float64Array): void {
    const { length } = this.architecture.vector;
    super.move(gradient.subarray(0, length));
    adamStep(this.edges, gradient.subarray(length), this.edgeAdam, this.settings.architectureLearningRate);
  }
}

/** ∂L_val/∂a with ∂L_val/∂scores of the edges behind it. @param edges their scores, 18 */
export async function partialGradient(
  { net, validation, architecture, relaxation, sparse }: GradientInputs,
  edges: Float64Array,
): Promise<ArchitectureGradient> {
  const probabilities = architecture.probabilities(TEMPERATURE, relaxation);
  const weights = edgeWeights(edges);
  const { table, ...outcome } = await net.tableGradient(validation, weighted(probabilities, weights), sparse);
  const by = weightedGradient(probabilities, weights, table);
  const own = architecture.gradient(probabilities, by.table, TEMPERATURE, relaxation);
  return { ...outcome, gradient: Float64Array.from([...own, ...edgeWeightsGradient(weights, by.weights)]) };
}
