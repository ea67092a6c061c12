import { z } from 'zod';
import { positive, wholeNumber } from './numbers.js';

/*
 * The import of a person's own images: what is chosen, and what a plan of it says before a pixel is read. Window and command line
 * show the same plan. Paths of images are relative to the location, with `/`.
 */

/** What can be wrong in a collection, with what may be done about it. Nothing of this is ever decided by the program. */
export const DECISIONS = {
  /** Which column tells the file; only where no column holds names of the files. */
  'file-column': [],
  /** A column of the table, or the names of the folders. */
  'label-column': [],
  /** A column, or none. Asked for only where a column looks like patients. */
  'patient-column': [],
  /** A column, or none. Asked for only where a column looks like parts. */
  'part-column': [],
  'uneven-rows': ['drop', 'keep'],
  'rows-without-file': ['drop'],
  'files-without-row': ['drop', 'keep'],
  'ambiguous-files': ['drop', 'all'],
  'rows-twice': ['first', 'last', 'join', 'drop'],
  'mask-files': ['drop', 'keep'],
  'empty-labels': ['drop', 'as-written', 'none'],
  'labels-alike': ['merge', 'keep'],
  'several-labels': ['multi-label', 'first', 'drop'],
  'labels-differ': ['table', 'folder', 'drop'],
  'images-without-patient': ['own', 'drop'],
  'unknown-parts': ['drop', 'anew'],
  'missing-parts': ['from-train', 'anew'],
  'patients-across-parts': ['majority', 'anew', 'keep'],
  'classes-missing': ['keep', 'drop'],
} as const;

export type ProblemKind = keyof typeof DECISIONS;
export const problemKindSchema = z.enum(Object.keys(DECISIONS) as [ProblemKind, ...ProblemKind[]]);

const decision = <K extends ProblemKind>(kind: K) =>
  z.enum(DECISIONS[kind] as readonly (typeof DECISIONS)[K][number][]).optional();

export const decisionsSchema = z
  .strictObject({
    'uneven-rows': decision('uneven-rows'),
    'rows-without-file': decision('rows-without-file'),
    'files-without-row': decision('files-without-row'),
    'ambiguous-files': decision('ambiguous-files'),
    'rows-twice': decision('rows-twice'),
    'mask-files': decision('mask-files'),
    'empty-labels': decision('empty-labels'),
    'labels-alike': decision('labels-alike'),
    'several-labels': decision('several-labels'),
    'labels-differ': decision('labels-differ'),
    'images-without-patient': decision('images-without-patient'),
    'unknown-parts': decision('unknown-parts'),
    'missing-parts': decision('missing-parts'),
    'patients-across-parts': decision('patients-across-parts'),
    'classes-missing': decision('classes-missing'),
  })
  .readonly();
export type Decisions = z.infer<typeof decisionsSchema>;
/** Problems that are decided by a choice; the others by naming a column. */
export type DecidedKind = keyof Decisions;
export type Choice<K extends DecidedKind> = (typeof DECISIONS)[K][number];

export const encodingSchema = z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']);
export type Encoding = z.infer<typeof encodingSchema>;

export const delimiterSchema = z.enum([',', ';', '\t', '|']);
export type Delimiter = z.infer<typeof delimiterSchema>;

/**
 * A column by its name, or by its number from 1 where no column has that name. Null: none, said by the person. Absent: not said yet; what
 * is found then is proposed.
 */
const column = z.string().min(1).nullable().optional();

export const importColumnsSchema = z
  .strictObject({
    file: column,
    /** Null: the folders are the labels. Names with `|` between them: columns of 0 and 1, each for one class. */
    label: column,
    patient: column,
    part: column,
    /** Groups that figures are told apart by, by their name: `sex`, `age`, `site`. */
    groups: z.record(z.string().min(1).max(50), z.string().min(1)).readonly().default({}),
  })
  .readonly();
