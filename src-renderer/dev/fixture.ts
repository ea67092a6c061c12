import { standingsOf } from '../../src-main/display/front.js';
import type {
  DatasetEntry,
  EpochRecord,
  InvokeChannels,
  JobConfig,
  MedForgeApi,
  PushChannels,
  RememberedView,
  RunNeeds,
  RunSummary,
  SearchRequest,
  WindowEvent,
} from '../../src-main/ipc/contract.js';
import { comparison } from './fixture-comparison.js';
import { imagePage } from './fixture-images.js';
import { healthHandlers } from './fixture-health.js';
import { studyHandlers } from './fixture-studies.js';
import { importHandlers } from './fixture-import.js';
import { told } from './fixture-diagnostics.js';
import { catalogue, demoEntry, officialFile, ownEntry } from './fixture-catalogue.js';
import { limits } from './fixture-limits.js';
import { configOf } from './fixture-config.js';
import { BUDGETS, datasetDetails, makeModels, makeRun, modelDetails } from './fixture-data.js';
import { simulateRace, type SimulatedRace } from './simulate-race.js';
import { simulatedDescription, simulateRetraining, simulateSearch, type Simulated } from './simulate.js';

export type Scene = 'empty' | 'demo' | 'full' | 'many' | 'own';

interface Options {
  readonly scene: Scene;
  readonly view: RememberedView['place'];
  readonly run: number | null;
  readonly epochs: number;
  readonly epochMilliseconds: number;
}

type Handlers = {
  [K in keyof InvokeChannels]: (...args: Parameters<InvokeChannels[K]>) => Promise<ReturnType<InvokeChannels[K]>>;
};

