import type { AccuracyDifference, RaceCandidate, RaceVerdict, RunDetails } from '../../src-main/ipc/contract.js';
import { compact, decimal, integer, NONE, percent, plural } from './format.js';
import { chosenOf, distinctionsOf, isJudged, markOf, roundsOf, type Judged, type Round } from './race.js';

const points = (share: number): string => decimal(100 * share, 1);

/** "95.1 % [94.1, 96.0]". */
export function accuracyText(validation: RaceCandidate['validation']): string {
  if (!validation) return NONE;
  const [low, high] = validation.accuracyInterval;
  return `${percent(validation.accuracy)} [${points(low)}, ${points(high)}]`;
}

/** What validation images say of the network that the race chose. */
export function raceValidationText(result: RunDetails['result']): string {
  if (result?.kind !== 'search') return NONE;
  return accuracyText(chosenOf(result.race ?? [], result.verdict)?.validation ?? null);
}

/** "+1.2 points [0.4, 2.0]": percentage points with their 95 % interval. */
export function differenceText({ difference, interval: [low, high] }: AccuracyDifference): string {
  return `${difference >= 0.0005 ? '+' : ''}${points(difference)} points [${points(low)}, ${points(high)}]`;
}

/** Which side of 0 the whole interval lies on. */
export function sideOf({ interval: [low, high] }: AccuracyDifference): 'above' | 'below' | 'open' {
  return low > 0 ? 'above' : high < 0 ? 'below' : 'open';
}

export interface NamedDifference {
  readonly name: string;
  readonly value: AccuracyDifference | null;
  /** Why there is none. */
  readonly absent: string;
}

/** What a verdict measured, in reading order. */
export function differencesOf(verdict: RaceVerdict, candidates: readonly RaceCandidate[]): NamedDifference[] {
  const chosen = chosenOf(candidates, verdict);
  const absent = (source: RaceCandidate['source']): string =>
    chosen?.source === source ? 'this is the chosen network' : 'no comparison available';
  const { random, empty, chain } = verdict.differences;
  return [
    { name: 'a random network within the budget', value: random, absent: 'no comparison available' },
    { name: 'the network without cells', value: empty, absent: absent('empty') },
    { name: 'the chain of 3×3', value: chain, absent: absent('chain') },
  ];
}

/** The verdict in a few words. What the race found by itself is told apart from what the search proposed. */
export function headingOf({ conclusion, differences: { random } }: RaceVerdict): {
  readonly text: string;
  readonly found: boolean;
} {
  if (conclusion === 'better than chance') return { text: 'Better than chance', found: true };
  return random !== null && sideOf(random) === 'above'
    ? { text: 'Better than chance thanks to the race, not to the search alone', found: true }
    : { text: 'No better than chance', found: false };
}

/** How long a candidate was trained: "12 epochs, 3 seeds". */
export const trainingText = ({ epochs, seeds }: RaceCandidate): string =>
  seeds === 0 ? 'not trained yet' : `${plural(epochs, 'epoch')}, ${plural(seeds, 'seed')}`;

/** "Final, 12 epochs": a group of equal trainings. */
export const roundText = ({ rung, epochs }: Pick<Round, 'rung' | 'epochs'>): string =>
  `${rung === 3 ? 'Final' : `Round ${rung}`}, ${plural(epochs, 'epoch')}`;

/** One candidate, line by line. */
export function candidateLines(candidate: RaceCandidate, verdict: RaceVerdict | null): string[] {
  const distinctions = distinctionsOf(candidate, verdict);
  const source = markOf(candidate.source).name.toLowerCase();
  return [
    [candidate.label, ...distinctions].join(' · '),
    `${integer(candidate.parameters)} parameters, ${source}${candidate.insideBudget ? '' : ', outside the budget'}`,
    `Validation ${accuracyText(candidate.validation)}`,
    `After ${trainingText(candidate)}`,
  ];
}

export interface Callout {
  readonly candidate: Judged;
  readonly text: string;
  readonly chosen: boolean;
}

/** Words beside the points that the verdict names. */
export function calloutsOf(candidates: readonly RaceCandidate[], verdict: RaceVerdict | null): Callout[] {
  return candidates.filter(isJudged).flatMap((candidate) => {
    const names = distinctionsOf(candidate, verdict);
    if (names.length === 0) return [];
    const words = names.join(', ');
    const title = words.charAt(0).toUpperCase() + words.slice(1);
    const text = `${title}: ${candidate.label}, ${compact(candidate.parameters)}`;
    return [{ candidate, text, chosen: names.includes('chosen') }];
  });
}

/** The picture in a sentence, for those who do not see it. */
export function raceSummary(candidates: readonly RaceCandidate[], verdict: RaceVerdict | null): string {
  const rounds = roundsOf(candidates);
  const lead = chosenOf(candidates, verdict) ?? rounds[0]?.candidates[0];
  if (!lead) return 'No training has ended yet.';
  const counts = rounds.map((round) => `${integer(round.candidates.length)} in ${roundText(round).toLowerCase()}`);
  const [label, ...lines] = candidateLines(lead, null);
  return (
    `Validation accuracy against parameters; ${counts.join('; ')}. ` +
    `${verdict ? 'Chosen' : 'Leading'}: ${label}, ${lines.join(', ').toLowerCase()}.`
  );
}
