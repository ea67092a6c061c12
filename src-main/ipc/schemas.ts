import { z } from 'zod';
import { gpuFaultChoiceSchema } from '../vocabulary/backend.js';
import { frontQuestionSchema } from '../vocabulary/model-front.js';
import { imageImportSchema, importPixelsSchema } from '../vocabulary/image-import.js';
import { importChoicesSchema } from '../vocabulary/import-plan.js';
import { imageQuestionSchema } from '../vocabulary/image-page.js';
import { NUMBER_NOTATIONS, RECENT_CHOICES, THEMES } from '../vocabulary/preferences.js';
import { noteSchema, runNameSchema, tagsSchema } from '../vocabulary/run-texts.js';
import { budgetSettingsSchema, retrainSettingsSchema, searchSettingsSchema } from '../vocabulary/settings.js';
import { spaceSettingsSchema } from '../vocabulary/space.js';
import type { InvokeChannels } from './contract.js';

/** What each channel accepts from the renderer. Everything is bounded, unknown keys are refused. */
export type ArgumentSchemas = {
  readonly [K in keyof InvokeChannels]: z.ZodType<Parameters<InvokeChannels[K]>>;
};

const key = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const keys = z.array(key).max(100_000);
const datasetId = z.string().min(1).max(200);
const {
  epochs: searchEpochs,
  batch: searchBatch,
  race: searchRace,
  ...search
} = searchSettingsSchema.unwrap().pick({
  epochs: true,
  batch: true,
  channels: true,
  cells: true,
  seed: true,
  backend: true,
  threads: true,
  method: true,
  settings: true,
  race: true,
}).shape;
const { share: raceShare, random, smallest } = searchRace.unwrap().unwrap().shape;
const retrain = retrainSettingsSchema.unwrap().shape;

const space = z.strictObject({ ...spaceSettingsSchema.unwrap().shape, channels: search.channels, cells: search.cells });

const budgetFields = z.strictObject({ lower: z.string().max(100), upper: z.string().max(100) });

const searchRequest = z.strictObject({
  dataset: datasetId,
  name: runNameSchema.exactOptional(),
  budget: budgetSettingsSchema,
  ...search,
  epochs: searchEpochs.nullable(),
  batch: searchBatch.nullable(),
  onGpuFault: gpuFaultChoiceSchema.exactOptional(),
  race: z
    .strictObject({
      share: raceShare.exactOptional(),
      random: random.exactOptional(),
      smallest: smallest.exactOptional(),
    })
    .nullable(),
});

const retrainRequest = z.strictObject({
  run: key,
  name: runNameSchema.exactOptional(),
  epochs: retrain.epochs,
  batch: retrain.batch.nullable(),
  seeds: retrain.seeds,
  movingAverage: retrain.movingAverage,
  classWeighting: retrain.classWeighting,
  selection: retrain.selection,
  backend: retrain.backend.exactOptional(),
  threads: retrain.threads.exactOptional(),
  onGpuFault: gpuFaultChoiceSchema.exactOptional(),
});

/** A page that asks for more than all classes and columns of a table can name is no page of ours. */
const isBounded = (value: unknown): boolean => JSON.stringify(value).length <= 1_000_000;
const folderChoices = importChoicesSchema
  .unwrap()
  .omit({ location: true, table: true })
  .readonly()
  .refine(isBounded, 'is too large');
const folderImport = z.strictObject({
  ...imageImportSchema.unwrap().shape,
  choices: folderChoices,
  finding: z.string().max(200).nullable(),
});

const share = z.number().min(0).max(1);
const cost = z.number().positive().max(1e9);
const operatingPoint = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('sensitivity'), atLeast: share }),
  z.strictObject({ rule: z.literal('specificity'), atLeast: share }),
  z.strictObject({ rule: z.literal('youden') }),
  z.strictObject({ rule: z.literal('costs'), missed: cost, falseAlarm: cost }),
  /** The highest corner of a ROC curve lies above every probability. */
  z.strictObject({ rule: z.literal('threshold'), threshold: z.number().min(0).max(2) }),
]);

