import type { RaceCandidate, RaceVerdict } from '../vocabulary/race.js';
import type { JobResult } from '../vocabulary/results.js';
import { count, percent, table } from './output.js';

/** The candidates of a race, those that came furthest first, then the sentence. Without a verdict, as the race stands. */
export function raceLines(candidates: readonly RaceCandidate[], verdict: RaceVerdict | null): string[] {
  const rows: (string | number)[][] = [
    ['candidate', 'source', 'network', 'parameters', 'epochs', 'trainings', 'validation', '95 % interval', ''],
  ];
  for (const candidate of [...candidates].sort(byProgress)) {
    const { validation } = candidate;
    rows.push([
      candidate.candidate,
      candidate.source,
      candidate.label,
      count(candidate.parameters),
      candidate.epochs,
      candidate.seeds,
      validation === null ? '–' : percent(validation.accuracy),
      validation === null ? '–' : validation.accuracyInterval.map(percent).join(' to '),
      marks(candidate, verdict),
    ]);
  }
  return [...table(rows), ...(verdict === null ? [] : ['', verdict.sentence, CROSS_FITTED])];
}

const CROSS_FITTED =
  'Differences are of networks chosen on some images and measured on the others, so they can be smaller than the table suggests, or point the other way.';

/** "95.1 % [94.1, 96.0]": what validation images say of the network that the race chose. */
export function raceValidationText(result: JobResult | null): string {
  if (result?.kind !== 'search') return '—';
  const chosen = result.race?.find(({ candidate }) => candidate === result.verdict?.chosen);
  if (!chosen?.validation) return '—';
  const ends = chosen.validation.accuracyInterval.map((end) => (100 * end).toFixed(1));
  return `${percent(chosen.validation.accuracy)} [${ends.join(', ')}]`;
}

function byProgress(a: RaceCandidate, b: RaceCandidate): number {
  return b.rung - a.rung || (b.validation?.accuracy ?? 0) - (a.validation?.accuracy ?? 0) || a.candidate - b.candidate;
}

function marks({ candidate, insideBudget }: RaceCandidate, verdict: RaceVerdict | null): string {
  const names = (['chosen', 'best', 'smallest'] as const).filter((name) => verdict?.[name] === candidate);
  return [...names, ...(insideBudget ? [] : ['outside the budget'])].join(', ');
}
