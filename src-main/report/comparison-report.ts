import { headlineOf } from '../headline.js';
import { INTENDED_USE } from '../intended-use.js';
import type { Diagnostics } from '../vocabulary/diagnostics.js';
import type { RunDetails } from '../vocabulary/run.js';
import { niceAxis } from './charts/axis.js';
import { needsGenotypeFile, retrainCommand, searchCommand } from './commands.js';
import type { Block, Report, Section, Text } from './document.js';
import { diagnosticsOf } from './evidence.js';
import type { ComparisonFacts } from './facts.js';
import { listed } from './labels.js';
import { machine } from './sections/method.js';
import {
  areaWithInterval,
  count,
  durationText,
  estimateText,
  NONE,
  plural,
  shareText,
  shareWithInterval,
  timeText,
} from './text.js';

type Run = ComparisonFacts['runs'][number];

/** Runs beside each other: results with intervals, what differs in their settings, and what the figures do not allow to say. */
export function comparisonReport({ runs, maker }: ComparisonFacts): Report {
  const names = runs.map(({ details }) => `run ${details.summary.run}`);
  return {
    title: `Comparison of ${plural(runs.length, 'run')}`,
    subtitle: runs.length > 8 ? `${listed(names.slice(0, 7))} and ${runs.length - 7} more` : listed(names),
    createdAt: maker.createdAt,
    program: `MedForge ${maker.version}`,
    opening: [
      ...(runs.some(({ details }) => details.summary.synthetic)
        ? [warning('At least some of these runs used synthetic images. Such runs say nothing about patients.')]
        : []),
      ...different(runs),
      overview(runs),
      { kind: 'paragraph', tone: 'note', text: INTENDED_USE },
    ],
    sections: [
      ...tests(runs),
      ...headlines(runs),
      ...races(runs),
      settings(runs),
      limits(runs),
      {
        title: 'Versions and hashes',
        blocks: [
          {
            kind: 'facts',
            rows: [['Report', `MedForge ${maker.version}, ${timeText(maker.createdAt)}, ${maker.machine}`]],
          },
          hashes(runs),
        ],
      },
      repeat(runs),
    ],
  };
}

const warning = (text: string): Block => ({ kind: 'paragraph', tone: 'warning', text });

/** Figures of different images cannot be compared: said before the figures. */
function different(runs: readonly Run[]): Block[] {
  const files = new Set(runs.map(({ details }) => details.dataset.sha256));
  return files.size < 2
    ? []
    : [
        warning(
          `These runs use ${files.size} different dataset files: compare figures only between runs with the same file.`,
        ),
      ];
}

const NUMBER = { number: true } as const;

function overview(runs: readonly Run[]): Block {
  return {
    kind: 'table',
    caption: 'Test figures are means over the seeds, with 95 % intervals; a search never sees the test set',
    columns: [
      { title: 'Run', ...NUMBER },
      { title: 'Name', width: 26 },
      { title: 'Dataset', width: 17 },
      { title: 'Parameters', ...NUMBER },
      { title: 'Search validation', ...NUMBER },
      { title: 'Test accuracy', ...NUMBER },
      { title: 'Test AUC', ...NUMBER },
    ],
    rows: runs.map(({ details: { summary } }) => [
      String(summary.run),
      `${summary.name} (${summary.kind === 'search' ? 'search' : 'retraining'})`,
      summary.dataset,
      summary.parameters === null ? NONE : count(summary.parameters),
      summary.searchValidation === null ? NONE : shareText(summary.searchValidation.accuracy),
      summary.test ? shareWithInterval(summary.test.accuracy.value, summary.test.accuracy.interval) : NONE,
      summary.test ? areaWithInterval(summary.test.auc.value, summary.test.auc.interval) : NONE,
    ]),
  };
}

/** For each dataset file, the retrainings on one axis. */
function tests(runs: readonly Run[]): Section[] {
  const tested = runs.filter(({ details }) => details.summary.test !== null);
  const files = [...new Set(tested.map(({ details }) => details.dataset.sha256))];
  const groups = files.map((file) => tested.filter(({ details }) => details.dataset.sha256 === file));
  const blocks = groups.flatMap((group): Block[] => {
    const rows = group.map(({ details: { summary } }) => ({
      name: `${summary.run} ${summary.name}`,
      value: summary.test!.accuracy.value,
      interval: summary.test!.accuracy.interval,
      strong: true,
    }));
    const ends = rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])]);
    const { dataset } = group[0]!.details;
    return [
      {
        kind: 'chart',
        title: `Test accuracy on ${dataset.name}`,
        summary: `File ${dataset.sha256.slice(0, 12)}…; means over the seeds with 95 % intervals. Overlapping intervals show neither that two results are equal nor that they differ; a paired test is needed.`,
        chart: { type: 'intervals', axis: niceAxis('Test accuracy', ends, 'share'), rows, reference: null },
      },
    ];
  });
  return blocks.length === 0 ? [] : [{ title: 'Results on the test set', blocks }];
}