const view = z.strictObject({
  place: z.enum(['datasets', 'search', 'history', 'models', 'studies']),
  run: key.nullable(),
});

const preferences = z.strictObject({
  theme: z.enum(THEMES),
  numbers: z.enum(NUMBER_NOTATIONS),
  threads: search.threads,
  backend: search.backend,
  onGpuFault: gpuFaultChoiceSchema,
  recent: z.array(z.string().max(100)).max(RECENT_CHOICES),
});

const folder = z.union([
  z.strictObject({ run: key }),
  z.strictObject({ bundle: key }),
  z.strictObject({ home: z.literal(true) }),
]);

const studyName = z.string().min(1).max(200);
/** Bounded here; what is wrong with a study is said by its own schema, in words. */
const newStudy = z.strictObject({
  name: z.string().max(200),
  datasets: z.array(datasetId).max(200),
  methods: z.array(z.strictObject({ method: z.string().max(100), asPublished: z.boolean() })).max(100),
  budgets: z.array(z.string().max(100)).max(100),
  seeds: retrain.seeds,
  epochs: searchEpochs.nullable(),
  batch: searchBatch.nullable(),
  channels: search.channels.nullable(),
  cells: search.cells.nullable(),
  retrainSeeds: retrain.seeds,
  retrainEpochs: retrain.epochs.nullable(),
  threads: search.threads,
  atOnce: z.int().min(1).max(64).nullable(),
});

const MEGABYTE = 1024 * 1024;
const svg = z
  .string()
  .max(16 * MEGABYTE)
  .startsWith('<svg ');
const png = z.instanceof(Uint8Array<ArrayBuffer>).refine((bytes) => bytes.length <= 64 * MEGABYTE, 'is too large');
const figureTable = z.strictObject({
  columns: z.array(z.string().max(1000)).min(1).max(1000),
  rows: z.array(z.array(z.union([z.string().max(1000), z.number(), z.null()])).max(1000)).max(1_000_000),
});
const figure = { name: runNameSchema };
const length = z.number().positive().max(20_000);
const figureFile = z.discriminatedUnion('format', [
  z.strictObject({ ...figure, format: z.enum(['svg', 'pdf']), svg, width: length, height: length }),
  z.strictObject({ ...figure, format: z.literal('png'), png }),
  z.strictObject({ ...figure, format: z.literal('csv'), table: figureTable }),
]);
const figureCopy = z.union([z.strictObject({ png }), z.strictObject({ table: figureTable })]);

