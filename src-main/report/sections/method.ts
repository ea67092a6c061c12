import { EDGES, STAGES, stageChannels, type Genotype, type SpaceSettings } from '../../vocabulary/space.js';
import type { AccuracyDifference, RaceCandidate, RaceVerdict } from '../../vocabulary/race.js';
import type { SearchResult } from '../../vocabulary/results.js';
import type { RetrainConfig, SearchConfig } from '../../vocabulary/run-config.js';
import { raceChart } from '../charts/race.js';
import { seedCharts } from '../charts/seeds.js';
import type { Block, Section, Text } from '../document.js';
import type { ModelFacts, ReportedRun } from '../facts.js';
import { weightsOf } from '../evidence.js';
import { listed } from '../labels.js';
import { count, durationText, plural, shareText } from '../text.js';

/** More rows would fill a page. */
const MOST_SEEDS = 20;

export function method(facts: ModelFacts): Section {
  const { run, model, evidence } = facts;
  const { config } = run;
  const operations = weightsOf(evidence)?.multiplyAccumulates ?? null;
  return {
    title: 'Method',
    blocks: [
      { kind: 'heading', text: 'Architecture search' },
      ...searched(facts),
      { kind: 'heading', text: 'The network' },
      architecture(config.genotype, config.space),
      {
        kind: 'paragraph',
        text: `${count(model.summary.parameters)} trainable parameters${operations === null ? '' : ` and ${count(operations)} multiply-accumulates per image`}. Edges that do not lead to the output are not built and not counted.`,
      },
      { kind: 'heading', text: 'Retraining' },
      { kind: 'facts', rows: recipe(config, run) },
      ...seeds(facts),
    ],
  };
}

function searched({ search, run }: ModelFacts): Block[] {
  if (!search || search.details.config.kind !== 'search') {
    return [
      {
        kind: 'paragraph',
        text:
          run.config.searchRun === null
            ? 'There was no search: the architecture was designed by hand. Whether it is better than a random one was not measured.'
            : `The search (run ${run.config.searchRun}) is no longer in the history, so its settings and its race are unknown.`,
      },
    ];
  }
  const { config, result } = search.details;
  const found = result?.kind === 'search' ? result : null;
  const rows = { kind: 'facts', rows: searchRows(config, search, found) } as const;
  return run.config.drawn ? [DRAWN, rows] : [rows, ...race(found)];
}

const DRAWN = {
  kind: 'paragraph',
  text: 'The architecture is not the answer of the search: it was drawn from its probabilities. Whether it is better than a random one was not measured.',
} as const;

function searchRows(
  config: SearchConfig,
  { details, computedOn }: ReportedRun,
  found: SearchResult | null,
): (readonly [string, Text])[] {
  const settings = Object.entries(config.settings).map(([name, value]) => `${name} ${String(value)}`);
  const { budget, space } = config;
  return [
    ['Method', config.method],
    ['Settings', settings.length > 0 ? settings.join(', ') : 'none'],
    ['Budget', `${count(budget.lower)} to ${count(budget.upper)} parameters`],
    [
      'Architecture found',
      found
        ? `${count(found.parameters)} parameters, budget ${found.budget.met ? 'met' : 'not met'}`
        : `the search is ${details.summary.state}`,
    ],
    [
      'Search space',
      `${space.channels} channels in the first stage, up to ${plural(space.cells, 'cell')} per stage, ${STAGES} stages`,
    ],
    ['Training of the supernet', `${plural(config.epochs, 'epoch')}, batch ${config.batch}, seed ${config.seed}`],
    ['Run', `${details.summary.run}, ${durationText(details.summary.seconds)}${machine(computedOn)}`],
  ];
}

export function machine(computedOn: ReportedRun['computedOn']): string {
  const texts = computedOn.map(
    ({ device, backend, threads }) => `${device} (backend ${backend}, ${plural(threads, 'thread')})`,
  );
  return texts.length === 0 ? '' : ` on ${listed(texts)}`;
}

function race(found: SearchResult | null): Block[] {
  const { race: candidates, verdict } = found ?? { race: null, verdict: null };
  if (!candidates || !verdict) {
    return [
      {
        kind: 'paragraph',
        tone: 'warning',
        text: 'No race was run: whether the architecture is better than a random one within the same budget was not measured.',
      },
    ];
  }
  return [
    {
      kind: 'paragraph',
      text: 'In the race, the networks proposed by the search were compared with random networks within the budget and hand-designed networks. All were trained in the same way and evaluated on images of the training and validation sets.',
    },
    { kind: 'paragraph', tone: 'lead', text: verdict.sentence },
    {
      kind: 'table',
      caption: 'Difference in validation accuracy, in percentage points with 95 % intervals',
      columns: [
        { title: 'The chosen network compared with' },
        { title: 'Difference', number: true },
        { title: 'One-sided p', number: true },
      ],
      rows: differences(verdict, candidates),
    },
    raceChart(candidates, verdict),
  ];
}

