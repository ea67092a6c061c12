import { z } from 'zod';
import { backendNameSchema } from './backend.js';
import { retrainSettingsSchema, searchSettingsSchema } from './settings.js';
import { shown } from './shown.js';

/*
 * A study: a question in one file. Datasets × methods × budgets × seeds are searched, what is found is retrained with seeds,
 * and the methods are compared by it.
 */

export const STUDY_FORMAT = 'medforge-study';
export const STUDY_VERSION = 1;
/** Characters of the name of a study, of a dataset as it is named, and of a method. */
const LONGEST_NAME = 200;

const search = searchSettingsSchema.unwrap().shape;
const retrain = retrainSettingsSchema.unwrap().shape;

const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** A list without repetitions. @param same what makes two entries one */
function several<T extends z.ZodType>(entry: T, same: (value: z.output<T>) => string = String) {
  return z
    .array(entry)
    .min(1, 'must have at least one entry')
    .superRefine((values, context) => {
      const seen = new Set<string>();
      values.forEach((value, i) => {
        const text = same(value);
        if (seen.has(text))
          context.addIssue({ code: 'custom', path: [i], message: `${text} is there twice: remove one` });
        seen.add(text);
      });
    })
    .readonly();
}

/** A search method with what is changed of it: its name alone where nothing is. */
const methodSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { method: value } : value),
  z
    .strictObject({
      /** Id of the registry of methods. */
      method: name,
      /** In tables, so that a method can be compared with itself under other settings. Default: its id. */
      name: name.optional(),
      /** What is missing has the method's default. */
      settings: search.settings.default({}),
      /** The published algorithm where the defaults differ from it. */
      asPublished: z.boolean().default(false),
    })
    .transform(({ name, ...rest }) => ({
      ...rest,
      name: name ?? (rest.asPublished ? `${rest.method} as published` : rest.method),
    }))
    .readonly(),
);
export type StudyMethod = z.output<typeof methodSchema>;

const searchesSchema = z
  .strictObject({
    methods: several(methodSchema, (method) => method.name),
    /** As on the command line: 222k, 72k..222k. */
    budgets: several(name),
    seeds: retrain.seeds,
    /**
     * Of a method that passes over the images once in an epoch; methods whose epochs are cheaper get as many more, so that all have
     * about the same time. Default: by dataset.
     */
    epochs: search.epochs.optional(),
    /** Default: by dataset. */
    batch: search.batch.optional(),
    /** Default: that of `medforge search`. */
    channels: search.channels.optional(),
    /** Default: that of `medforge search`. */
    cells: search.cells.optional(),
    /** Whether each search ends with a race. Off: methods are compared by what they find themselves. */
    race: z.boolean().default(false),
  })
  .readonly();

const retrainingsSchema = z
  .strictObject({
    /** What each search finds is trained once with each. */
    seeds: retrain.seeds.default([1]),
    epochs: retrain.epochs.optional(),
    batch: retrain.batch.optional(),
    learningRate: retrain.learningRate.optional(),
    warmupEpochs: retrain.warmupEpochs.optional(),
    weightDecay: retrain.weightDecay.optional(),
    labelSmoothing: retrain.labelSmoothing.optional(),
    mixup: retrain.mixup.optional(),
    cutmix: retrain.cutmix.optional(),
    movingAverage: retrain.movingAverage.optional(),
    classWeighting: retrain.classWeighting.optional(),
    selection: retrain.selection.optional(),
  })
  .readonly();

/** This computer. */
const localSchema = z
  .strictObject({
    executor: z.literal('local').default('local'),
    backend: backendNameSchema.default('native'),
    /** Of each task. Default: one, since tasks beside each other keep the processors busy. */
    threads: search.threads.default(1),
    /** Tasks that run at the same time. Default: as many as there are processors for their threads. */
    atOnce: z.int().min(1, 'must be at least 1').max(64, 'must be at most 64').optional(),
  })
  .readonly();
export type LocalPlace = z.output<typeof localSchema>;

/** Of an option of `sbatch`: no blanks, no quotes, nothing that a shell would take for its own. */
const option = z.string().regex(/^[\w.,:&|()*[\]-]{1,200}$/, 'must be one word as sbatch takes it');

