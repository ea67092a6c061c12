import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareModels, majorityVoteOn } from '../../../src-main/actions/compare-models.js';
import { chooseFinding } from '../../../src-main/actions/finding.js';
import { leaderboards, sortedModels } from '../../../src-main/actions/leaderboard.js';
import { ModelFronts } from '../../../src-main/actions/model-front.js';
import { timeModels } from '../../../src-main/actions/time-models.js';
import { standingsOf } from '../../../src-main/display/front.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { compareModelFiles, majorityOf } from '../../../src-main/jobs/model-comparison.js';
import { decideFront, type FrontRequest } from '../../../src-main/jobs/model-front.js';
import { timeModel } from '../../../src-main/jobs/model-timing.js';
import { writeModel } from '../../../src-main/training/model-file.js';
import { predictionsFile, writePredictions } from '../../../src-main/training/predictions-file.js';
import type { Timing } from '../../../src-main/vocabulary/model.js';
import { retrainConfig, retrainResult, temporaryFolder } from '../history/fixtures.js';
import { twoClasses } from '../training/scored.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { tinyModel } from '../training/tiny-model.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterEach(() => {
  history.close();
  home.remove();
});

const LABELS = ['malignant', 'benign'];
const IMAGES = 30;

/** A finished retraining whose networks have `mistakes` of 30 test images wrong, or kept no predictions (null). @returns models */
function retrained(mistakes: readonly (number | null)[], sha256 = retrainConfig.dataset.sha256): number[] {
  const seeds = mistakes.map((_, i) => i + 1);
  const run = history.createRun({ ...retrainConfig, seeds, dataset: { ...retrainConfig.dataset, sha256 } });
  const [template] = retrainResult.models;
  const test = {
    ...template!.metrics.test,
    perClass: LABELS.map((label) => ({ ...template!.metrics.test.perClass[0]!, label })),
  };
  const models = mistakes.map((wrong, i) => ({
    ...template!,
    seed: i + 1,
    file: `model-seed-${i + 1}.safetensors`,
    metrics: { validation: test, test: { ...test, balancedAccuracy: wrong === null ? NaN : 1 - wrong / IMAGES } },
  }));
  history.claimRun(run);
  history.finishRun(run, { ...retrainResult, models }, 1);
  const numbers = history
    .listModels(run)
    .map(({ model }) => model)
    .reverse();
  numbers.forEach((model, i) => {
    const wrong = mistakes[i];
    if (wrong === null || wrong === undefined) return;
    const part = twoClasses(
      Array.from(
        { length: IMAGES },
        (_, n) => [(n % 2 === 0) === n >= wrong ? 0.9 - n / 1000 : 0.1 + n / 1000, n % 2] as [number, 0 | 1],
      ),
    );
    writePredictions(history.getModel(model).file, {
      validation: part,
      test: part,
      training: { images: 100, ofClass: [30, 70] },
    });
  });
  return numbers;
}

const compare = (first: number, second: number) =>
  compareModels({ history, compare: compareModelFiles }, first, second);

