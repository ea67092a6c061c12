import type { DatasetIdentity } from '../vocabulary/dataset-identity.js';
import type { PixelRule } from '../vocabulary/pixel-rule.js';
import type { Task } from '../vocabulary/task.js';

/** The three official parts of a MedMNIST file. */
export type Part = 'train' | 'val' | 'test';

/** The parts in sentences: `the ${PART_NAMES[part]} set`. */
export const PART_NAMES: { readonly [part in Part]: string } = { train: 'training', val: 'validation', test: 'test' };

export type { Task };

/** Whether an image has any number of labels, each yes or no, instead of one class. */
export const isMultiLabel = (task: Task): boolean => task === 'multi-label, binary-class';

/** Images of one part: uint8, row-major N × H × W × C. */
export interface Images {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** Labels of one part, row-major N × labelsPerImage: class numbers (labelsPerImage 1) or 0/1 per label. */
export interface Labels {
  readonly count: number;
  readonly labelsPerImage: number;
  readonly values: Uint8Array;
  /** Absent where the dataset knows nothing of them, as those of MedMNIST. */
  readonly subjects?: Subjects;
}

/** Whom the images of one part are of. */
export interface Subjects {
  /**
   * Number of each image's patient, the same in all parts, length N; below 0 where it is not known, so that the image is a patient
   * of its own. Null where no patient is known.
   */
  readonly patients: Int32Array | null;
  /** What images can be told apart by: site, sex, age. */
  readonly groupings: readonly Grouping[];
}

/** One way to tell images apart. */
export interface Grouping {
  readonly name: string;
  readonly values: readonly string[];
  /** Number of each image's value, length N; `UNKNOWN_VALUE` where it has none. */
  readonly valueOf: Uint16Array;
}

/** An image whose value in a grouping is not known. */
export const UNKNOWN_VALUE = 0xffff;

/** A checked MedMNIST dataset in memory. */
export interface Dataset {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly task: Task;
  /** Names in class order; numbers when nothing names them. */
  readonly labels: readonly string[];
  readonly classes: number;
  readonly size: number;
  readonly channels: 1 | 3;
  /** Whether training may mirror images: false where labels know left from right (OrganA, OrganC, OrganS), or may do so. */
  readonly horizontalFlip: boolean;
  readonly identity: DatasetIdentity;
  /** Catalogue id when the file is one of the twelve by its content, else null. */
  readonly catalogueId: string | null;
  readonly licence: string | null;
  /** True for the procedural demo dataset: said on every screen and card. */
  readonly synthetic: boolean;
  /** How its pixels were made of files; absent where they came as an array. */
  readonly pixelRule?: PixelRule;
  readonly parts: { readonly [part in Part]: LabelledImages };
}

/** Images with their labels: a part of a dataset, or several parts pooled. */
export interface LabelledImages {
  readonly images: Images;
  readonly labels: Labels;
}

/** What a training may look at: everything but the test part. */
export type TrainingDataset = Omit<Dataset, 'parts'> & { readonly parts: Pick<Dataset['parts'], 'train' | 'val'> };
