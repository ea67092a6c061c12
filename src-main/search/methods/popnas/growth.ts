import { genotypeKey } from '../../../space/live-edges.js';
import { LIVE_CHOICES, LIVE_PATTERNS, type LivePattern } from '../../../space/live-cells.js';
import {
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  STAGES,
  type Genotype,
  type GenotypeOperation,
  type SpaceSettings,
} from '../../../vocabulary/space.js';

type Operations = readonly GenotypeOperation[];

const LIVE_OPERATIONS = LIVE_CHOICES.map((choice) => GENOTYPE_OPERATIONS[choice]!);

const within = (smaller: LivePattern, larger: LivePattern): boolean =>
  smaller.edges.length < larger.edges.length && smaller.edges.every((edge) => larger.edges.includes(edge));

/** Patterns of live edges that contain this one, with none between: one path more through the cell. */
const successors = (pattern: LivePattern): readonly LivePattern[] =>
  LIVE_PATTERNS.filter(
    (larger) =>
      within(pattern, larger) && !LIVE_PATTERNS.some((between) => within(pattern, between) && within(between, larger)),
  );

/** Patterns that contain no other: a single path from node 0 to node 3. */
const FIRST = LIVE_PATTERNS.filter((pattern) => !LIVE_PATTERNS.some((smaller) => within(smaller, pattern)));

const longestFrom = (pattern: LivePattern): number =>
  1 + Math.max(0, ...successors(pattern).map((larger) => longestFrom(larger)));

/** Generations until the cell has all edges. */
export const GENERATIONS = Math.max(...FIRST.map(longestFrom));

/** All networks whose one cell is a single path, with every combination of depths. */
export function firstNetworks({ cells }: SpaceSettings): Genotype[] {
  const none: Operations = Array.from({ length: EDGES_PER_STAGE }, () => 'none');
  return FIRST.flatMap(({ edges }) => fillings(none, edges)).flatMap((operations) =>
    combinations(Array.from({ length: STAGES }, () => Array.from({ length: cells }, (_, i) => i + 1))).map((depths) =>
      stacked(operations, depths),
    ),
  );
}

/**
 * The networks that come from one by a path more through its cell, with any operations on the new edges, at its depths or with a cell
 * more or less in one stage.
 * @param genotype the same cell in all stages, live edges only
 */
export function grown({ cells }: SpaceSettings, genotype: Genotype): Genotype[] {
  const { operations } = genotype.stages[0]!;
  const live = operations.flatMap((operation, edge) => (operation === 'none' ? [] : [edge]));
  const pattern = LIVE_PATTERNS.find(({ edges }) => edges.join() === live.join())!;
  const depths = genotype.stages.map(({ depth }) => depth);
  const changed = depths.flatMap((depth, stage) => [depth - 1, depth + 1].map((other) => depths.with(stage, other)));
  const allowed = [depths, ...changed].filter((list) => list.every((depth) => depth >= 1 && depth <= cells));
  return successors(pattern)
    .flatMap(({ edges }) =>
      fillings(
        operations,
        edges.filter((edge) => !live.includes(edge)),
      ),
    )
    .flatMap((filled) => allowed.map((list) => stacked(filled, list)));
}

/** Each network once, by what is built. */
export function distinct(genotypes: readonly Genotype[]): Genotype[] {
  return [...new Map(genotypes.map((genotype) => [genotypeKey(genotype), genotype])).values()];
}

function fillings(operations: Operations, edges: readonly number[]): Operations[] {
  return combinations(edges.map(() => LIVE_OPERATIONS)).map((chosen) =>
    operations.map((operation, edge) => chosen[edges.indexOf(edge)] ?? operation),
  );
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((start) => list.map((item) => [...start, item])), [[]]);
}

function stacked(operations: Operations, depths: readonly number[]): Genotype {
  return { stages: depths.map((depth) => ({ depth, operations: [...operations] })) };
}