describe('two models', () => {
  it('are compared image by image, and their retrainings over all seeds', async () => {
    const [a] = retrained([2, 4]);
    const [b] = retrained([8, 10]);
    chooseFinding(history, { name: 'x', sha256: retrainConfig.dataset.sha256, labels: LABELS }, 'malignant');
    const found = await compare(a!, b!);
    expect(found).toMatchObject({
      images: IMAGES,
      finding: 'malignant',
      accuracyTest: { onlyFirst: 6, onlySecond: 0, pValue: expect.closeTo(2 / 64, 12) as number },
      retrainings: { first: { run: 1, networks: 2 }, second: { run: 2, networks: 2 } },
      withoutRetrainings: null,
    });
    const accuracy = found.networks.find(({ figure }) => figure === 'accuracy')!;
    expect(accuracy.difference).toBeCloseTo(0.2, 12);
    expect(accuracy.interval![0]).toBeGreaterThan(0);
    const means = found.retrainings!.figures.find(({ figure }) => figure === 'accuracy')!;
    expect([means.first, means.second]).toEqual([expect.closeTo(0.9, 10), expect.closeTo(0.7, 10)]);
    expect(await compare(a!, b!)).toEqual(found);
  });

  it('are not averaged over seeds where there is one, or one retraining', async () => {
    const [a, sibling] = retrained([2, 4]);
    const [b] = retrained([8]);
    expect((await compare(a!, b!)).withoutRetrainings).toBe(
      'retraining 2 has a single network, so the effect of the seed is unknown: retrain it with three or more seeds',
    );
    expect(await compare(a!, sibling!)).toMatchObject({
      retrainings: null,
      withoutRetrainings: 'both networks are of the same retraining and differ only in their seed',
    });
  });

  it('that cannot be paired say why, and the way out', async () => {
    const [a, old] = retrained([2, null]);
    const [elsewhere] = retrained([2], 'cd'.repeat(32));
    expect(() => compare(a!, a!)).toThrow('Model 1 cannot be compared with itself: name two models.');
    expect(() => compare(a!, elsewhere!)).toThrow(
      'Model 1 was measured on breastmnist (SHA-256 abababab) and model 3 on breastmnist (SHA-256 cdcdcdcd): only models of the same dataset file can be compared.',
    );
    await expect(compare(a!, old!)).rejects.toMatchObject({
      kind: 'predictions-missing',
      message: expect.stringContaining("evaluate it again ('medforge evaluate 2')") as string,
    });
    expect(() => compare(a!, 99)).toThrow(
      'There is no model 99 in the history: "medforge models list" shows the models.',
    );
  });
});

describe('the front of a leaderboard', () => {
  /** The intervals of all overlap. */
  const network = (model: number, cost: number, wrong: number) => {
    const value = 1 - wrong / IMAGES;
    return { model, cost, figure: { value, interval: [value - 0.15, value + 0.15] as const } };
  };
  const asked: FrontRequest[] = [];
  const decide = (request: FrontRequest) => {
    asked.push(request);
    return decideFront(request);
  };

  it('takes in who is better image by image, where intervals do not say so', async () => {
    const [eight, seven, two, three] = retrained([8, 7, 2, 3]);
    const fronts = new ModelFronts(history);
    const question = {
      figure: 'accuracy' as const,
      networks: [network(two!, 300, 2), network(eight!, 100, 8), network(seven!, 200, 7), network(three!, 400, 3)],
    };
    const found = await fronts.of(question, decide);
    const byModel = Object.fromEntries(found.standings.map(({ model, standing }) => [model, standing]));
    expect(byModel).toEqual({ [eight!]: 'front', [seven!]: 'open', [two!]: 'front', [three!]: 'open' });
    expect(found.unpaired).toEqual([]);
    expect(standingsOf(question.networks)).toEqual(['open', 'front', 'open', 'open']);
    // As a comparison of the two says.
    const [better, not] = [await compare(two!, eight!), await compare(seven!, eight!)];
    const accuracyOf = ({ networks }: typeof better) => networks.find(({ figure }) => figure === 'accuracy')!;
    expect(accuracyOf(better).interval![0]).toBeGreaterThan(0);
    expect(accuracyOf(not).interval![0]).toBeLessThanOrEqual(0);
    // What was compared once is known from then on.
    asked.length = 0;
    expect(await fronts.of({ ...question, networks: question.networks.slice(0, 3) }, decide)).toMatchObject({
      standings: found.standings.slice(0, 3),
    });
    expect(asked[0]!.known).toEqual([
      { question: [2, 1], better: false },
      { question: [0, 1], better: true },
    ]);
  });

  it('asks nothing of those whose intervals lie apart', async () => {
    const [a, b] = retrained([null, null]);
    const networks = [network(a!, 100, 20), network(b!, 200, 2)];
    expect(await new ModelFronts(history).of({ figure: 'accuracy', networks }, decideFront)).toEqual({
      standings: [
        { model: a, standing: 'front' },
        { model: b, standing: 'front' },
      ],
      unpaired: [],
    });
  });

  it('goes by the intervals where one has kept nothing, and says so; what is kept later counts', async () => {
    const [old, two] = retrained([null, 2]);
    const fronts = new ModelFronts(history);
    const question = { figure: 'accuracy' as const, networks: [network(old!, 100, 8), network(two!, 200, 2)] };
    const found = await fronts.of(question, decideFront);
    expect(found.unpaired).toEqual([two]);
    expect(found.standings.map(({ standing }) => standing)).toEqual(standingsOf(question.networks));
    const [eight] = retrained([8]);
    const of = (model: number): string => predictionsFile(history.getModel(model).file);
    mkdirSync(dirname(of(old!)), { recursive: true });
    copyFileSync(of(eight!), of(old!));
    const later = await fronts.of(question, decideFront);
    expect(later).toMatchObject({ unpaired: [], standings: [{}, { model: two, standing: 'front' }] });
  });

  it('is of one dataset file', async () => {
    const [a] = retrained([2]);
    const [elsewhere] = retrained([2], 'cd'.repeat(32));
    const networks = [network(a!, 100, 2), network(elsewhere!, 200, 2)];
    await expect(new ModelFronts(history).of({ figure: 'accuracy', networks }, decideFront)).rejects.toMatchObject({
      kind: 'compare-dataset',
      message: `Model ${elsewhere} was not measured on breastmnist (SHA-256 abababab), as model ${a} was: only models of the same dataset file can be compared.`,
    });
    expect(await new ModelFronts(history).of({ figure: 'auc', networks: [] }, decideFront)).toEqual({
      standings: [],
      unpaired: [],
    });
  });
});

