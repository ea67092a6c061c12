import { densityOf, quantileOf, type DensityPoint } from '../../src-main/display/density.js';
import type { StudyFigures } from '../../src-main/ipc/contract.js';
import { budgetWords } from './study-tasks.js';

/* What the figures of a study draw. */

/** Colours of methods in their order; from the seventh on they come again, hollow and dashed. */
const COLOURS = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];
const SHAPES = ['circle', 'rectRot', 'triangle', 'rect'] as const;

export interface MethodLook {
  readonly method: string;
  readonly colour: string;
  /** The colour is that of another method, too. */
  readonly again: boolean;
}
export interface BudgetLook {
  readonly budget: string;
  readonly words: string;
  readonly shape: (typeof SHAPES)[number];
}

export const methodLooks = ({ methods }: Pick<StudyFigures, 'methods'>): MethodLook[] =>
  methods.map((method, i) => ({ method, colour: COLOURS[i % COLOURS.length]!, again: i >= COLOURS.length }));

export const budgetLooks = ({ budgets }: Pick<StudyFigures, 'budgets'>): BudgetLook[] =>
  budgets.map((budget, i) => ({ budget, words: budgetWords(budget), shape: SHAPES[i % SHAPES.length]! }));

/** One violin: what was drawn from all searches of a method within a budget. */
export interface ViolinShape {
  readonly method: string;
  readonly budget: string;
  readonly searches: number;
  /** Sorted. */
  readonly values: readonly number[];
  readonly median: number;
  readonly quartiles: readonly [number, number];
  /** None where all values are the same. */
  readonly curve: readonly DensityPoint[];
}

/** Violins of one dataset, budget by budget. */
export function violinShapes(
  { budgets, methods, samples }: Pick<StudyFigures, 'budgets' | 'methods' | 'samples'>,
  dataset: string,
): ViolinShape[] {
  return budgets.flatMap((budget) =>
    methods.flatMap((method): ViolinShape[] => {
      const own = samples.filter(
        (sample) => sample.dataset === dataset && sample.budget === budget && sample.method === method,
      );
      const values = own.flatMap(({ parameters }) => parameters).sort((a, b) => a - b);
      if (values.length === 0) return [];
      const at = (share: number): number => quantileOf(values, share);
      const shape = { values, median: at(0.5), quartiles: [at(0.25), at(0.75)] as const, curve: densityOf(values) };
      return [{ method, budget, searches: own.length, ...shape }];
    }),
  );
}

/** Bounds of a budget; null: an open end. */
export function boundsOf(budget: string): { readonly lower: number | null; readonly upper: number | null } {
  const [lower = '', upper = ''] = budget.split('..');
  const read = (end: string): number | null => (end === '' ? null : Number(end));
  return { lower: read(lower), upper: read(upper) };
}

/** Neighbouring violins of one budget: first and last index. */
export function budgetSpans(
  shapes: readonly Pick<ViolinShape, 'budget'>[],
): { readonly budget: string; readonly first: number; readonly last: number }[] {
  const spans: { budget: string; first: number; last: number }[] = [];
  shapes.forEach(({ budget }, index) => {
    const open = spans.at(-1);
    if (open?.budget === budget) open.last = index;
    else spans.push({ budget, first: index, last: index });
  });
  return spans;
}
