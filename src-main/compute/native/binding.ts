import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A float array with room for a whole vector behind it, as every array handed to the addon must be. */
export type Floats = Float32Array;
type Optional = Floats | null;

/** How the kernel of a mixed cell (`cc/cell.h`) lays out what it keeps for its gradient. */
export interface CellLayout {
  /** Pairs of target and source node. */
  readonly edges: Int32Array;
  /** Side of the filters of each branch, in the order of the filters. */
  readonly kernelSizes: Int32Array;
  /** For each slot the branch whose convolution it holds, −1 for none. All but one are as large as the cell's input. */
  readonly branchOfSlot: Int32Array;
  /** The slot of the statistics, and how many values it has for each channel. */
  readonly statistics: number;
  readonly statisticsPerChannel: number;
}

/** The compiled addon, see `cc/addon.cc`. Images are NHWC; shapes are [images, height, width, channels]. */
export interface NativeBinding {
  threads(): number;
  /** @param count 0: as many as the machine has processors */
  setThreads(count: number): void;
  /** What this processor can run, best first. */
  instructionSets(): string[];
  instructionSet(): string;
  /** @returns false when the processor lacks it or the name is unknown */
  setInstructionSet(name: string): boolean;
  /** Seconds and number of calls so far, and bytes kept for intermediate values. */
  statistics(): { seconds: number; calls: number; scratchBytes: number };
  /** Bytes from the start of the buffer to its first cache line. */
  lineOffset(buffer: ArrayBuffer): number;
  /** Floating-point operations a second that all threads reach together without touching memory. */
  measurePeak(repetitions: number): number;
  /**
   * Best time of a convolution with as many outputs as inputs on `edges` edges of one node.
   * @param pass 0: forward, 1: gradient of the input, 2: gradient of the filters
   */
  measureConvolution(
    pass: 0 | 1 | 2,
    shape: Int32Array,
    taps: number,
    edges: number,
    repetitions: number,
  ): { seconds: number; operations: number; direct: number };

  cellLayout(): CellLayout;
  /** Which slots a cell needs, 1 or 0 each. */
  cellSlots(operations: Uint8Array, kernels: Uint8Array): Uint8Array;
  cellForward(
    shape: Int32Array,
    x: Floats,
    filters: readonly Optional[],
    operations: Floats,
    kernels: Optional,
    activeOperations: Uint8Array,
    activeKernels: Uint8Array,
    slots: readonly Optional[],
    y: Floats,
  ): void;
  cellBackward(
    shape: Int32Array,
    dy: Floats,
    filters: readonly Optional[],
    operations: Floats,
    kernels: Optional,
    activeOperations: Uint8Array,
    activeKernels: Uint8Array,
    slots: readonly Optional[],
    dx: Floats,
    filterGradients: readonly Optional[],
    operationGradients: Floats,
    kernelGradients: Optional,
  ): void;

  /** Floats that the network keeps for its gradient, and channels of all its batch norms. */
  networkSizes(steps: Int32Array, shape: Int32Array): { workspace: number; statistics: number };
  networkForward(
    steps: Int32Array,
    shape: Int32Array,
    x: Floats,
    weights: readonly Floats[],
    workspace: Floats,
    logits: Floats,
    means: Floats,
    variances: Floats,
  ): void;
  networkBackward(
    steps: Int32Array,
    shape: Int32Array,
    dLogits: Floats,
    weights: readonly Floats[],
    workspace: Floats,
    gradients: readonly Floats[],
  ): void;
  networkInference(steps: Int32Array, shape: Int32Array, x: Floats, weights: readonly Floats[], logits: Floats): void;

  convolve(geometry: Int32Array, x: Floats, relu: boolean, filter: Floats, bias: Optional, y: Floats): void;
  convolutionInputGradient(geometry: Int32Array, dy: Floats, filter: Floats, dx: Floats): void;
  convolutionFilterGradient(geometry: Int32Array, x: Floats, dy: Floats, dFilter: Floats): void;
  blockForward(
    geometry: Int32Array,
    relu: boolean,
    x: Floats,
    filter: Floats,
    bias: Optional,
    scale: Optional,
    shift: Optional,
    convolved: Floats,
    statistics: Floats,
    y: Floats,
    mean: Floats,
    variance: Floats,
  ): void;
  blockNormGradient(
    geometry: Int32Array,
    scale: Optional,
    dy: Floats,
    convolved: Floats,
    statistics: Floats,
    dScale: Optional,
    dShift: Optional,
  ): void;
  blockInputGradient(
    geometry: Int32Array,
    relu: boolean,
    x: Floats,
    filter: Floats,
    dConvolved: Floats,
    dx: Floats,
  ): void;
  blockFilterGradient(geometry: Int32Array, relu: boolean, x: Floats, dConvolved: Floats, dFilter: Floats): void;

