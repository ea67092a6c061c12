import { checkedRunName, tagRun } from '../../../src-main/actions/label-run.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { within } from '../../../src-main/cli/options.js';
import { argumentSchemas } from '../../../src-main/ipc/schemas.js';
import { retrainConfig, type RetrainChoices } from '../../../src-main/jobs/retrain-config.js';
import { searchConfig, type SearchChoices } from '../../../src-main/jobs/search-config.js';
import { LIMITS, type Limits } from '../../../src-main/vocabulary/limits.js';
import { genotype, searchConfig as example } from '../history/fixtures.js';
import { studySchema } from '../../../src-main/vocabulary/study.js';
import { exampleStudy } from '../studies/example-study.js';

const dataset = {
  ...example.dataset,
  channels: 1 as const,
  classes: 2,
  size: 28,
  labels: ['0', '1'],
  horizontalFlip: true,
  catalogueId: null,
  samples: { train: 40_000, val: 10_000, test: 1000 },
};
const search = (choices: SearchChoices) => searchConfig(dataset, choices);
const retrain = (choices: RetrainChoices & { channels?: number; cells?: number }) => {
  const { channels = 16, cells = 3, ...rest } = choices;
  return retrainConfig(dataset, { genotype, channels, cells, searchRun: 1 }, rest);
};

describe('a retraining is refused with', () => {
  it.each<[Parameters<typeof retrain>[0], string]>([
    [{ labelSmoothing: 5 }, 'label smoothing must be a number of at least 0 and below 1, saw 5'],
    [{ labelSmoothing: 1 }, 'label smoothing must be a number of at least 0 and below 1, saw 1'],
    [{ labelSmoothing: -0.1 }, 'label smoothing must be a number of at least 0 and below 1, saw -0.1'],
    [{ learningRate: 0 }, 'learning rate must be a number above 0 and at most 10, saw 0'],
    [{ learningRate: 11 }, 'learning rate must be a number above 0 and at most 10, saw 11'],
    [{ learningRate: NaN }, 'learning rate must be a number above 0 and at most 10, saw NaN'],
    [{ mixup: 16 }, 'mixup must be a number of at least 0 and at most 10, saw 16'],
    [{ cutmix: -1 }, 'CutMix must be a number of at least 0 and at most 10, saw -1'],
    [{ movingAverage: 1 }, 'moving average must be a number of at least 0 and below 1, saw 1'],
    [{ weightDecay: 2 }, 'weight decay must be a number of at least 0 and at most 1, saw 2'],
    [{ warmupEpochs: 100, epochs: 100 }, 'warm-up epochs must be fewer than the 100 epochs, saw 100'],
    [{ warmupEpochs: 2.5 }, 'warm-up epochs must be a whole number from 0 to 9999, saw 2.5'],
    [{ epochs: 0 }, 'epochs must be a whole number from 1 to 10000, saw 0'],
    [{ batch: 1 }, 'batch must be a whole number from 2 to 8192, saw 1'],
    [{ seeds: [] }, 'seeds must be at least one whole number'],
    [{ seeds: [1, 1] }, 'seeds must be different from each other'],
    [{ seeds: [1, -1] }, 'seed must be a whole number from 0 to 4294967295, saw -1'],
    [{ seeds: Array.from({ length: 101 }, (_, i) => i) }, 'seeds must be at most 100'],
    [{ channels: 200 }, 'channels must be a multiple of 4 from 4 to 128, saw 200'],
    [{ cells: 9 }, 'cells must be a whole number from 1 to 8, saw 9'],
    [{ threads: 1000 }, 'threads must be a whole number from 0 to 256, saw 1000'],
  ])('%j', (choices, message) => {
    expect(() => retrain(choices)).toThrow(expect.objectContaining({ kind: 'retrain-setting', message }) as Error);
  });
});

