import type { CandidateSource, RaceCandidate, RaceVerdict } from '../../src-main/ipc/contract.js';

export type MarkShape = 'circle' | 'triangle' | 'diamond' | 'square' | 'inverted' | 'pointing right';

/** How a picture shows where an architecture comes from: by colour and by shape, so that neither must be told apart alone. */
export interface SourceMark {
  readonly source: CandidateSource;
  readonly name: string;
  readonly shape: MarkShape;
  /** Name of a colour token. */
  readonly colour: string;
}

export const SOURCE_MARKS = [
  { source: 'search', name: 'Search', shape: 'circle', colour: '--series-1' },
  { source: 'random', name: 'Random', shape: 'triangle', colour: '--line-strong' },
  { source: 'predicted', name: 'Predicted', shape: 'pointing right', colour: '--series-5' },
  { source: 'empty', name: 'No cells', shape: 'diamond', colour: '--series-2' },
  { source: 'chain', name: 'Chain', shape: 'square', colour: '--series-3' },
  { source: 'residual', name: 'Residual', shape: 'inverted', colour: '--series-4' },
] as const satisfies readonly SourceMark[];

/** Share of the band's colour with which the budget is shaded, so that marks keep their contrast on it. */
export const BUDGET_SHADE = 0.6;

export const markOf = (source: CandidateSource): SourceMark =>
  SOURCE_MARKS.find((mark) => mark.source === source) ?? SOURCE_MARKS[0];

/** A candidate that some training has judged. */
export type Judged = RaceCandidate & { readonly validation: NonNullable<RaceCandidate['validation']> };

export const isJudged = (candidate: RaceCandidate): candidate is Judged => candidate.validation !== null;

/** Candidates whose accuracies may be compared: their trainings were equally long. */
export interface Round {
  /** 1-based; the third is the final. */
  readonly rung: number;
  readonly epochs: number;
  /** The most accurate first. */
  readonly candidates: readonly Judged[];
}

/** Judged candidates by the round that they reached, the furthest first. */
export function roundsOf(candidates: readonly RaceCandidate[]): Round[] {
  const groups = new Map<string, Judged[]>();
  for (const candidate of candidates.filter(isJudged)) {
    const key = `${candidate.rung} ${candidate.epochs}`;
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      const ranked = group.toSorted(
        (a, b) => b.validation.accuracy - a.validation.accuracy || a.parameters - b.parameters,
      );
      return first ? [{ rung: first.rung, epochs: first.epochs, candidates: ranked }] : [];
    })
    .sort((a, b) => b.rung - a.rung || b.epochs - a.epochs);
}

export type Distinction = 'chosen' | 'best' | 'smallest';

/** What the verdict calls a candidate. */
export function distinctionsOf(candidate: RaceCandidate, verdict: RaceVerdict | null): Distinction[] {
  if (!verdict) return [];
  return (['chosen', 'best', 'smallest'] as const).filter((name) => verdict[name] === candidate.candidate);
}

/** The candidate that the run keeps. */
export const chosenOf = (candidates: readonly RaceCandidate[], verdict: RaceVerdict | null): RaceCandidate | null =>
  candidates.find(({ candidate }) => candidate === verdict?.chosen) ?? null;