  batchNorm(
    shape: Int32Array,
    x: Floats,
    scale: Optional,
    shift: Optional,
    y: Floats,
    mean: Floats,
    variance: Floats,
  ): void;
  batchNormGradient(
    shape: Int32Array,
    x: Floats,
    mean: Floats,
    variance: Floats,
    scale: Optional,
    dy: Floats,
    dx: Floats,
    dScale: Optional,
    dShift: Optional,
  ): void;
  weightedSum(x: readonly Floats[], weights: Floats, y: Floats): void;
  weightedSumGradient(x: readonly Floats[], weights: Floats, dy: Floats, dx: readonly Floats[], dWeights: Floats): void;
  averagePool3x3(shape: Int32Array, x: Floats, y: Floats): void;
  averagePool3x3Gradient(shape: Int32Array, dy: Floats, dx: Floats): void;
  averagePool2x2(shape: Int32Array, x: Floats, y: Floats): void;
  averagePool2x2Gradient(shape: Int32Array, dy: Floats, dx: Floats): void;
  globalAveragePool(shape: Int32Array, x: Floats, y: Floats): void;
  globalAveragePoolGradient(shape: Int32Array, dy: Floats, dx: Floats): void;
  matrixProduct(
    a: Floats,
    b: Floats,
    y: Floats,
    m: number,
    k: number,
    n: number,
    transposeA: boolean,
    transposeB: boolean,
  ): void;
  relu(x: Floats, y: Floats): void;
  reluGradient(x: Floats, dy: Floats, dx: Floats): void;
  /** @param operation 0: a + b, 1: a − b, 2: a · b */
  binary(operation: number, a: Floats, b: Floats, y: Floats): void;
  sum(x: Floats): number;
  softmaxCrossEntropy(logits: Floats, targets: Floats, rows: number, classes: number, gradient: Optional): number;
  sigmoidCrossEntropy(logits: Floats, targets: Floats, rows: number, classes: number, gradient: Optional): number;
  /** average = decay · average + (1 − decay) · value */
  movingAverage(average: Floats, value: Floats, decay: number): void;
  /** @returns the norm of all gradients before clipping  @param clipNorm 0: none */
  sgd(
    parameters: readonly Floats[],
    momenta: readonly Floats[],
    gradients: readonly Optional[],
    learningRate: number,
    momentum: number,
    weightDecay: number,
    clipNorm: number,
  ): number;
}

const RESULT = join('build', 'Release', 'medforge_native.node');
let loaded: NativeBinding | null = null;

/** Where the addon lies: `MEDFORGE_NATIVE_ADDON`, or `build/Release` of the nearest folder above this file. */
export function addonPath(): string | null {
  const override = process.env['MEDFORGE_NATIVE_ADDON'];
  if (override) return override;
  // A packed application keeps its compiled files beside the archive.
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, RESULT).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return null;
  }
}

/**
 * Loads the addon once. `MEDFORGE_INSTRUCTION_SET` (avx512, avx2, baseline) forces one of what the processor has.
 * @throws Error with what is missing and what to do
 */
export function loadBinding(): NativeBinding {
  if (loaded) return loaded;
  const file = addonPath();
  if (file === null) {
    throw new Error('the native addon has not been built; run `node forge-scripts/build-native.mjs`');
  }
  const binding = createRequire(import.meta.url)(file) as NativeBinding;
  const forced = process.env['MEDFORGE_INSTRUCTION_SET'];
  if (forced && !binding.setInstructionSet(forced)) {
    throw new Error(
      `MEDFORGE_INSTRUCTION_SET is ${forced}, but this processor runs ${binding.instructionSets().join(', ')}`,
    );
  }
  loaded = binding;
  return binding;
}
