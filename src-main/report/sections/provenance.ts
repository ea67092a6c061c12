import { diagnosticsOf, weightsOf } from '../evidence.js';
import type { Block, Section, Text } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { bytesText, timeText } from '../text.js';
import { machine } from './method.js';
import {
  exportCommand,
  needsGenotypeFile,
  reportCommand,
  retrainCommand,
  pointCommand,
  searchCommand,
} from '../commands.js';

/** Programs and machines that had a part in it, and what proves that files are the same. */
export function versions(facts: ModelFacts): Section {
  const { maker, run, search, evidence } = facts;
  const weights = weightsOf(evidence);
  return {
    title: 'Versions and hashes',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Report', `MedForge ${maker.version}, ${timeText(maker.createdAt)}, ${maker.machine}`],
          ['Trained by', weights ? `MedForge ${weights.program}` : 'unknown: the model file could not be read'],
          ['Search computed', search ? on(search.computedOn) : 'unknown: there is no search in the history'],
          ['Retraining computed', on(run.computedOn)],
        ],
      },
      {
        kind: 'table',
        caption: 'SHA-256',
        columns: [{ title: 'File' }, { title: 'Hash' }],
        rows: hashes(facts),
      },
    ],
  };
}

const on = (computedOn: Parameters<typeof machine>[0]): string =>
  machine(computedOn).replace(/^ on /, '') || 'unknown: the log of the run is missing';

function hashes({ run, evidence }: ModelFacts): Text[][] {
  const { dataset } = run.details;
  const { weights } = evidence;
  return [
    [`Dataset ${dataset.name}`, { code: dataset.sha256 }],
    'problem' in weights
      ? ['Weights', weights.problem]
      : [`Weights, ${bytesText(weights.bytes)}`, { code: weights.sha256 }],
    ...evidence.bundles.map(({ folder, manifest }): [string, string | { code: string }] => [
      `Manifest of bundle ${folder}`,
      manifest === null ? 'gone' : { code: manifest },
    ]),
  ].map(([name, hash]) => [name as string, typeof hash === 'string' ? hash : [hash as { code: string }]]);
}

/** The commands that make the model again. */
export function repeat(facts: ModelFacts): Section {
  const { run, search, model, evidence } = facts;
  const point = diagnosticsOf(evidence)?.operatingPoint ?? null;
  const genotype = search === null || needsGenotypeFile(run.config) ? JSON.stringify(run.config.genotype) : null;
  const { model: number } = model.summary;
  const blocks: Block[] = [
    {
      kind: 'paragraph',
      text: 'With the native backend and the same instruction set, the same seed gives the same bits for any number of threads. In another data folder, runs and models get other numbers: use the numbers that the program prints.',
    },
    {
      kind: 'code',
      lines: [
        ...(search ? [searchCommand(search.details)] : []),
        retrainCommand(run.config),
        ...(point ? [pointCommand(number, point)] : []),
        exportCommand(number),
        reportCommand(number),
      ],
    },
    ...(genotype === null
      ? []
      : [
          { kind: 'paragraph', text: 'genotype.json contains:' } as const,
          { kind: 'code', lines: [genotype] } as const,
        ]),
  ];
  return { title: 'How to reproduce it', blocks };
}