describe('a leaderboard', () => {
  it('has the models of one file by its contents, the best first, what is not known last', () => {
    retrained([8, 2, null]);
    retrained([4], 'cd'.repeat(32));
    const [newest, other] = leaderboards(history);
    expect([newest!.models.length, other!.models.length]).toEqual([1, 3]);
    expect(sortedModels(other!.models, 'balanced-accuracy').map(({ model }) => model)).toEqual([2, 1, 3]);
    expect(sortedModels(other!.models, 'newest').map(({ model }) => model)).toEqual([3, 2, 1]);
    expect(leaderboards(history, 'CDCDCDCD')).toEqual([newest]);
    expect(leaderboards(history, 'BreastMNIST')).toHaveLength(2);
    expect(() => leaderboards(history, 'bloodmnist')).toThrow(
      'No model was trained on bloodmnist: there are models for breastmnist.',
    );
  });

  it('has the majority class of the images, from the first model that kept what it said', async () => {
    retrained([5, null]);
    const vote = await majorityVoteOn({ history, determine: majorityOf }, retrainConfig.dataset.sha256);
    expect(vote).toMatchObject({
      label: 'benign',
      accuracy: 0.5,
      balancedAccuracy: 0.5,
      sensitivity: 0,
      specificity: 1,
    });
    expect(await majorityVoteOn({ history, determine: majorityOf }, 'ef'.repeat(32))).toBeNull();
  });
});

describe('the time of an image', () => {
  const timing = (milliseconds: number, threads = 2): Timing => ({
    milliseconds,
    images: 50,
    threads,
    machine: 'elsewhere',
    measuredAt: '2026-11-01T00:00:00.000Z',
  });

  it('is measured in onnxruntime, kept for this computer, and the newest is shown', async () => {
    const [model] = retrained([1]);
    const { file } = history.getModel(model!);
    await writeModel(file, await tinyModel(tinyDataset()));
    history.keepTiming(model!, timing(99));
    expect(history.listModels()[0]!.timing).toBeNull();
    const steps: string[] = [];
    const onProgress = (done: number, total: number): void => void steps.push(`${done}/${total}`);
    const [first] = await timeModels({ history, time: timeModel, onProgress }, [model!], 1);
    expect(first!.milliseconds).toBeGreaterThan(0);
    expect(first).toMatchObject({ threads: 1 });
    expect(first!.images).toBeGreaterThanOrEqual(50);
    expect(steps).toEqual(['0/1', '1/1']);
    expect(history.listModels()[0]!.timing).toEqual(first);
    const newer = { ...first!, threads: 2, milliseconds: 7, measuredAt: '2999-01-01T00:00:00.000Z' };
    history.keepTiming(model!, newer);
    expect(history.getModel(model!).summary.timing).toEqual(newer);
  });

  it('is not measured while a run computes', async () => {
    const [model] = retrained([1]);
    const run = history.createRun(retrainConfig, { name: 'Busy' });
    history.claimRun(run);
    const time = (): Promise<Timing> => Promise.reject(new Error('it was measured'));
    await expect(timeModels({ history, time }, [model!], 1)).rejects.toMatchObject({
      kind: 'timing-busy',
      message: `Run ${run} (Busy) is running, so the times would be wrong: measure after it has ended, or pause it.`,
    });
  });
});