function differences(verdict: RaceVerdict, candidates: readonly RaceCandidate[]): Text[][] {
  const chosen = candidates.find(({ candidate }) => candidate === verdict.chosen);
  const row = (name: string, value: AccuracyDifference | null, absent: string): Text[] =>
    value === null
      ? [name, absent, '']
      : [name, differenceText(value), value.pValue < 0.001 ? '< 0.001' : value.pValue.toFixed(3)];
  const { random, empty, chain } = verdict.differences;
  const without = (source: RaceCandidate['source']): string =>
    chosen?.source === source ? 'this is the chosen network' : 'no comparison available';
  return [
    row('a random network within the budget', random, 'no comparison available'),
    row('a network without cells', empty, without('empty')),
    row('a chain of 3×3 convolutions', chain, without('chain')),
    row(
      '(proposals of the search compared with random networks, first round)',
      verdict.proposals,
      'the search proposed nothing within the budget',
    ),
  ];
}

function differenceText({ difference, interval: [low, high] }: AccuracyDifference): string {
  const points = (share: number): string => {
    const text = (100 * share).toFixed(1).replace(/^-0\.0$/, '0.0');
    return text.startsWith('-') ? `−${text.slice(1)}` : text;
  };
  return `${difference >= 0.0005 ? '+' : ''}${points(difference)} [${points(low)}, ${points(high)}]`;
}

function architecture(genotype: Genotype, space: SpaceSettings): Block {
  return {
    kind: 'table',
    caption: 'Cells of each stage; an edge goes from one node to a later one',
    columns: [
      { title: 'Stage', number: true },
      { title: 'Channels', number: true },
      { title: 'Cells', number: true },
      { title: 'Edges and their operations' },
    ],
    rows: genotype.stages.map(({ depth, operations }, stage) => [
      String(stage + 1),
      count(stageChannels(space, stage)),
      String(depth),
      operations
        .flatMap((operation, edge) => {
          const [target, source] = EDGES[edge]!;
          return operation === 'none' ? [] : [`${source}→${target} ${operation}`];
        })
        .join(', '),
    ]),
  };
}

function recipe(config: RetrainConfig, run: ReportedRun): (readonly [string, Text])[] {
  return [
    ['Epochs, batch', `${count(config.epochs)} epochs, batch ${config.batch}`],
    [
      'Learning rate',
      `SGD with Nesterov momentum, ${config.learningRate}, warm-up of ${plural(config.warmupEpochs, 'epoch')}, then a cosine to 0`,
    ],
    ['Weight decay', String(config.weightDecay)],
    ['Label smoothing', String(config.labelSmoothing)],
    ['mixup, CutMix', `${config.mixup === 0 ? 'off' : config.mixup}, ${config.cutmix === 0 ? 'off' : config.cutmix}`],
    ['Moving average', config.movingAverage === null ? 'off' : `of the weights, decay ${config.movingAverage}`],
    ['Class weighting', config.classWeighting ? 'by the inverse frequency of the classes' : 'off'],
    [
      'Epoch kept',
      config.selection === 'last' ? 'last epoch, fixed in advance' : 'best epoch by AUC on the validation set',
    ],
    ['Seeds', config.seeds.join(', ')],
    ['Run', `${run.details.summary.run}, ${durationText(run.details.summary.seconds)}${machine(run.computedOn)}`],
  ];
}

function seeds({ siblings, model }: ModelFacts): Block[] {
  if (siblings.length < 2) {
    return [
      {
        kind: 'paragraph',
        text: 'One network was trained, so how much its figures depend on the seed is unknown.',
      },
    ];
  }
  const accuracies = siblings.map(({ test }) => test.accuracy);
  const spread = `${shareText(Math.min(...accuracies))} to ${shareText(Math.max(...accuracies))}`;
  return [
    {
      kind: 'paragraph',
      text: `${siblings.length} networks were trained that differ only in their seed; their test accuracies range from ${spread}. This report is about the network of seed ${model.summary.seed}.`,
    },
    ...(siblings.length > MOST_SEEDS ? [] : [seedCharts(siblings, model.summary.model)]),
  ];
}
