import { z } from 'zod';
import { shown } from './shown.js';

/**
 * The search space of ZO-DARTS++ (arXiv 2503.06092) as data: operations, kernels, edges, stages.
 * Stem → stage 0 (C channels) → reduction → stage 1 (2C) → reduction → stage 2 (4C) → head.
 */

/** Operations of an edge during the search, in the column order of α. */
export const OPERATIONS = ['none', 'skip_connect', 'conv_1x1', 'kernel_variable_conv', 'avg_pool_3x3'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Kernel sizes of `kernel_variable_conv`, in the column order of β. */
export const KERNEL_SIZES = [7, 5, 3] as const;
export type KernelSize = (typeof KERNEL_SIZES)[number];

/** Edges of a cell as [target node, source node], in the row order of α and β inside a stage. */
export const EDGES = [
  [1, 0],
  [2, 0],
  [2, 1],
  [3, 0],
  [3, 1],
  [3, 2],
] as const;

export const STAGES = 3;
export const EDGES_PER_STAGE = EDGES.length;
/** Rows of α and β: edges of all stages, stage by stage. */
export const EDGE_ROWS = STAGES * EDGES_PER_STAGE;

/** Operations of an edge in a finished network: the kernel of `kernel_variable_conv` is decided. */
export const GENOTYPE_OPERATIONS = [
  'none',
  'skip_connect',
  'conv_1x1',
  'conv_7x7',
  'conv_5x5',
  'conv_3x3',
  'avg_pool_3x3',
] as const;
export type GenotypeOperation = (typeof GENOTYPE_OPERATIONS)[number];

/** An object with these keys and no others: an unknown one could mean another architecture. */
function exactly<S extends z.core.$ZodLooseShape>(shape: S) {
  const names = Object.keys(shape).join(', ');
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `has the key ${shown(issue.keys[0])}; only ${names} are allowed`
          : `must be an object, saw ${shown(issue.input)}`,
    })
    .readonly();
}

/** A list of exactly `length`. */
function listOf<T extends z.ZodType>(item: T, length: number) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `must be a list of ${length}, saw ${Array.isArray(input) ? `${input.length} entries` : shown(input)}`;
  return z.array(item, { error }).length(length, { error }).readonly();
}

const genotypeOperationSchema = z.enum(GENOTYPE_OPERATIONS, {
  error: ({ input }) => `must be one of ${GENOTYPE_OPERATIONS.join(', ')}, saw ${shown(input)}`,
});

/** No space has more cells per stage, or more channels in its first one, whatever may be chosen for a new run. */
const MOST_CELLS = 32;
const MOST_CHANNELS = 1024;

/**
 * Genotypes of the spaces with up to `cells` cells per stage. Each error completes a sentence that begins with the place
 * (`explainGenotype` in `training/genotype-file.ts`).
 */
export function genotypeSchemaOf(cells: number) {
  const depth = z.custom<number>((value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= cells, {
    error: ({ input }) => `must be a whole number from 1 to ${cells}, saw ${shown(input)}`,
  });
  return exactly({
    stages: listOf(exactly({ depth, operations: listOf(genotypeOperationSchema, EDGES_PER_STAGE) }), STAGES),
  });
}

/** A finished architecture: one entry per stage. */
export const genotypeSchema = genotypeSchemaOf(MOST_CELLS);
export type Genotype = z.infer<typeof genotypeSchema>;
/** One stage of a finished network: how many cells, and the operation of each edge in the order of EDGES. */
export type GenotypeStage = Genotype['stages'][number];

/** What fixes the size of a supernet and of every network in it. */
export const spaceSettingsSchema = z
  .object({
    /** Channels of the stem and of stage 0; doubled by each reduction. Default 16. */
    channels: z.int().min(1).max(MOST_CHANNELS),
    /** Largest number of cells per stage. Default 3. */
    cells: z.int().min(1).max(MOST_CELLS),
    /** Channels of an input image: 1 or 3. */
    inputChannels: z.int().refine((channels): boolean => channels === 1 || channels === 3, 'must be 1 or 3'),
    /** Number of outputs of the classifier. */
    classes: z.int().min(1).max(1000),
    /** How often the stem halves the resolution before the first stage (`space/stem.ts`); absent: never. */
    stemHalvings: z.int().min(0).max(4).optional(),
  })
  .readonly();
export type SpaceSettings = z.infer<typeof spaceSettingsSchema>;

/** Channels of stage `stage` (0, 1, 2). */
export function stageChannels(space: SpaceSettings, stage: number): number {
  return space.channels << stage;
}