export const argumentSchemas: ArgumentSchemas = {
  'datasets:list': z.tuple([]),
  'datasets:details': z.tuple([datasetId]),
  'datasets:add': z.tuple([]),
  'datasets:remove': z.tuple([datasetId]),
  'datasets:name': z.tuple([
    datasetId,
    z.object({ name: z.string().max(500), labels: z.array(z.string().max(500)).max(256).readonly() }).readonly(),
  ]),
  'datasets:mirroring': z.tuple([datasetId, z.boolean()]),
  'datasets:finding': z.tuple([datasetId, z.int().min(0).max(999).nullable()]),
  'datasets:demo': z.tuple([]),
  'datasets:download': z.tuple([datasetId]),
  'datasets:cancelDownload': z.tuple([datasetId]),
  'datasets:health': z.tuple([datasetId]),
  'datasets:check': z.tuple([datasetId]),
  'datasets:pairs': z.tuple([datasetId, z.int().min(0).max(1000), z.int().min(1).max(100)]),
  'datasets:clean': z.tuple([
    datasetId,
    z.strictObject({ name: z.string().max(500), trainingTwins: z.boolean(), conflictingTest: z.boolean() }),
  ]),
  'datasets:stop': z.tuple([datasetId]),

  'import:folder': z.tuple([]),
  'import:table': z.tuple([z.union([z.int().min(0).max(100_000), z.literal('file'), z.null()])]),
  'import:plan': z.tuple([folderChoices]),
  'import:preview': z.tuple([
    z.strictObject({
      choices: folderChoices,
      pixels: importPixelsSchema,
      count: z.int().min(1).max(100),
      whole: z.boolean(),
    }),
  ]),
  'import:run': z.tuple([folderImport]),
  'import:cancel': z.tuple([]),

  'search:range': z.tuple([space]),
  'search:budget': z.tuple([space, budgetFields]),
  'search:estimate': z.tuple([searchRequest]),
  'search:methods': z.tuple([]),
  'search:start': z.tuple([searchRequest]),
  'retrain:estimate': z.tuple([retrainRequest]),
  'retrain:start': z.tuple([retrainRequest]),

  'runs:list': z.tuple([]),
  'runs:details': z.tuple([key]),
  'runs:epochs': z.tuple([key, z.int().min(0).max(Number.MAX_SAFE_INTEGER)]),
  'runs:pause': z.tuple([key]),
  'runs:resume': z.tuple([key]),
  'runs:cancel': z.tuple([key]),
  'runs:delete': z.tuple([key]),
  'runs:repeat': z.tuple([key]),
  'runs:rename': z.tuple([key, runNameSchema]),
  'runs:note': z.tuple([key, noteSchema]),
  'runs:tag': z.tuple([key, tagsSchema]),
  'runs:reorder': z.tuple([keys]),
  'runs:export': z.tuple([keys.min(1), z.enum(['csv', 'json'])]),
  'runs:cancelExport': z.tuple([]),
  'runs:log': z.tuple([key]),
  'runs:missingDataset': z.tuple([key]),
  'runs:findDataset': z.tuple([key, z.enum(['file', 'folder'])]),

  'models:list': z.tuple([]),
  'models:details': z.tuple([key]),
  'models:diagnostics': z.tuple([key]),
  'models:operatingPoint': z.tuple([key, operatingPoint.nullable()]),
  'models:evaluate': z.tuple([key]),
  'models:images': z.tuple([key, imageQuestionSchema]),
  'models:cancelImages': z.tuple([]),
  'models:compare': z.tuple([key, key]),
  'models:front': z.tuple([frontQuestionSchema]),
  'models:majority': z.tuple([z.string().min(1).max(100)]),
  'models:time': z.tuple([keys.min(1)]),
  'models:cancelTiming': z.tuple([]),
  'models:export': z.tuple([key]),
  'models:cancelExport': z.tuple([key]),
  'models:predict': z.tuple([key]),

  'studies:list': z.tuple([]),
  'studies:tasks': z.tuple([studyName]),
  'studies:create': z.tuple([newStudy]),
  'studies:open': z.tuple([]),
  'studies:forget': z.tuple([studyName]),
  'studies:showFile': z.tuple([studyName]),
  'studies:check': z.tuple([studyName]),
  'studies:estimate': z.tuple([studyName]),
  'studies:cancelEstimate': z.tuple([]),
  'studies:start': z.tuple([studyName]),
  'studies:pause': z.tuple([studyName]),
  'studies:cancel': z.tuple([studyName]),
  'studies:retry': z.tuple([studyName]),
  'studies:tables': z.tuple([studyName]),
  'studies:figures': z.tuple([studyName]),
  'studies:save': z.tuple([studyName, z.enum(['csv', 'tex', 'md'])]),

  'figures:save': z.tuple([figureFile]),
  'figures:copy': z.tuple([figureCopy]),
  'files:receive': z.tuple([z.array(z.string().min(1).max(32_768)).max(1000), key.nullable()]),

  'reports:save': z.tuple([
    z.union([z.strictObject({ model: key }), z.strictObject({ runs: keys.min(2) })]),
    z.enum(['pdf', 'html', 'md']),
  ]),
  'reports:cancel': z.tuple([]),
  'reports:show': z.tuple([key]),

  'devices:list': z.tuple([]),
  'app:state': z.tuple([]),
  'app:shown': z.tuple([]),
  'app:remember': z.tuple([view]),
  'app:prefer': z.tuple([preferences]),
  'app:dataFolder': z.tuple([]),
  'app:showFolder': z.tuple([folder]),
};