function headlines(runs: readonly Run[]): Section[] {
  const models = runs.flatMap(({ models: all }) => all);
  if (models.length === 0) return [];
  const row = (model: (typeof models)[number]): Text[] => {
    const name = `${model.summary.model} (run ${model.summary.run}, seed ${model.summary.seed})`;
    const diagnostics = diagnosticsOf(model.evidence);
    if (!diagnostics) {
      const { problem } = model.evidence.diagnostics as { readonly problem: string };
      return [name, NONE, NONE, NONE, problem];
    }
    return [name, ...figuresOf(diagnostics), headlineOf(diagnostics).warning || 'no warning'];
  };
  return [
    {
      title: 'Each model',
      blocks: [
        {
          kind: 'table',
          caption: 'On the test set with 95 % intervals, at the operating point where one is chosen',
          columns: [
            { title: 'Model' },
            { title: 'Sensitivity', ...NUMBER },
            { title: 'Specificity', ...NUMBER },
            { title: 'Balanced accuracy', ...NUMBER },
            { title: 'Warning' },
          ],
          rows: models.map(row),
        },
      ],
    },
  ];
}

function figuresOf({ test }: Diagnostics): string[] {
  const decision = test.finding && (test.finding.atOperatingPoint ?? test.finding.usual);
  return [
    decision ? estimateText(decision.sensitivity, 'share') : 'no finding',
    decision ? estimateText(decision.specificity, 'share') : NONE,
    estimateText(test.balancedAccuracy, 'share'),
  ];
}

function races(runs: readonly Run[]): Section[] {
  const blocks = runs.flatMap(({ details }): Block[] => {
    if (details.result?.kind !== 'search') return [];
    const { summary } = details;
    const said =
      details.result.verdict?.sentence ?? 'No race was run: whether it is better than chance was not measured.';
    return [
      { kind: 'heading', text: `Run ${summary.run}: ${summary.name}` },
      { kind: 'paragraph', text: said },
    ];
  });
  return blocks.length === 0 ? [] : [{ title: 'Searches against chance', blocks }];
}

/** Settings that are not the same in all runs. */
function settings(runs: readonly Run[]): Section {
  const all = runs.map(({ details }) => flatten(details.config));
  const names = [...new Set(all.flatMap((values) => [...values.keys()]))].filter(
    (name) => new Set(all.map((values) => values.get(name))).size > 1,
  );
  return {
    title: 'Settings that differ',
    blocks:
      names.length === 0
        ? [{ kind: 'paragraph', text: 'None: the runs have the same settings.' }]
        : [
            {
              kind: 'table',
              caption: 'All other settings are the same',
              columns: [
                { title: 'Setting' },
                ...runs.map(({ details }) => ({ title: `Run ${details.summary.run}`, ...NUMBER })),
              ],
              rows: names.map((name) => [name, ...all.map((values) => values.get(name) ?? NONE)]),
            },
          ],
  };
}

/** Nested settings as dotted names; of genotype and file the tables above tell. */
function flatten(value: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, entry] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (key === 'genotype' || name === 'dataset.path' || name === 'dataset.bytes') continue;
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) {
      flatten(entry as object, `${name}.`).forEach((text, inner) => found.set(inner, text));
    } else found.set(name, name === 'dataset.sha256' ? `${String(entry).slice(0, 12)}…` : String(entry));
  }
  return found;
}

function limits(runs: readonly Run[]): Section {
  const retrained = runs.filter(({ details }) => details.summary.test !== null);
  return {
    title: 'What this report cannot say',
    blocks: [
      {
        kind: 'list',
        items: [
          INTENDED_USE,
          ...(retrained.length > 1
            ? [
                `${retrained.length} retrainings are compared on the test images: if you choose the best of them, its figures are too optimistic, because part of its lead is luck.`,
              ]
            : []),
          'Search validation describes the search itself, on the images used to judge architectures. It cannot be compared with test figures.',
          'All sets of a dataset come from the same file: performance at other sites, on other devices and for other patients was not measured.',
          'Data, errors, calibration and the items of TRIPOD+AI and CLAIM are in the report of each model.',
        ],
      },
    ],
  };
}

function hashes(runs: readonly Run[]): Block {
  const files = new Map(runs.map(({ details: { dataset } }) => [dataset.sha256, dataset.name]));
  return {
    kind: 'table',
    caption: 'SHA-256 hashes, and where the runs were computed',
    columns: [{ title: 'What' }, { title: 'Hash, or machine' }],
    rows: [
      ...[...files].map(([sha256, name]): Text[] => [`Dataset ${name}`, [{ code: sha256 }]]),
      ...runs.flatMap(({ models }) =>
        models.flatMap(({ summary, evidence: { weights } }): Text[][] =>
          'problem' in weights ? [] : [[`Weights of model ${summary.model}`, [{ code: weights.sha256 }]]],
        ),
      ),
      ...runs.map(({ details, computedOn }): Text[] => [
        `Run ${details.summary.run}, ${durationText(details.summary.seconds)}`,
        machine(computedOn).replace(/^ on /, '') || 'unknown: its log is missing',
      ]),
    ],
  };
}

function repeat(runs: readonly Run[]): Section {
  const numbers = runs.map(({ details }) => details.summary.run).join(' ');
  return {
    title: 'How to reproduce it',
    blocks: [
      {
        kind: 'code',
        lines: [...runs.map(({ details }) => commandOf(details)), `medforge report --runs ${numbers} --out report.md`],
      },
      ...runs.flatMap(({ details: { config, summary } }): Block[] =>
        config.kind === 'retrain' && needsGenotypeFile(config)
          ? [
              { kind: 'paragraph', text: `genotype.json of run ${summary.run} contains:` },
              { kind: 'code', lines: [JSON.stringify(config.genotype)] },
            ]
          : [],
      ),
    ],
  };
}

const commandOf = (details: RunDetails): string =>
  details.config.kind === 'search' ? searchCommand(details) : retrainCommand(details.config);
