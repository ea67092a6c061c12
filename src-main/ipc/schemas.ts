import { z } from 'zod';
import type { InvokeChannels } from './contract.js';

/** What each channel accepts from the renderer. Everything is bounded, unknown keys are refused. */
export type ArgumentSchemas = {
  readonly [K in keyof InvokeChannels]: z.ZodType<Parameters<InvokeChannels[K]>>;
};

const key = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const keys = z.array(key).max(100_000);
const datasetId = z.string().min(1).max(200);
const oneLine = z
  .string()
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line without control characters');
const epochs = z.int().min(1).max(10_000);
const batch = z.int().min(1).max(4096).nullable();
const seed = z.int().min(0).max(4_294_967_295);
const parameterCount = z.int().min(0).max(1_000_000_000_000);
const budget = z
  .strictObject({ lower: parameterCount, upper: parameterCount })
  .refine(({ lower, upper }) => lower <= upper, 'the lower limit must not be above the upper one');
const channels = z.int().min(1).max(256);
const cells = z.int().min(1).max(12);

const space = z.strictObject({
  channels,
  cells,
  inputChannels: z.union([z.literal(1), z.literal(3)]),
  classes: z.int().min(1).max(1000),
});

const searchRequest = z.strictObject({
  dataset: datasetId,
  name: oneLine.exactOptional(),
  budget,
  epochs,
  batch,
  channels,
  cells,
  seed,
  backend: z.enum(['auto', 'native', 'webgpu', 'tensorflow']),
  threads: z.int().min(0).max(1024),
  estimator: z.enum(['exact', 'published']),
});

const retrainRequest = z.strictObject({
  run: key,
  epochs,
  batch,
  seeds: z.array(seed).min(1).max(100),
  movingAverage: z.number().gt(0).lt(1).nullable(),
  classWeighting: z.boolean(),
  selection: z.enum(['best-validation', 'last']),
});

const view = z.strictObject({
  place: z.enum(['datasets', 'search', 'history', 'models']),
  run: key.nullable(),
});

const folder = z.union([
  z.strictObject({ run: key }),
  z.strictObject({ bundle: key }),
  z.strictObject({ home: z.literal(true) }),
]);

export const argumentSchemas: ArgumentSchemas = {
  'datasets:list': z.tuple([]),
  'datasets:details': z.tuple([datasetId]),
  'datasets:add': z.tuple([]),
  'datasets:remove': z.tuple([datasetId]),
  'datasets:demo': z.tuple([]),
  'datasets:download': z.tuple([datasetId]),
  'datasets:cancelDownload': z.tuple([datasetId]),

  'search:range': z.tuple([space]),
  'search:estimate': z.tuple([searchRequest]),
  'search:start': z.tuple([searchRequest]),
  'retrain:start': z.tuple([retrainRequest]),

  'runs:list': z.tuple([]),
  'runs:details': z.tuple([key]),
  'runs:epochs': z.tuple([key, z.int().min(0).max(Number.MAX_SAFE_INTEGER)]),
  'runs:pause': z.tuple([key]),
  'runs:resume': z.tuple([key]),
  'runs:cancel': z.tuple([key]),
  'runs:delete': z.tuple([key]),
  'runs:rename': z.tuple([key, oneLine.min(1)]),
  'runs:note': z.tuple([key, z.string().max(20_000)]),
  'runs:tag': z.tuple([key, z.array(oneLine.min(1).max(50)).max(50)]),
  'runs:reorder': z.tuple([keys]),
  'runs:export': z.tuple([keys.min(1), z.enum(['csv', 'json'])]),
  'runs:cancelExport': z.tuple([]),
  'runs:log': z.tuple([key]),

  'models:list': z.tuple([]),
  'models:details': z.tuple([key]),
  'models:export': z.tuple([key]),
  'models:cancelExport': z.tuple([key]),
  'models:predict': z.tuple([key]),

  'devices:list': z.tuple([]),
  'app:state': z.tuple([]),
  'app:shown': z.tuple([]),
  'app:remember': z.tuple([view]),
  'app:showFolder': z.tuple([folder]),
};