describe('a search is refused with', () => {
  it.each<[SearchChoices, string]>([
    [{ epochs: 10_001 }, 'epochs must be a whole number from 1 to 10000, saw 10001'],
    [{ batch: 8193 }, 'batch must be a whole number from 2 to 8192, saw 8193'],
    [{ channels: 6 }, 'channels must be a multiple of 4 from 4 to 128, saw 6'],
    [{ cells: 0 }, 'cells must be a whole number from 1 to 8, saw 0'],
    [{ seed: 2 ** 32 }, 'seed must be a whole number from 0 to 4294967295, saw 4294967296'],
    [{ threads: 0.5 }, 'threads must be a whole number from 0 to 256, saw 0.5'],
    [{ race: { share: 0 } }, 'race budget must be a number above 0 and at most 100, saw 0'],
    [{ race: { random: 1 } }, 'random networks of the race must be a whole number from 2 to 1000, saw 1'],
  ])('%j', (choices, message) => {
    expect(() => search(choices)).toThrow(expect.objectContaining({ kind: 'search-setting', message }) as Error);
  });

  it('a budget the wrong way round', () => {
    expect(() => search({ budget: { lower: 2, upper: 1 } })).toThrow('the budget 2..1 is not a range of parameters');
  });
});

describe('epochs of a search by default', () => {
  it('are more where an epoch costs less', () => {
    const epochs = (method: string): number => search({ method }).epochs;
    expect(epochs('darts-v1')).toBe(epochs('zo-darts++'));
    expect(epochs('random')).toBe(10 * epochs('zo-darts++'));
  });
});

describe('warm-up', () => {
  it.each([
    [500, undefined, 10],
    [40, undefined, 4],
    [5, undefined, 0],
    [100, 50, 50],
    [100, 99, 99],
    [100, 0, 0],
  ])('of %d epochs, told %s, is %d', (epochs, warmupEpochs, expected) => {
    expect(retrain({ epochs, warmupEpochs }).warmupEpochs).toBe(expected);
  });
});

/** Each setting by the doors that lead to it. */
const request = {
  ...{ dataset: 'x', budget: { lower: 0, upper: 1e6 }, epochs: 50, batch: null, channels: 16, cells: 3, seed: 1 },
  ...{ backend: 'auto', threads: 0, method: 'zo-darts++', settings: {}, race: null },
};
const retrainRequest = {
  ...{ run: 1, epochs: 50, batch: null, seeds: [1], movingAverage: null, classWeighting: false, selection: 'last' },
};
const startsSearch = (change: object): boolean =>
  argumentSchemas['search:start'].safeParse([{ ...request, ...change }]).success;
const startsRetraining = (change: object): boolean =>
  argumentSchemas['retrain:start'].safeParse([{ ...retrainRequest, ...change }]).success;
const accepts = (configure: () => unknown): boolean => {
  try {
    configure();
    return true;
  } catch {
    return false;
  }
};

const characters = (length: number): string => {
  if (!Number.isInteger(length)) throw new Error('there are no parts of characters');
  return 'x'.repeat(length);
};
/** Refuses what the action refuses; the history itself is not reached. */
const tagsOnCommandLine = (tags: readonly string[]): void =>
  tagRun({ setTags: () => undefined } as unknown as WritableHistory, 1, tags);