export type ImportColumns = z.infer<typeof importColumnsSchema>;

/** How many of a hundred images each part gets. */
export const sharesSchema = z
  .strictObject({ train: z.number().positive(), val: z.number().positive(), test: z.number().positive() })
  .readonly()
  .refine(({ train, val, test }) => Math.abs(train + val + test - 100) < 1e-9, { error: 'must add up to 100' });
export type Shares = z.infer<typeof sharesSchema>;

export const DEFAULT_SHARES: Shares = { train: 70, val: 10, test: 20 };

export const importChoicesSchema = z
  .strictObject({
    /** A folder. */
    location: z.string().min(1),
    /** A text file; it need not lie in the folder. */
    table: z.string().min(1).nullable().default(null),
    /** Read the table so, whatever was found out. Absent: as found out. */
    reading: z
      .strictObject({
        encoding: encodingSchema.optional(),
        delimiter: delimiterSchema.optional(),
        header: z.boolean().optional(),
      })
      .readonly()
      .default({}),
    columns: importColumnsSchema.default({ groups: {} }),
    /**
     * Without a patient column: the folder that names the patient, 1 the one directly in the location (below folders that hold nothing
     * but one folder).
     */
    patientFolder: positive.nullable().default(null),
    /** Without a patient column: the patient is the name of the file up to this text (`_` in `P012_left.png`). */
    patientBefore: z.string().min(1).max(20).nullable().default(null),
    /** Other names of labels; labels with one name become one class. Null: images of this label are left out. */
    classes: z.record(z.string(), z.string().min(1).max(200).nullable()).readonly().default({}),
    /** With several labels an image: the label that says that there is none (`No Finding`). It becomes no class. */
    noneLabel: z.string().min(1).nullable().default(null),
    decisions: decisionsSchema.default({}),
    split: z
      .strictObject({
        /** Also where the images have parts already. */
        anew: z.boolean().default(false),
        shares: sharesSchema.default(DEFAULT_SHARES),
        seed: z.int().min(0).max(0xffff_ffff).default(0),
      })
      .readonly()
      .default({ anew: false, shares: DEFAULT_SHARES, seed: 0 }),
  })
  .readonly();
export type ImportChoices = z.infer<typeof importChoicesSchema>;
/** What a person gives; everything but the location has a default. */
export type GivenImportChoices = z.input<typeof importChoicesSchema>;

/** The part that a column of a table may play. */
export const columnRoleSchema = z.enum(['file', 'label', 'patient', 'part', 'sex', 'age', 'site']);
export type ColumnRole = z.infer<typeof columnRoleSchema>;

