import { createRandom } from '../../../compute/random.js';
import type { Snapshot } from '../../../compute/snapshot.js';
import { tf } from '../../../compute/tensorflow.js';
import { disposeBatch } from '../../../learning/batch-stream.js';
import type { ArchitectureTable } from '../../../space/architecture-table.js';
import type { EpochReport } from '../../../vocabulary/trace.js';
import { adamRestore, adamStart, adamStep, type AdamState } from '../../adam.js';
import { Architecture } from '../../architecture.js';
import { Learner } from '../../learner.js';
import { SOFTMAX } from '../../softmax.js';
import { SPARSEMAX, type Relaxation } from '../../sparsemax.js';
import { supernetParts, SupernetSearch, type SupernetParts } from '../../supernet-search.js';
import type { SearchProblem } from '../../method.js';
import type { DartsV1Settings } from './settings.js';

const TEMPERATURE = 1;

/** Turn by turn one step of the architecture by ∂L/∂a on its half, and one step of the weights on theirs. */
export class DartsV1Search extends SupernetSearch {
  private readonly relaxation: Relaxation;

  private constructor(
    parts: SupernetParts,
    private readonly settings: DartsV1Settings,
    readonly architecture: Architecture,
    protected readonly adam: AdamState,
  ) {
    super(parts);
    this.relaxation = settings.relaxation === 'softmax' ? SOFTMAX : SPARSEMAX;
  }

  /** @throws UserError `checkpoint-content` */
  static open(problem: SearchProblem, settings: DartsV1Settings, saved: Snapshot | null): DartsV1Search {
    const { space, seed } = problem;
    const parts = supernetParts(problem, saved, () => {
      const net = Learner.create(space, createRandom(seed, 'weights'));
      net.grow();
      return net;
    });
    if (saved) {
      const architecture = Architecture.restore(space.cells, saved.arrays);
      return new DartsV1Search(parts, settings, architecture, adamRestore(saved.arrays, 'adam/'));
    }
    const random = createRandom(seed, 'architecture');
    const architecture = Architecture.create(space.cells, random).grow(random);
    return new DartsV1Search(parts, settings, architecture, adamStart(architecture.vector.length));
  }

  get imagesPerStep(): number {
    const { weights, architecture } = this.parts.data;
    return weights.batch + architecture.batch;
  }

  async advance(): Promise<{ loss: number; report: EpochReport | null }> {
    const { data, net, progress, problem } = this.parts;
    await this.moveArchitecture();
    const raw = data.weights.next();
    const batch = data.weights.toBackend(raw);
    const { learningRate } = progress;
    const outcome = await net.step(batch, this.probabilities, { learningRate, sparse: problem.sparse });
    disposeBatch(batch);
    progress.requireFinite(outcome.loss);
    progress.add('weights', outcome, raw.targets, batch.task);
    return { loss: outcome.loss, report: progress.count() };
  }

  protected get probabilities(): ArchitectureTable {
    return this.architecture.probabilities(TEMPERATURE, this.relaxation);
  }

  private async moveArchitecture(): Promise<void> {
    const { data, net, progress, problem } = this.parts;
    const { architecture, probabilities } = this;
    const raw = data.architecture.next();
    const batch = data.architecture.toBackend(raw);
    const { weights, probabilities: table, ...outcome } = await net.gradients(batch, probabilities, problem.sparse);
    tf.dispose(weights.filter((gradient) => gradient !== null));
    disposeBatch(batch);
    progress.requireFinite(outcome.loss);
    progress.add('architecture', outcome, raw.targets, batch.task);
    const gradient = architecture.gradient(probabilities, table, TEMPERATURE, this.relaxation);
    adamStep(architecture.vector, gradient, this.adam, this.settings.architectureLearningRate);
  }
}