/** Nodes of a cluster with Slurm. */
const slurmSchema = z
  .strictObject({
    executor: z.literal('slurm'),
    /** A folder that this computer and the nodes see under the same path; made when it is missing. */
    folder: z
      .string()
      .regex(/^\/[^\p{Cc}\\'"%]*$/u, 'must be an absolute path without quotes, % and backslashes')
      .max(1000, 'must have at most 1000 characters'),
    partition: option.optional(),
    account: option.optional(),
    qos: option.optional(),
    /** Features that a node must have; with one instruction set for all nodes, the bits of results do not depend on the node. */
    constraint: option.optional(),
    /** Of each task; also its threads. */
    cpus: z.int().min(1, 'must be at least 1').max(1024, 'must be at most 1024').default(1),
    /** Of each task. */
    memory: z
      .string()
      .regex(/^[1-9]\d{0,6}[MGT]$/, 'must be a number with M, G or T: 4G')
      .default('4G'),
    /** Of each job. A task that needs longer goes on in further jobs. */
    time: z
      .string()
      .regex(
        /^(\d{1,2}-)?\d{1,2}:[0-5]\d:[0-5]\d$/,
        'must be hours, minutes and seconds (08:00:00), or days before (1-00:00:00)',
      )
      .refine((text) => slurmSeconds(text) >= 60, 'must be at least one minute')
      .default('08:00:00'),
    /** Jobs that Slurm has of the study at the same time. */
    atOnce: z.int().min(1, 'must be at least 1').max(1000, 'must be at most 1000').default(20),
    /** Line of the shell that makes `node` available on the nodes: "module load nodejs". */
    node: z
      .string()
      .regex(/^\P{Cc}{1,1000}$/u, 'must be one line')
      .optional(),
    /** Confirms that the images of the study may be copied to `folder`. */
    sendImages: z.boolean().default(false),
    backend: z.literal('native').default('native'),
    /** Between two questions to Slurm. */
    askSeconds: z.number().min(1, 'must be at least 1').max(600, 'must be at most 600').default(20),
    /** For which a job that Slurm does not know any more may still be heard of: files of other computers come late. */
    graceSeconds: z.number().min(0, 'must be at least 0').max(3600, 'must be at most 3600').default(90),
  })
  .readonly();
export type SlurmPlace = z.output<typeof slurmSchema>;

/** Seconds of a time limit as Slurm writes it: `08:00:00`, `1-00:00:00`. */
export function slurmSeconds(time: string): number {
  const [clock, days = '0'] = time.split('-').reverse() as [string, string?];
  const [hours, minutes, seconds] = clock.split(':').map(Number) as [number, number, number];
  return ((Number(days) * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** Where tasks run; this computer where nothing is said. */
const onSchema = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('executor' in value) ? { executor: 'local', ...value } : value,
  z.discriminatedUnion('executor', [localSchema, slurmSchema]),
);

/** Threads of each task; 0: one per processor. */
export const threadsOf = (on: Study['on']): number => (on.executor === 'local' ? on.threads : on.cpus);

export const studySchema = z
  .strictObject({
    format: z.literal(STUDY_FORMAT),
    version: z.literal(STUDY_VERSION),
    /** Tasks and results are kept under it. */
    name,
    /** Names from `datasets list`, or paths, which may be relative to the folder of the study. */
    datasets: several(name),
    searches: searchesSchema,
    retrainings: retrainingsSchema.prefault({}),
    on: onSchema.prefault({}),
  })
  .readonly();
export type Study = z.output<typeof studySchema>;

const WORDS: { readonly [type: string]: string } = {
  array: 'a list',
  string: 'a text',
  object: 'an object',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};

/** What is wrong with a field, for `safeParse(…, { error })`; where a field has words of its own, these count. */
export function studyIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  if (issue.code === 'unrecognized_keys') {
    return `unknown ${issue.keys.length === 1 ? 'field' : 'fields'} ${issue.keys.join(', ')}: remove or correct it`;
  }
  if (issue.code === 'invalid_type' && input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${WORDS[issue.expected] ?? issue.expected}, saw ${shown(input)}`;
  if (issue.code === 'invalid_union' && issue.path?.at(-1) === 'executor') return 'must be local or slurm';
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}, saw ${shown(input)}`;
  return undefined;
}

/** What a task is: a search, or the retraining of what one found. */
export interface StudyTask {
  /** The same for the same question, whatever else is in the file. */
  readonly key: string;
  /** As the study names it. */
  readonly dataset: string;
  /** Name of the method in tables. */
  readonly method: string;
  /** As `72000..222000`; an open end is left out. */
  readonly budget: string;
  /** Of the search. */
  readonly seed: number;
  /** Of the retraining; null for a search. */
  readonly trainingSeed: number | null;
  /** Key of the search whose architecture is retrained; null for a search. */
  readonly search: string | null;
}

/**
 * `waiting`: has no run yet; `submitted`: has one that is to finish; `given-up`: failed, or made no progress in several attempts.
 */
export const STUDY_TASK_STATES = ['waiting', 'submitted', 'finished', 'given-up', 'cancelled'] as const;
export type StudyTaskState = (typeof STUDY_TASK_STATES)[number];
