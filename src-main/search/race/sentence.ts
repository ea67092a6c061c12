import { count, percent, thousands } from '../../number-text.js';
import { EMPTY } from '../../space/baselines.js';
import { genotypeKey } from '../../space/live-edges.js';
import type { Budget } from '../../vocabulary/budget.js';
import type { AccuracyDifference, CandidateSource, RaceCandidate } from '../../vocabulary/race.js';
import type { Findings } from './verdict.js';

/** A chosen network below this share of the budget's upper end needs a word about the larger ones. */
const LARGE_SHARE = 0.65;

/** Width of an interval that says nothing. */
const ALL = 2;

const SOURCES: { readonly [source in CandidateSource]: string } = {
  search: 'the search',
  random: 'the random networks',
  predicted: 'the networks predicted from the first round',
  empty: 'the hand-designed networks',
  chain: 'the hand-designed networks',
  residual: 'the hand-designed networks',
};

/** The verdict for people: figures with their 95 % intervals, and nothing that they do not carry. */
export function sentence(findings: Findings, candidates: readonly RaceCandidate[], budget: Budget): string {
  const of = (number: number): RaceCandidate => candidates[number - 1]!;
  const chosen = of(findings.chosen);
  return [
    headline(findings, chosen),
    aboutSmallest(findings, of),
    aboutSearch(findings, chosen),
    aboutEmpty(findings, chosen, candidates, budget),
    aboutLarger(chosen, candidates, budget) ?? aboutHigher(findings, chosen, candidates),
  ]
    .filter((part) => part !== null)
    .join(' ');
}

function headline({ differences: { random } }: Findings, chosen: RaceCandidate): string {
  const start = `${count(chosen.parameters)} parameters: validation accuracy ${accuracyText(chosen)}`;
  return random === null ? `${start}.` : `${start}, ${against(random, 'a random network of this budget')}.`;
}

function aboutSmallest({ smallest, chosen, best }: Findings, of: (number: number) => RaceCandidate): string | null {
  if (smallest !== chosen) return `The smallest network that is as good has ${count(of(smallest).parameters)}.`;
  if (best !== chosen) {
    return `The best network has ${count(of(best).parameters)} and ${accuracyText(of(best))}, at most one standard error better.`;
  }
  return null;
}

/** Why not the one that the picture shows highest. */
function aboutHigher(
  { best, chosen: number }: Findings,
  chosen: RaceCandidate,
  candidates: readonly RaceCandidate[],
): string | null {
  if (best !== number) return null;
  const accuracy = (of: RaceCandidate): number => of.validation!.accuracy;
  const higher = candidates
    .filter(({ rung, seeds, insideBudget }) => rung === chosen.rung && seeds === chosen.seeds && insideBudget)
    .filter((other) => accuracy(other) > accuracy(chosen) && percent(accuracy(other)) !== percent(accuracy(chosen)))
    .sort((a, b) => accuracy(b) - accuracy(a))[0];
  if (!higher) return null;
  return `In the last round ${higher.label} reached ${percent(accuracy(higher))}, but it was worse over all rounds together, by accuracy and loss.`;
}

function aboutSearch({ conclusion, proposals }: Findings, chosen: RaceCandidate): string {
  const source = `the network comes from ${SOURCES[chosen.source]} (${chosen.label})`;
  if (proposals === null) return `The search proposed nothing within the budget; ${source}.`;
  const told = proposals.interval[1] - proposals.interval[0] < ALL;
  const measured = told
    ? `after the first round ${against(proposals, 'random networks')}`
    : 'as far as the first round, in which random networks did not differ at all, can show';
  return conclusion === 'better than chance'
    ? `What the search proposed is better than chance, ${measured}; ${source}.`
    : `What the search proposed is no better than chance, ${measured}; ${source}.`;
}

function aboutEmpty(
  { differences }: Findings,
  chosen: RaceCandidate,
  candidates: readonly RaceCandidate[],
  budget: Budget,
): string | null {
  const empty = candidates.find(({ genotype }) => genotypeKey(genotype) === genotypeKey(EMPTY.genotype));
  if (!empty) return null;
  const nothing = `${thousands(budget.upper)} parameters bring no measurable gain over ${thousands(empty.parameters)}`;
  if (differences.empty === null) return chosen === empty ? `${nothing}.` : null;
  const difference = against(differences.empty, 'the network without cells');
  return differences.empty.interval[0] > 0 ? `It is ${difference}.` : `${nothing}: it is ${difference}.`;
}

function aboutLarger(chosen: RaceCandidate, candidates: readonly RaceCandidate[], budget: Budget): string | null {
  const bound = LARGE_SHARE * budget.upper;
  if (chosen.parameters >= bound) return null;
  const larger = candidates
    .filter(({ insideBudget, parameters, validation }) => insideBudget && parameters >= bound && validation !== null)
    .sort((a, b) => b.rung - a.rung || b.epochs - a.epochs || b.validation!.accuracy - a.validation!.accuracy)[0];
  if (!larger) return `No network of the race had ${thousands(bound)} parameters or more.`;
  const figures = `${larger.label} with ${count(larger.parameters)} reached ${accuracyText(larger)}`;
  return larger.epochs === chosen.epochs
    ? `Smaller networks are as good: the best with ${thousands(bound)} or more, ${figures}.`
    : `Smaller networks are as good: none with ${thousands(bound)} or more reached the final; the best, ${figures} after ${larger.epochs} of ${chosen.epochs} epochs.`;
}

function accuracyText({ validation }: RaceCandidate): string {
  const [low, high] = validation!.accuracyInterval;
  return `${percent(validation!.accuracy)} [${points(low)}, ${points(high)}]`;
}

/** "1.2 points above …" with the interval in the same direction. */
function against({ difference, interval: [low, high] }: AccuracyDifference, than: string): string {
  const above = difference >= 0;
  const range = above ? [low, high] : [-high, -low];
  return `${points(Math.abs(difference))} points ${above ? 'above' : 'below'} ${than} [${range.map(points).join(', ')}]`;
}

const points = (share: number): string =>
  (100 * share)
    .toFixed(1)
    .replace(/^-0\.0$/, '0.0')
    .replace('-', '−');
