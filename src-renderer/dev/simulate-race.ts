import type { Budget, Genotype, RaceCandidate, RaceVerdict } from '../../src-main/ipc/contract.js';
import { integer } from '../logic/format.js';
import { accuracyText } from '../logic/race-text.js';
import { roundsOf } from '../logic/race.js';
import { random } from './simulate.js';

export interface SimulatedRace {
  /** What is said after each training. */
  readonly standings: readonly (readonly RaceCandidate[])[];
  readonly candidates: readonly RaceCandidate[];
  readonly verdict: RaceVerdict;
}

const ROUNDS = [
  { rung: 1, epochs: 3, short: 0.07 },
  { rung: 2, epochs: 6, short: 0.03 },
  { rung: 3, epochs: 12, short: 0 },
] as const;
const IMAGES = 1712;

/** A plausible race for the preview. @param found false: the search proposes nothing better than chance */
export function simulateRace(seed: number, budget: Budget, genotype: Genotype, found: boolean): SimulatedRace {
  const next = random(seed * 101 + 3);
  const normal = (): number => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const low = Math.max(budget.lower, 74_000);
  const anywhere = (): number => Math.round(low + (budget.upper - low) * next());
  const near = (): number => Math.round(low + (budget.upper - low) * (0.55 + 0.42 * next()));
  const entrants = [
    ...Array.from({ length: 12 }, (_, i) => ({
      ...{ source: 'search' as const, label: i === 0 ? 'most probable' : `sample ${i}`, parameters: near() },
      merit: 0.951 + (found ? 0.012 : 0) + 0.006 * normal(),
    })),
    ...Array.from({ length: 16 }, (_, i) => ({
      ...{ source: 'random' as const, label: `random ${i + 1}`, parameters: anywhere() },
      merit: 0.948 + 0.009 * normal(),
    })),
    ...Array.from({ length: 8 }, (_, i) => ({
      ...{ source: 'predicted' as const, label: `predicted ${i + 1}`, parameters: anywhere() },
      merit: 0.952 + 0.008 * normal(),
    })),
    { source: 'empty' as const, label: 'no cells', parameters: 72_498, merit: 0.936 },
    { source: 'chain' as const, label: 'chain of 3×3', parameters: Math.round(0.9 * budget.upper), merit: 0.953 },
    { source: 'residual' as const, label: 'residual 3×3', parameters: Math.round(0.8 * budget.upper), merit: 0.951 },
  ];
  let candidates: RaceCandidate[] = entrants.map(({ source, label, parameters }, index) => ({
    ...{ candidate: index + 1, source, label, genotype, parameters },
    insideBudget: parameters >= budget.lower && parameters <= budget.upper,
    ...{ epochs: 0, seeds: 0, rung: 1, validation: null },
  }));
  const standings = [candidates];
  const train = (index: number, round: (typeof ROUNDS)[number], seeds: number): void => {
    const accuracy = Math.min(0.998, (entrants[index]?.merit ?? 0) - round.short + 0.004 * normal());
    const standardError = Math.sqrt((accuracy * (1 - accuracy)) / IMAGES + 0.003 ** 2 / seeds);
    const reach = 1.96 * standardError;
    const accuracyInterval = [accuracy - reach, Math.min(1, accuracy + 0.9 * reach)] as [number, number];
    const validation = {
      images: IMAGES,
      patients: null,
      crossValidated: false,
      accuracy,
      standardError,
      accuracyInterval,
      loss: 1 - accuracy,
    };
    candidates = candidates.map((one, i) =>
      i === index ? { ...one, rung: round.rung, epochs: round.epochs, seeds, validation } : one,
    );
    standings.push(candidates);
  };
  const bestOf = (rung: number, count: number): number[] =>
    (roundsOf(candidates).find((round) => round.rung === rung)?.candidates ?? [])
      .slice(0, count)
      .map(({ candidate }) => candidate - 1);
  candidates.forEach((one, index) => (one.insideBudget ? train(index, ROUNDS[0], 1) : undefined));
  for (const index of bestOf(1, 13)) train(index, ROUNDS[1], 1);
  const finalists = bestOf(2, 5);
  const references = [36, 37].filter((index) => !finalists.includes(index));
  for (const seeds of [1, 2]) for (const index of [...finalists, ...references]) train(index, ROUNDS[2], seeds);
  for (let index = 12; index < 20; index++) if (!finalists.includes(index)) train(index, ROUNDS[2], 1);

  const final =
    roundsOf(candidates)[0]?.candidates.filter(({ seeds, insideBudget }) => seeds === 2 && insideBudget) ?? [];
  const best = final[0];
  const good = final.filter(
    ({ validation }) => (best?.validation.accuracy ?? 0) - validation.accuracy < (best?.validation.standardError ?? 0),
  );
  const smallest = good.toSorted((a, b) => a.parameters - b.parameters)[0];
  const chosen = best;
  const difference = (value: number, reach: number, pValue: number) => ({
    ...{ difference: value, pValue },
    interval: [value - reach, value + reach] as [number, number],
  });
  const figures = chosen
    ? `${integer(chosen.parameters)} parameters: validation accuracy ${accuracyText(chosen.validation)}`
    : '';
  const origins = { search: 'the search', predicted: 'the networks predicted from the first round' } as const;
  const origin =
    chosen?.source === 'search' || chosen?.source === 'predicted' ? origins[chosen.source] : 'the random networks';
  const sentence = found
    ? `${figures}, 1.4 points above a random network of this budget [0.7, 2.0]. What the search proposed is better than chance, after the first trainings 1.2 points above random networks [0.2, 2.2]; the network comes from ${origin} (${chosen?.label}). It is 2.7 points above the network without cells [1.8, 3.6].`
    : `${figures}, 0.3 points above a random network of this budget [−0.4, 1.0]. What the search proposed is no better than chance, after the first trainings 0.2 points above random networks [−1.1, 1.5]; the network comes from ${origin} (${chosen?.label}). It is 1.1 points above the network without cells [0.2, 2.1].`;
  return {
    standings,
    candidates,
    verdict: {
      conclusion: found ? 'better than chance' : 'no better than chance',
      best: best?.candidate ?? 1,
      smallest: smallest?.candidate ?? 1,
      chosen: chosen?.candidate ?? 1,
      differences: {
        random: found ? difference(0.0135, 0.0068, 0.0004) : difference(0.003, 0.0071, 0.2),
        empty: found ? difference(0.0271, 0.0092, 0.0001) : difference(0.0111, 0.0094, 0.011),
        chain: found ? difference(0.0074, 0.0081, 0.038) : difference(-0.0012, 0.0079, 0.62),
      },
      proposals: found ? difference(0.0122, 0.0098, 0.008) : difference(0.0021, 0.013, 0.37),
      sentence,
    },
  };
}