export const tableDescriptionSchema = z
  .object({
    path: z.string(),
    /** One sentence for a person: what was found out of how the table is written. */
    sentence: z.string(),
    encoding: encodingSchema,
    byteOrderMark: z.boolean(),
    delimiter: delimiterSchema,
    /** Whether the first row names the columns. */
    header: z.boolean(),
    /** Columns with numbers that are written with a decimal comma. */
    decimalComma: z.array(z.string()).readonly(),
    /** Rows of data; empty ones are not among them. */
    rows: wholeNumber,
    emptyRows: wholeNumber,
    /** Columns of 0 and 1 that may be the label together: how they are chosen, and whether nearly every row has exactly one 1. */
    labelColumns: z.object({ choice: z.string(), oneEach: z.boolean() }).readonly().nullable(),
    columns: z
      .array(
        z
          .object({
            name: z.string(),
            /** The first different values. */
            examples: z.array(z.string()).readonly(),
            /** Different values among the rows that were looked at. */
            different: wholeNumber,
            /** What the column seems to be, and why. */
            proposal: z.object({ role: columnRoleSchema, why: z.string() }).readonly().nullable(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type TableDescription = z.infer<typeof tableDescriptionSchema>;

/** What lies at a location, before anything is chosen. */
export const inspectionSchema = z
  .object({
    /** Identifier of the source that reads it. */
    source: z.string(),
    /** One sentence for a person. */
    sentence: z.string(),
    images: wholeNumber,
    /** Files that are images, by kind (`png`, `dicom`). */
    kinds: z.record(z.string(), wholeNumber).readonly(),
    /** Files that are left alone, by what they are. */
    ignored: z.array(z.object({ what: z.string(), count: wholeNumber }).readonly()).readonly(),
    /** Classes and parts that the folders name; empty where they name none. */
    folderClasses: z.array(z.string()).readonly(),
    folderParts: z.array(z.enum(['train', 'val', 'test'])).readonly(),
    /** Files in the location that may be the table. */
    tables: z.array(z.string()).readonly(),
    table: tableDescriptionSchema.nullable(),
  })
  .readonly();
export type Inspection = z.infer<typeof inspectionSchema>;

export const importProblemSchema = z
  .object({
    kind: problemKindSchema,
    count: wholeNumber,
    /** What is wrong, in a sentence without a full stop. */
    sentence: z.string(),
    /** The first ten. */
    examples: z.array(z.string()).readonly(),
    /** The option of the command line that decides it. */
    option: z.string(),
    choices: z.array(z.object({ choice: z.string(), does: z.string() }).readonly()).readonly(),
    /** Null: not decided yet, and the import cannot go on. */
    chosen: z.string().nullable(),
  })
  .readonly();
export type ImportProblem = z.infer<typeof importProblemSchema>;

export const previewRowSchema = z
  .object({
    file: z.string(),
    /** Row of the table, as a spreadsheet numbers it; null: the table has none for this file. */
    row: positive.nullable(),
    labels: z.array(z.string()).readonly(),
    patient: z.string().nullable(),
    part: z.enum(['train', 'val', 'test']),
    /** In the order of the plan's groups. */
    groups: z.array(z.string().nullable()).readonly(),
  })
  .readonly();
export type PreviewRow = z.infer<typeof previewRowSchema>;

/** Of each part, in the order train, val, test. */
const perPart = z.tuple([wholeNumber, wholeNumber, wholeNumber]).readonly();

export const importPlanSchema = z
  .object({
    inspection: inspectionSchema,
    /** The columns that are used; null: none. */
    columns: z
      .object({
        file: z.string().nullable(),
        label: z.string().nullable(),
        patient: z.string().nullable(),
        part: z.string().nullable(),
      })
      .readonly(),
    /** `column "Patient ID"`, `the DICOM headers`, `nothing` */
    patientsFrom: z.string(),
    task: z.enum(['binary-class', 'multi-class', 'multi-label, binary-class']),
    /** In class order; images of each part that have the label. */
    classes: z.array(z.object({ name: z.string(), images: perPart }).readonly()).readonly(),
    images: perPart,
    /** Patients of each part; an image without a patient counts as one. Null: no patient is known. */
    patients: perPart.nullable(),
    /** Patients whose images have different labels: nothing is wrong with it. */
    patientsOfSeveralLabels: wholeNumber,
    groups: z
      .array(
        z
          .object({
            name: z.string(),
            column: z.string(),
            values: z.array(z.object({ value: z.string(), images: wholeNumber }).readonly()).readonly(),
            /** Images without a value. */
            unknown: wholeNumber,
          })
          .readonly(),
      )
      .readonly(),
    /** `kept`: as it was found; `anew`: drawn by patient; `completed`: a part that was missing was drawn from train. */
    split: z.enum(['kept', 'anew', 'completed']),
    problems: z.array(importProblemSchema).readonly(),
    /** What was found out or done and needs no decision, a sentence each. */
    notes: z.array(z.string()).readonly(),
    /** The first ten images. */
    preview: z.array(previewRowSchema).readonly(),
    /** Every problem is decided. */
    ready: z.boolean(),
  })
  .readonly();
export type ImportPlan = z.infer<typeof importPlanSchema>;