/** A main process that makes things up. */
export function createFixture(options: Options): MedForgeApi {
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const push = <K extends keyof PushChannels>(channel: K, payload: PushChannels[K]): void =>
    listeners.get(channel)?.forEach((listener) => listener(payload as never));

  let datasets: readonly DatasetEntry[] =
    options.scene === 'empty'
      ? catalogue.map((entry) => ({ ...entry, file: null }))
      : options.scene === 'demo'
        ? [demoEntry, ...catalogue.map((entry) => ({ ...entry, file: null }))]
        : [...(options.scene === 'own' ? [ownEntry] : []), demoEntry, ...catalogue];
  const runs = new Map<number, RunSummary>();
  const count = options.scene === 'many' ? 5000 : options.scene === 'full' ? 60 : 0;
  for (let run = 5000 - count + 1; run <= 5000; run++) runs.set(run, makeRun(run));
  const requests = new Map<number, SearchRequest>();
  const simulations = new Map<number, Simulated>();
  let models = options.scene === 'full' ? makeModels() : options.scene === 'many' ? makeModels(670) : [];

  function simulation(run: number): Simulated {
    let found = simulations.get(run);
    if (!found) {
      const summary = runs.get(run);
      const request = requests.get(run);
      found = simulateSearch(run, summary?.epochs ?? 50, summary?.budget ?? BUDGETS[0], {
        channels: request?.channels ?? 16,
        cells: request?.cells ?? 3,
        last: summary?.searchValidation?.accuracy ?? 0.93,
      });
      simulations.set(run, found);
    }
    return found;
  }

  const races = new Map<number, SimulatedRace | null>();
  /** Three of four searches race; of every fifth of these nothing comes. */
  function race(run: number): SimulatedRace | null {
    const { genotype } = simulation(run);
    if (!races.has(run)) {
      const budget = runs.get(run)?.budget ?? BUDGETS[0];
      races.set(run, run % 4 === 2 ? null : simulateRace(run, budget, genotype, run % 5 !== 0));
    }
    return races.get(run) ?? null;
  }
  const racing = new Map<number, number>();
  let predicted = 0;

  const change = (run: number, changes: Partial<RunSummary>): void => {
    const old = runs.get(run);
    if (!old) return;
    const next = { ...old, ...changes };
    runs.set(run, next);
    push('runs:changed', [next]);
  };

  const config = (summary: RunSummary): JobConfig =>
    configOf(summary, requests.get(summary.run), simulation(summary.run).genotype);

  const retrainEpochs = (summary: RunSummary): EpochRecord[] =>
    [1, 2, 3].flatMap((seed) => simulateRetraining(seed, 120, summary.run)).slice(0, Math.max(30, summary.epoch));

  function tick(run: number): void {
    const summary = runs.get(run);
    if (summary?.state !== 'running') return;
    const { epochs, parameters } = simulation(run);
    if (summary.epoch >= summary.epochs) return void tickRace(run);
    const epoch = summary.epoch + 1;
    const done = epochs[epoch - 1];
    if (!done) return;
    const secondsLeft = ((summary.epochs - epoch) * options.epochMilliseconds) / 1000;
    const events: WindowEvent[] = [
      {
        type: 'progress',
        epoch,
        step: 18,
        stepsPerEpoch: 18,
        loss: done.record.loss,
        imagesPerSecond: done.record.imagesPerSecond,
        secondsLeft,
      },
    ];
    push(
      'jobs:events',
      events.map((event) => ({ run, event })),
    );
    const finished = epoch >= summary.epochs && !race(run);
    change(run, {
      epoch,
      searchValidation:
        done.record.validationAccuracy === null ? null : { accuracy: done.record.validationAccuracy, auc: null },
      expectedParameters: done.trace.values['expectedParameters'] ?? null,
      secondsLeft: finished ? null : secondsLeft,
      seconds: summary.seconds + options.epochMilliseconds / 1000,
      ...(finished ? { state: 'finished', parameters, finishedAt: new Date().toISOString() } : {}),
    });
    push('epochs:written', [{ run, position: epoch, again: false }]);
    if (finished) push('jobs:events', [{ run, event: { type: 'finished', result: result(run) } }]);
  }

  function tickRace(run: number): void {
    const { standings } = race(run) ?? { standings: [] };
    const done = racing.get(run) ?? 0;
    const candidates = standings[done];
    racing.set(run, done + 1);
    if (candidates) {
      const total = standings.length - 1;
      const label = candidates[done % candidates.length]?.label ?? '';
      const race = { done, total, label, epoch: 2, epochs: 3, share: done / total };
      const step = { epoch: 50, step: 18, stepsPerEpoch: 18, loss: 0.4, imagesPerSecond: 900, secondsLeft: null, race };
      push('jobs:events', [
        { run, event: { type: 'race', done, total, candidates } },
        { run, event: { type: 'progress', ...step } },
      ]);
      change(run, { secondsLeft: ((standings.length - done) * options.epochMilliseconds) / 1000 });
      return;
    }
    const found = result(run);
    const { parameters } = found;
    change(run, { state: 'finished', parameters, secondsLeft: null, finishedAt: new Date().toISOString() });
    push('jobs:events', [{ run, event: { type: 'finished', result: found } }]);
  }
  setInterval(
    () => [...runs.values()].filter(({ state }) => state === 'running').forEach(({ run }) => tick(run)),
    options.epochMilliseconds,
  );

  const result = (run: number) => {
    const { genotype, parameters } = simulation(run);
    const budget = runs.get(run)?.budget ?? BUDGETS[0];
    const raced = race(run);
    const chosen = raced?.candidates[raced.verdict.chosen - 1];
    return {
      kind: 'search' as const,
      genotype,
      parameters: chosen?.parameters ?? runs.get(run)?.parameters ?? parameters,
      multiplyAccumulates: 41_300_000,
      expectedParameters: parameters * 1.03,
      budget: { ...budget, met: true },
      searchGenotype: genotype,
      race: raced?.candidates ?? null,
      verdict: raced?.verdict ?? null,
      seconds: 900,
    };
  };

  function addRun(request: SearchRequest, changes: Partial<RunSummary> = {}): number {
    const run = Math.max(5000, ...runs.keys()) + 1;
    const entry = datasets.find(({ id }) => id === request.dataset);
    const busy = [...runs.values()].some(({ state }) => state === 'running');
    requests.set(run, request);
    runs.set(run, {
      ...makeRun(run),
      kind: 'search',
      name: request.name ?? `${entry?.name ?? 'Dataset'}, seed ${request.seed}`,
      dataset: entry?.name ?? '',
      synthetic: entry?.synthetic ?? false,
      state: busy ? 'queued' : 'running',
      queuePosition: busy ? 1 : null,
      epoch: 0,
      epochs: request.epochs ?? 50,
      budget: request.budget,
      parameters: null,
      expectedParameters: null,
      searchValidation: null,
      test: null,
      error: null,
      seconds: 0,
      tags: [],
      note: '',
      finishedAt: null,
      createdAt: new Date().toISOString(),
      ...changes,
    });
    const summary = runs.get(run);
    if (summary) push('runs:changed', [summary]);
    return run;
  }

  const needsOf = (channels: number): RunNeeds => ({
    memory: { needed: 110e6 + channels ** 2 * 4e6, free: 11.2e9 },
    disk: { needed: channels ** 2 * 2.7e6, free: 214e9 },
    warnings: [],
  });
  const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const must = (run: number): RunSummary => {
    const summary = runs.get(run);
    if (!summary) throw new Error(`run ${run} is not in the history`);
    return summary;
  };

  const handlers: Handlers = {
    'datasets:list': async () => [...datasets],
    'datasets:details': async (id) => datasetDetails(datasets.find((entry) => entry.id === id) ?? demoEntry),
    'datasets:add': async () => {
      throw new Error(
        "Error invoking remote method 'datasets:add': UserError: lesions.npz: the archive ends in the middle of train_images.npy (412 kB of 1.9 MB). Copy the file again and compare its size.",
      );
    },
    'datasets:remove': async (id) => {
      datasets = datasets.filter((entry) => entry.id !== id);
      push('datasets:changed', datasets);
    },
    'datasets:finding': async (id, finding) => {
      datasets = datasets.map((entry) => (entry.id === id ? { ...entry, finding } : entry));
      push('datasets:changed', datasets);
      return datasets.find((entry) => entry.id === id) ?? demoEntry;
    },
    'datasets:name': async (id, names) => {
      datasets = datasets.map((entry) => (entry.id === id ? { ...entry, ...names } : entry));
      push('datasets:changed', datasets);
      return datasets.find((entry) => entry.id === id) ?? demoEntry;
    },
    'datasets:mirroring': async (id, horizontalFlip) => {
      datasets = datasets.map((entry) => (entry.id === id ? { ...entry, horizontalFlip } : entry));
      push('datasets:changed', datasets);
      return datasets.find((entry) => entry.id === id) ?? demoEntry;
    },
    'datasets:demo': async () => {
      await wait(400);
      datasets = [demoEntry, ...datasets.filter(({ id }) => id !== 'demo')];
      push('datasets:changed', datasets);
      return demoEntry;
    },
    'datasets:download': async (id) => {
      for (let share = 0; share <= 100; share += 4) {
        datasets = datasets.map((entry) =>
          entry.id === id ? { ...entry, download: { received: share * 3e5, total: 3e7 } } : entry,
        );
        push('datasets:changed', datasets);
        await wait(200);
      }
      datasets = datasets.map((entry) =>
        entry.id === id ? { ...entry, download: null, file: officialFile(id, entry.name, 3e7) } : entry,
      );
      push('datasets:changed', datasets);
    },
    'datasets:cancelDownload': async () => undefined,
    ...importHandlers(push, (entry) => (datasets = [entry, ...datasets])),
    ...healthHandlers(push, (entry) => {
      datasets = [entry, ...datasets];
      push('datasets:changed', datasets);
    }),
    'search:range': async ({ channels, cells }) => {
      const scale = (channels / 16) ** 2;
      return { lower: Math.round(72_498 * scale), upper: Math.round((4_818_162 * scale * cells) / 3) };
    },
    'search:budget': async ({ channels }, fields) => {
      const [lower, upper] = [fields.lower, fields.upper].map((text) => Number(text.replaceAll(',', '')));
      const field = Number.isNaN(lower) ? 'lower' : Number.isNaN(upper) ? 'upper' : null;
      const smallest = Math.round(72_498 * (channels / 16) ** 2);
      if (field !== null) {
        return { problem: `'${fields[field]}' is not a number of parameters: write 222000, 222k, 1.1M or 1e5`, field };
      }
      if ((upper ?? 0) < smallest) {
        const space = `no network of this space (${channels} channels, 3 cells per stage) has ${lower} to ${upper} parameters`;
        return {
          problem: `${space}; the nearest is ${smallest} above: widen the budget, or change the channels or the cells per stage`,
          field,
        };
      }
      return { budget: { lower: lower ?? 0, upper: upper ?? 0 } };
    },
    'search:estimate': async (request) => {
      await wait(700);
      const epochs = request.epochs ?? 50;
      const search = (epochs * (request.channels / 16) ** 2 * request.cells * 16) / 3 + 4;
      const seconds = search * (request.race ? 1 + (request.race.share ?? 1) : 1);
      return {
        seconds,
        imagesPerSecond: 640,
        epochs,
        batch: request.batch ?? 16,
        stepsPerEpoch: 19,
        needs: needsOf(request.channels),
      };
    },
    'search:methods': async () => [
      { method: 'zo-darts++', label: 'ZO-DARTS++', settings: {}, published: false },
      {
        method: 'zo-darts++',
        label: 'ZO-DARTS++, as published',
        settings: { estimator: 'published' },
        published: true,
      },
    ],
    'search:start': async (request) => addRun(request),
    'retrain:estimate': async ({ epochs, seeds }) => {
      await wait(700);
      return {
        seconds: epochs * seeds.length * 6.4,
        imagesPerSecond: 940,
        batch: 128,
        stepsPerEpoch: 4,
        needs: needsOf(8),
      };
    },
    'retrain:start': async (request) => {
      const search = must(request.run);
      return addRun(
        {
          dataset: 'breastmnist',
          budget: BUDGETS[0],
          epochs: request.epochs,
          batch: null,
          channels: 16,
          cells: 3,
          seed: 1,
          backend: 'auto',
          threads: 0,
          method: 'zo-darts++',
          settings: {},
          race: null,
        },
        { kind: 'retrain', name: `${search.name}, retrained`, state: 'queued', budget: null },
      );
    },
    'runs:list': async () => [...runs.values()],
    'runs:missingDataset': async (run) =>
      must(run).state === 'paused' ? '/media/datasets/medmnist/pneumoniamnist.npz' : null,
    'runs:findDataset': async () => null,
    'runs:details': async (run) => {
      const summary = must(run);
      const search = summary.kind === 'search' && summary.state === 'finished';
      return {
        summary,
        config: config(summary),
        dataset: config(summary).dataset,
        trace: summary.kind === 'search' ? simulatedDescription(config(summary).space.cells) : null,
        result: search
          ? result(run)
          : summary.kind === 'retrain' && summary.state === 'finished'
            ? {
                kind: 'retrain',
                models: [],
                summary: { accuracyMean: 0.882, accuracyDeviation: 0.011, aucMean: 0.914, aucDeviation: 0.008 },
                seconds: 4000,
              }
            : null,
        genotype: search ? simulation(run).genotype : null,
        folder: `/home/user/.local/share/medforge/runs/${run}`,
      };
    },
    'runs:epochs': async (run, after) => {
      const summary = must(run);
      const position = summary.epoch;
      if (summary.kind === 'retrain') return { position, epochs: retrainEpochs(summary).slice(after), traces: [] };
      const done = simulation(run).epochs.slice(after, position);
      return { position, epochs: done.map(({ record }) => record), traces: done.map(({ trace }) => trace) };
    },
    'runs:pause': async (run) => change(run, { state: 'paused', secondsLeft: null }),
    'runs:resume': async (run) => change(run, { state: 'running' }),
    'runs:cancel': async (run) => change(run, { state: 'cancelled', queuePosition: null }),
    'runs:delete': async (run) => {
      runs.delete(run);
      push('runs:deleted', [run]);
    },
    'runs:repeat': async (run) => {
      const { name, kind, budget, epochs, seed } = must(run);
      const request: SearchRequest = {
        ...{
          dataset: 'breastmnist',
          name: `${name}, again`,
          budget: budget ?? BUDGETS[0],
          epochs,
          batch: 16,
          channels: 16,
        },
        ...{ cells: 3, seed, backend: 'auto', threads: 0, method: 'zo-darts++', settings: {}, race: null },
      };
      return addRun(request, kind === 'retrain' ? { kind, budget: null } : {});
    },
    'runs:rename': async (run, name) => change(run, { name }),
    'runs:note': async (run, note) => change(run, { note }),
    'runs:tag': async (run, tags) => change(run, { tags }),
    'runs:reorder': async (queued) => queued.forEach((run, index) => change(run, { queuePosition: index + 1 })),
    'runs:export': async () => true,
    'runs:cancelExport': async () => undefined,
    'runs:log': async (run) => {
      const summary = must(run);
      return [
        'native backend: AVX-512, 2 threads',
        `BreastMNIST: 624 images, 312 for weights, 312 for the architecture`,
        ...simulation(run)
          .epochs.slice(0, summary.epoch)
          .map(
            ({ record }) =>
              `epoch ${record.epoch}: training loss ${record.loss.toFixed(4)}, training accuracy ${record.accuracy.toFixed(4)}`,
          ),
      ].join('\n');
    },
    'models:list': async () => models,
    'models:details': async (model) => {
      const summary = models.find((entry) => entry.model === model);
      if (!summary) throw new Error(`model ${model} is not in the history`);
      return modelDetails(summary, simulation(summary.searchRun ?? 4990).genotype);
    },
    'models:diagnostics': async () => told(false),
    'models:operatingPoint': async (_, wanted) => told(wanted !== null),
    'models:evaluate': async () => told(false),
    'models:images': async (model, question) => {
      push('models:reading', { step: 'reading the images', done: 0, total: 3 });
      await wait(200);
      push('models:reading', null);
      if (model === models.at(-1)?.model) {
        return {
          problem: `Model ${model} shows images of its dataset file /home/user/data/breastmnist.npz, which is missing: put it back, connect its drive, or find it ('medforge runs find-dataset 12 FILE').`,
        };
      }
      const pictures = datasetDetails(demoEntry).samples.flatMap(({ images }) => images);
      return imagePage(question, pictures);
    },
    'models:cancelImages': async () => undefined,
    'models:compare': async () => {
      await wait(300);
      return comparison;
    },
    // By intervals alone: there are no predictions behind these figures.
    'models:front': async ({ networks }) => {
      const standings = standingsOf(networks);
      return { standings: networks.map(({ model }, i) => ({ model, standing: standings[i]! })), unpaired: [] };
    },
    'models:majority': async () => ({
      label: 'normal, benign',
      accuracy: 0.731,
      balancedAccuracy: 0.5,
      sensitivity: 0,
      specificity: 1,
    }),
    'models:time': async (asked) => {
      for (let done = 0; done < asked.length; done++) {
        push('models:timing', { done, total: asked.length });
        await wait(400);
      }
      push('models:timing', null);
      return true;
    },
    'models:cancelTiming': async () => undefined,
    'models:export': async (model) => {
      for (let done = 0; done <= 156; done += 12) {
        push('models:exporting', {
          model,
          progress: { step: done < 24 ? 'Writing the model' : 'Checking the test set', done, total: 156 },
        });
        await wait(150);
      }
      push('models:exporting', { model, progress: null });
      const bundle = {
        bundle: 9,
        model,
        folder: '/home/user/models/demo-small-1.0.0',
        createdAt: new Date().toISOString(),
        verified: true,
      };
      models = models.map((entry) =>
        entry.model === model ? { ...entry, bundles: [...entry.bundles, bundle] } : entry,
      );
      push('models:changed', models);
      return bundle;
    },
    'models:cancelExport': async () => undefined,
    'models:predict': async () => {
      if (predicted++ % 2 === 1) {
        throw new Error(
          "Error invoking remote method 'models:predict': UserError: photo.png: by its content, this is not a PNG, JPEG, TIFF, BMP, WebP or DICOM file. Use an image file.",
        );
      }
      return {
        image: datasetDetails(demoEntry).samples[0]?.images[0] ?? '',
        probabilities: [
          { label: 'malignant', probability: 0.873 },
          { label: 'normal, benign', probability: 0.127 },
        ],
        preparation: '640×480 colour PNG: centre square 480×480, grey, area-averaged to 28×28.',
        activation: {
          ...{ height: 7, width: 7 },
          maps: [1, -1].map((sign) =>
            Array.from(
              { length: 49 },
              (_, i) => sign * (4 * Math.exp(-(((i % 7) - 4) ** 2 + (Math.floor(i / 7) - 2) ** 2) / 3) - 0.8),
            ),
          ),
        },
        predicted: ['malignant'],
      };
    },
    ...studyHandlers(),
    'figures:save': async ({ name, format }) => `/home/user/${name}.${format}`,
    'figures:copy': async () => undefined,
    'devices:list': async () => [
      {
        name: 'tensorflow',
        available: false,
        device: 'CUDA',
        reason: 'The package @tensorflow/tfjs-node-gpu is not installed. Install it to use an NVIDIA GPU.',
      },
      {
        name: 'webgpu',
        available: false,
        device: 'Dawn',
        reason: 'No graphics adapter was found. Install a Vulkan driver.',
      },
      { name: 'native', available: true, device: 'Xeon Platinum 8370C, AVX-512, 2 threads', reason: null },
    ],
    'app:state': async () => ({
      version: '0.1.0',
      home: '/home/user/.local/share/medforge',
      cores: 2,
      limits,
      raceDefaults: { share: 2.5, random: 20, smallest: false },
      preferences: {
        theme: 'system',
        numbers: 'comma-point',
        threads: 0,
        backend: 'auto',
        onGpuFault: 'stop',
        recent: [],
      },
      lastView: options.scene === 'empty' ? null : { place: options.view, run: options.run },
      runs: [...runs.values()],
      datasets,
      models,
    }),
    'app:shown': async () => undefined,
    'app:remember': async () => undefined,
    'reports:save': async (_, format) => {
      for (let done = 0; done < 4; done++) {
        push('reports:writing', { step: 'Computing the results', done, total: 4 });
        await new Promise((resolve) => setTimeout(resolve, 600));
      }
      push('reports:writing', null);
      return { report: 1, file: `/home/ada/report.${format}` };
    },
    'reports:cancel': async () => undefined,
    'reports:show': async () => undefined,
    'app:prefer': async () => undefined,
    'app:dataFolder': async () => ({
      path: '/home/user/.local/share/medforge',
      bytes: 1_284_000_000,
      free: 84_600_000_000,
      parts: [
        { name: 'runs', bytes: 912_000_000 },
        { name: 'datasets', bytes: 340_000_000 },
        { name: 'history', bytes: 24_000_000 },
        { name: 'other', bytes: 8_000_000 },
      ],
    }),
    'files:receive': async () => {
      throw new Error('There are no files in the preview.');
    },
    'app:showFolder': async () => undefined,
  };

  if (options.scene === 'full') {
    const request: SearchRequest = {
      dataset: 'breastmnist',
      name: 'BreastMNIST medium, batch 16',
      budget: BUDGETS[1],
      epochs: options.epochs,
      batch: 16,
      channels: 16,
      cells: 3,
      seed: 1,
      backend: 'auto',
      threads: 0,
      method: 'zo-darts++',
      settings: {},
      race: {},
    };
    const run = addRun(request);
    change(run, {
      epoch: Math.min(31, options.epochs - 1),
      seconds: 612,
      secondsLeft: 380,
      searchValidation: { accuracy: 0.86, auc: null },
    });
    addRun({ ...request, name: 'PneumoniaMNIST small', dataset: 'pneumoniamnist' });
    addRun({ ...request, name: 'BreastMNIST large, seed 2', seed: 2, budget: BUDGETS[2] }, { queuePosition: 2 });
  }

  return {
    receive: async () => {
      throw new Error('There are no files in the preview.');
    },
    invoke: (channel, ...args) => (handlers[channel] as (...all: unknown[]) => Promise<never>)(...args),
    listen: (channel, listener) => {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set);
      set.add(listener);
      return () => set.delete(listener);
    },
  };
}
