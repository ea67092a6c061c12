import type { Random } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import { arrayOf } from '../learning/snapshot-codec.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { EDGE_ROWS, KERNEL_SIZES, OPERATIONS, STAGES } from '../vocabulary/space.js';
import { SPARSEMAX, type Relaxation } from './sparsemax.js';

/** Starting values of α, β, γ are this times N(0, 1). */
const INITIAL_SCALE = 1e-3;

/** The architecture parameters α, β, γ as one vector `a`, in float64 on every backend. β and γ join at growth. */
export class Architecture {
  private constructor(
    readonly cells: number,
    readonly vector: Float64Array,
  ) {}

  static create(cells: number, random: Random): Architecture {
    return new Architecture(cells, drawn(EDGE_ROWS * OPERATIONS.length, random));
  }

  static fromVector(cells: number, vector: Float64Array): Architecture {
    const small = EDGE_ROWS * OPERATIONS.length;
    const large = small + EDGE_ROWS * KERNEL_SIZES.length + STAGES * cells;
    if (vector.length !== small && vector.length !== large) {
      throw new RangeError(`the architecture vector must have ${small} or ${large} entries, saw ${vector.length}`);
    }
    return new Architecture(cells, vector);
  }

  /** The architecture of a snapshot. @throws UserError `checkpoint-content` */
  static restore(cells: number, arrays: Snapshot['arrays']): Architecture {
    return Architecture.fromVector(cells, arrayOf(arrays, 'architecture', Float64Array).slice());
  }

  get grown(): boolean {
    return this.vector.length > EDGE_ROWS * OPERATIONS.length;
  }

  /** The same α with newly drawn β and γ behind it. */
  grow(random: Random): Architecture {
    const added = drawn(EDGE_ROWS * KERNEL_SIZES.length + STAGES * this.cells, random);
    const vector = new Float64Array(this.vector.length + added.length);
    vector.set(this.vector);
    vector.set(added, this.vector.length);
    return new Architecture(this.cells, vector);
  }

  /** a + distance · direction. */
  moved(direction: Float64Array, distance: number): Architecture {
    return new Architecture(
      this.cells,
      this.vector.map((value, i) => value + distance * direction[i]!),
    );
  }

  /** The same architecture with its other choices out of reach: their probability is exactly 0. @param paths 1 for what stays */
  restrictedTo(paths: Uint8Array): Architecture {
    return new Architecture(
      this.cells,
      this.vector.map((value, i) => (paths[i] === 1 ? value : -Infinity)),
    );
  }

  /** Views of α, β, γ into `vector`. */
  get parts(): ArchitectureTable {
    return this.split(this.vector);
  }

  /** p = sparsemax(a / temperature), row by row, or another relaxation. */
  probabilities(temperature: number, { rows }: Relaxation = SPARSEMAX): ArchitectureTable {
    const { operations, kernels, depth } = this.parts;
    return {
      operations: rows(operations, OPERATIONS.length, temperature),
      kernels: kernels && rows(kernels, KERNEL_SIZES.length, temperature),
      depth: depth && rows(depth, this.cells, temperature),
    };
  }

  /** ∂L/∂a from ∂L/∂p at `probabilities`, which must be those of `temperature` and the relaxation. */
  gradient(
    probabilities: ArchitectureTable,
    g: ArchitectureTable,
    temperature: number,
    { gradient }: Relaxation = SPARSEMAX,
  ): Float64Array {
    const vector = new Float64Array(this.vector.length);
    const parts = this.split(vector);
    parts.operations.set(gradient(probabilities.operations, g.operations, OPERATIONS.length, temperature));
    if (parts.kernels && probabilities.kernels && g.kernels) {
      parts.kernels.set(gradient(probabilities.kernels, g.kernels, KERNEL_SIZES.length, temperature));
    }
    if (parts.depth && probabilities.depth && g.depth) {
      parts.depth.set(gradient(probabilities.depth, g.depth, this.cells, temperature));
    }
    return vector;
  }

  private split(vector: Float64Array): ArchitectureTable {
    const alpha = EDGE_ROWS * OPERATIONS.length;
    const beta = alpha + EDGE_ROWS * KERNEL_SIZES.length;
    return {
      operations: vector.subarray(0, alpha),
      kernels: this.grown ? vector.subarray(alpha, beta) : null,
      depth: this.grown ? vector.subarray(beta) : null,
    };
  }
}

function drawn(length: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => INITIAL_SCALE * random.normal());
}