type Door = (value: number) => boolean;
const doors: { readonly [setting in keyof Limits]: readonly Door[] } = {
  epochs: [
    (epochs) => startsSearch({ epochs }),
    (epochs) => startsRetraining({ epochs }),
    (epochs) => accepts(() => search({ epochs })),
    (epochs) => accepts(() => retrain({ epochs })),
  ],
  batch: [
    (batch) => startsSearch({ batch }),
    (batch) => startsRetraining({ batch }),
    (batch) => accepts(() => search({ batch })),
    (batch) => accepts(() => retrain({ batch })),
  ],
  channels: [(channels) => startsSearch({ channels }), (channels) => accepts(() => retrain({ channels }))],
  cells: [(cells) => startsSearch({ cells }), (cells) => accepts(() => retrain({ cells }))],
  seed: [
    (seed) => startsSearch({ seed }),
    (seed) => startsRetraining({ seeds: [seed] }),
    (seed) => accepts(() => search({ seed })),
    (seed) => accepts(() => retrain({ seeds: [seed] })),
  ],
  threads: [
    (threads) => startsSearch({ threads }),
    (threads) => accepts(() => search({ threads })),
    (threads) => accepts(() => retrain({ threads })),
  ],
  parameters: [(lower) => startsSearch({ budget: { lower, upper: 1e12 } })],
  raceShare: [(share) => startsSearch({ race: { share } }), (share) => accepts(() => search({ race: { share } }))],
  raceRandom: [(random) => startsSearch({ race: { random } }), (random) => accepts(() => search({ race: { random } }))],
  learningRate: [(learningRate) => accepts(() => retrain({ learningRate }))],
  warmupEpochs: [(warmupEpochs) => accepts(() => retrain({ warmupEpochs, epochs: 10_000 }))],
  weightDecay: [(weightDecay) => accepts(() => retrain({ weightDecay }))],
  labelSmoothing: [(labelSmoothing) => accepts(() => retrain({ labelSmoothing }))],
  mixup: [(mixup) => accepts(() => retrain({ mixup }))],
  cutmix: [(cutmix) => accepts(() => retrain({ cutmix }))],
  movingAverage: [
    (movingAverage) => startsRetraining({ movingAverage }),
    (movingAverage) => accepts(() => retrain({ movingAverage })),
  ],
  // Of the command line only.
  tasksAtOnce: [(atOnce) => studySchema.safeParse({ ...exampleStudy, on: { atOnce } }).success],
  samples: [],
  trainings: [],
  nameLength: [
    (length) => accepts(() => argumentSchemas['search:start'].parse([{ ...request, name: characters(length) }])),
    (length) => accepts(() => argumentSchemas['runs:rename'].parse([1, characters(length)])),
    // Without a name, a run that is started gets one.
    (length) => length >= 1 && accepts(() => checkedRunName(characters(length))),
  ],
  tagLength: [
    (length) => accepts(() => argumentSchemas['runs:tag'].parse([1, [characters(length)]])),
    (length) => accepts(() => tagsOnCommandLine([characters(length)])),
  ],
  tags: [
    (count) => accepts(() => argumentSchemas['runs:tag'].parse([1, Array<string>(count).fill('x')])),
    (count) => accepts(() => tagsOnCommandLine(Array<string>(count).fill('x'))),
  ],
  noteLength: [(length) => accepts(() => argumentSchemas['runs:note'].parse([1, characters(length)]))],
};

describe('what is written about a run', () => {
  it.each([
    ['two\nlines', 'run-name'],
    ['\u001b[31mred', 'run-name'],
  ])('a name like %j is refused', (name, kind) => {
    expect(() => checkedRunName(name)).toThrow(
      expect.objectContaining({
        kind,
        message:
          'the name of a run must be one line of 1 to 200 characters, without control characters: choose another name',
      }) as Error,
    );
    expect(argumentSchemas['runs:rename'].safeParse([1, name]).success).toBe(false);
  });

  it.each([
    [undefined, undefined],
    ['  ', undefined],
    [' Zweiter Versuch 🙂 ', 'Zweiter Versuch 🙂'],
    ['تجربة', 'تجربة'],
  ])('a name like %j becomes %j', (name, expected) => {
    expect(checkedRunName(name)).toBe(expected);
  });
});

describe('command line, window and configuration accept the same', () => {
  it.each(Object.keys(doors) as (keyof Limits)[])('%s', (setting) => {
    const { lowest, highest, step, excluded } = LIMITS[setting];
    const little = step ?? 1e-6;
    const onCommandLine: Door = (value) => accepts(() => within(setting)(String(value)));
    for (const accepted of [onCommandLine, ...doors[setting]]) {
      expect(accepted(lowest), `${lowest}`).toBe(excluded !== 'lowest');
      expect(accepted(highest), `${highest}`).toBe(excluded !== 'highest');
      expect(accepted(lowest + little)).toBe(true);
      expect(accepted(highest - little)).toBe(true);
      expect(accepted(lowest - little)).toBe(false);
      expect(accepted(highest + little)).toBe(false);
      if (step !== null) expect(accepted(lowest + step / 2)).toBe(false);
    }
  });

  it.each([
    ['epochs', 'many', "expected a whole number, saw 'many'"],
    ['epochs', '0', "expected a whole number from 1 to 10000, saw '0'"],
    ['learningRate', '0', "expected a number above 0 and at most 10, saw '0'"],
    ['labelSmoothing', '', "expected a number of at least 0 and below 1, saw ''"],
    ['mixup', 'x', "expected a number of at least 0 and at most 10, saw 'x'"],
  ] as const)('the command line refuses --%s %s', (setting, text, message) => {
    expect(() => within(setting)(text)).toThrow(new InvalidArgumentError(message));
  });
});
