import type { CandidateSource, RaceCandidate, RaceVerdict } from '../../vocabulary/race.js';
import type { Block, Mark, Series } from '../document.js';
import { count, shareWithInterval } from '../text.js';
import { countAxis, niceAxis } from './axis.js';

const GROUPS: readonly {
  readonly name: string;
  readonly sources: readonly CandidateSource[];
  readonly colour: number | null;
}[] = [
  { name: 'Proposed by the search', sources: ['search'], colour: 0 },
  { name: 'Random', sources: ['random'], colour: 1 },
  { name: 'Predicted by the race', sources: ['predicted'], colour: 2 },
  { name: 'Hand-designed', sources: ['empty', 'chain', 'residual'], colour: 5 },
];

/** Every candidate of the race; those that came furthest are filled, the chosen one is named. */
export function raceChart(candidates: readonly RaceCandidate[], verdict: RaceVerdict): Block {
  const judged = candidates.filter((candidate) => candidate.validation !== null);
  const last = Math.max(...judged.map(({ rung }) => rung));
  const mark = ({ parameters, validation }: RaceCandidate): Mark => ({ x: parameters, y: validation!.accuracy });
  const chosen = judged.find(({ candidate }) => candidate === verdict.chosen);
  const series = GROUPS.flatMap(({ name, sources, colour }): Series[] => {
    const own = judged.filter(({ source, candidate }) => sources.includes(source) && candidate !== verdict.chosen);
    const far = own.filter(({ rung }) => rung === last);
    const rest = own.filter(({ rung }) => rung < last);
    return [
      { name, style: 'filled' as const, colour, marks: far.map(mark) },
      { name: `${name}, eliminated before the final`, style: 'hollow' as const, colour, marks: rest.map(mark) },
    ].filter(({ marks }) => marks.length > 0);
  });
  const ends = judged.map(({ validation }) => validation!.accuracy);
  const told = chosen?.validation
    ? ` Chosen: ${chosen.label}, ${count(chosen.parameters)} parameters, ${shareWithInterval(chosen.validation.accuracy, chosen.validation.accuracyInterval)}.`
    : '';
  return {
    kind: 'chart',
    title: 'The race: validation accuracy against parameters',
    summary: `${judged.length} networks were trained.${told}`,
    chart: {
      type: 'plot',
      x: countAxis(
        'Parameters',
        judged.map(({ parameters }) => parameters),
      ),
      y: niceAxis('Validation accuracy', [...ends, ...(chosen?.validation?.accuracyInterval ?? [])], 'share'),
      series: [
        ...series,
        ...(chosen
          ? [
              {
                name: 'Chosen',
                style: 'emphasis' as const,
                colour: 3,
                marks: [{ ...mark(chosen), interval: chosen.validation!.accuracyInterval, label: 'chosen' }],
              },
            ]
          : []),
      ],
    },
  };
}
