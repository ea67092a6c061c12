import type {
  InvokeChannels,
  NewStudy,
  ResultTable,
  StudyEntry,
  StudyFigures,
  StudyTaskRow,
} from '../../src-main/ipc/contract.js';
import { standingsOf } from '../../src-main/display/front.js';

type StudyChannels = Extract<keyof InvokeChannels, `studies:${string}`>;
type Handlers = {
  [K in StudyChannels]: (...args: Parameters<InvokeChannels[K]>) => Promise<ReturnType<InvokeChannels[K]>>;
};

const METHODS = ['zo-darts++', 'zo-darts', 'zo-darts+', 'darts-v1', 'darts-v2', 'milenas', 'pc-darts', 'random'];
const BUDGETS = ['72000..222000', '342000..506000'];
const SEEDS = [1, 2, 3, 4, 5, 6];
const DATASETS = ['breastmnist', 'pbcblood'];

/** Numbers that look normal, the same in every preview. */
function source(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function makeRows(): StudyTaskRow[] {
  const rows: StudyTaskRow[] = [];
  for (const dataset of DATASETS)
    for (const budget of BUDGETS)
      for (const seed of SEEDS)
        for (const method of METHODS)
          for (const trainingSeed of [null, 1, 2]) {
            const task = rows.length + 1;
            const state = task < 330 ? 'finished' : task < 332 ? 'running' : 'waiting';
            const standing = task % 97 === 5 ? 'given-up' : task % 97 === 6 || task % 97 === 7 ? 'blocked' : state;
            const epochs = trainingSeed === null ? 50 : 100;
            rows.push({
              ...{ task, dataset, method, budget, seed, trainingSeed, standing },
              reason:
                standing === 'given-up'
                  ? 'The loss is not a finite number after step 12 of epoch 3.'
                  : standing === 'blocked'
                    ? 'its search failed'
                    : null,
              run: standing === 'waiting' || standing === 'blocked' ? null : 4000 + task,
              epoch: standing === 'finished' ? epochs : standing === 'running' ? 20 : 0,
              epochs: standing === 'waiting' || standing === 'blocked' ? 0 : epochs,
              seconds: standing === 'finished' ? 60 + (task % 40) : standing === 'running' ? 31 : 0,
              attempts: standing === 'waiting' ? 0 : 1,
            });
          }
  return rows;
}

function makeFigures(): StudyFigures {
  const groups = DATASETS.flatMap((dataset, d) =>
    BUDGETS.flatMap((budget, b) =>
      METHODS.map((method, m) => {
        const parameters = (b === 0 ? 150_000 : 430_000) + 9000 * ((m * 5) % 8) - 30_000;
        const accuracy = 0.86 + 0.06 * d + 0.012 * b + 0.006 * ((m * 3) % 7) - 0.01;
        return { dataset, budget, method, parameters, accuracy };
      }),
    ),
  );
  const measured = groups.map((group) => ({
    ...group,
    searches: 6,
    interval: [group.accuracy - 0.009, group.accuracy + 0.009] as const,
  }));
  const withStanding = DATASETS.flatMap((dataset) => {
    const own = measured.filter((group) => group.dataset === dataset);
    const standings = standingsOf(
      own.map(({ parameters, accuracy: value, interval }) => ({ cost: parameters, figure: { value, interval } })),
    );
    return own.map((group, i) => ({ ...group, standing: standings[i]! }));
  });
  const searches = groups.flatMap((group, g) => SEEDS.map((seed) => ({ ...group, seed, run: 4000 + g * 10 + seed })));
  return {
    ...{ datasets: DATASETS, budgets: BUDGETS, methods: METHODS },
    points: searches.flatMap(({ parameters, accuracy, ...search }) => {
      const normal = source(search.run);
      const count = Math.round(parameters + 14_000 * normal());
      return [1, 2].map((trainingSeed) => ({
        ...search,
        trainingSeed,
        parameters: count,
        accuracy: accuracy + 0.008 * normal(),
      }));
    }),
    groups: withStanding,
    samples: searches
      .filter(({ method }) => method !== 'random')
      .map(({ parameters, accuracy: _, ...search }) => {
        const normal = source(search.run + 7);
        return {
          ...search,
          parameters: Array.from({ length: 200 }, () => Math.round(Math.max(72_498, parameters + 22_000 * normal()))),
        };
      }),
    unsampled: ['random'],
  };
}

const TABLES: readonly ResultTable[] = [
  {
    caption:
      "all methods: mean ± standard error over searches, and the 95 % interval of the mean (Student's t); test set",
    columns: ['dataset', 'budget', 'method', 'searches', 'accuracy', 'interval', 'AUC', 'parameters'].map(
      (title, i) => ({
        title,
        number: i > 2,
      }),
    ),
    rows: METHODS.map((method, m) => [
      ...['breastmnist', '72,000..222,000', method, '6', `0.8${60 + m} ± 0.0041`],
      ...[`0.8${50 + m} to 0.8${70 + m}`, `0.89${m}0 ± 0.0052`, `15${m},123 ± 4,210`],
    ]),
  },
  { caption: 'No task is missing', columns: [], rows: [] },
];

/** Studies of the made-up main process. */
export function studyHandlers(): Handlers {
  const rows = makeRows();
  const count = (...of: StudyTaskRow['standing'][]): number => rows.filter((row) => of.includes(row.standing)).length;
  const entry: StudyEntry = {
    study: 'All methods on Breast and blood cells',
    state: 'running',
    counts: {
      tasks: rows.length,
      finished: count('finished'),
      running: count('running'),
      stopped: 0,
      waiting: count('waiting'),
      lost: count('given-up', 'blocked'),
    },
    share: count('finished') / rows.length,
    going: [4330, 4331],
    file: '/home/user/MedForge/studies/all-methods.json',
    executor: 'local',
    problem: null,
  };
  const none = { tasks: 0, finished: 0, running: 0, stopped: 0, waiting: 0, lost: 0 };
  const fresh: StudyEntry = { ...entry, study: 'Pilot', state: 'new', counts: none, share: 0, going: [] };
  const cut: StudyEntry = { ...entry, study: 'Budgets', state: 'abandoned', going: [] };
  const cluster: StudyEntry = { ...entry, study: 'On the cluster', state: 'elsewhere', executor: 'slurm', going: [] };
  return {
    'studies:list': async () => [entry, fresh, cut, cluster],
    'studies:tasks': async (study) => (study === 'Pilot' ? [] : rows),
    'studies:create': async (wanted: NewStudy) => ({ ...fresh, study: wanted.name }),
    'studies:open': async () => null,
    'studies:forget': async () => undefined,
    'studies:showFile': async () => undefined,
    'studies:check': async () => ({
      count: { tasks: 144, searches: 48, retrainings: 96 },
      problems: [],
      warnings: [
        'with 3 seeds no difference between methods can have a p below 0.25: for p ≤ 0.05 give at least 6 seeds (searches.seeds)',
      ],
      finished: 0,
    }),
    'studies:estimate': async () => ({ seconds: 15_300, processSeconds: 30_100, atOnce: 2, warnings: [] }),
    'studies:cancelEstimate': async () => undefined,
    'studies:start': async () => undefined,
    'studies:pause': async () => undefined,
    'studies:cancel': async () => undefined,
    'studies:retry': async () => undefined,
    'studies:tables': async () => TABLES,
    'studies:figures': async () => makeFigures(),
    'studies:save': async (study, format) => `/home/user/${study}.${format}`,
  };
}
