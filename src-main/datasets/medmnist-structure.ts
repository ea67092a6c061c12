import { PART_NAMES, type Part } from './dataset.js';
import type { NpyHeader } from './npy-header.js';
import type { NpzArchive } from './npz.js';
import { refusal } from './refusal.js';
import { UserError } from '../errors.js';

export const PARTS: readonly Part[] = ['train', 'val', 'test'];

/** Image sides that the search space can take: two reductions halve them. */
export const SMALLEST_IMAGE = 12;
export const LARGEST_IMAGE = 256;

const SIX = 'A MedMNIST file has train_images, train_labels, val_images, val_labels, test_images and test_labels';
const AS_MEDMNIST = 'Save images as uint8, N×H×W or N×H×W×3, and labels as integers, N×1';

const ADD_IT = "Add it in the window or with 'medforge datasets add FILE', which converts it and states the rule";

/** What the headers of the six arrays say, checked against each other. */
export interface Structure {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly counts: { readonly [part in Part]: number };
  readonly labelsPerImage: number;
}

/**
 * Reads and checks the headers of the six arrays.
 * @param options.anyType images and labels need not have the types that a dataset file has
 * @throws UserError (kinds `dataset-…`, `npz-…`, `npy-…`)
 */
export async function readStructure(archive: NpzArchive, { anyType = false } = {}): Promise<Structure> {
  const path = archive.file.path;
  const missing = PARTS.flatMap((part) => [`${part}_images`, `${part}_labels`]).filter((name) => !archive.has(name));
  if (missing.length > 0) {
    const found = archive.names.slice(0, 8).join(', ');
    throw refusal('dataset-missing-array', path, `it lacks ${missing.join(', ')} (it has ${found})`, SIX);
  }
  const images = await readHeaders(archive, 'images');
  const labels = await readHeaders(archive, 'labels');
  const { size, channels } = checkImages(images, path, anyType);
  const labelsPerImage = checkLabelShapes(labels, path, anyType);
  for (const part of PARTS) {
    const [imageCount, labelCount] = [images[part].shape[0]!, labels[part].shape[0]!];
    if (imageCount !== labelCount) {
      const wrong = `${part} has ${String(imageCount)} images but ${String(labelCount)} labels`;
      throw refusal('dataset-counts-differ', path, wrong, 'Save one label for each image');
    }
  }
  const counts = { train: images.train.shape[0]!, val: images.val.shape[0]!, test: images.test.shape[0]! };
  return { size, channels, counts, labelsPerImage };
}

type Headers = Record<Part, NpyHeader>;

async function readHeaders(archive: NpzArchive, what: 'images' | 'labels'): Promise<Headers> {
  const read = async (part: Part): Promise<NpyHeader> => {
    try {
      return await archive.header(`${part}_${what}`);
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'npy-empty-axis') throw error;
      const wrong = `the ${PART_NAMES[part]} set is empty (${part}_${what} has no elements)`;
      throw refusal('dataset-empty-part', archive.file.path, wrong, 'Every set needs at least one image', error);
    }
  };
  return { train: await read('train'), val: await read('val'), test: await read('test') };
}

function checkImages(headers: Headers, path: string, anyType: boolean): { size: number; channels: 1 | 3 } {
  for (const part of PARTS) {
    const { dtype, shape } = headers[part];
    const name = `${part}_images`;
    const shown = `(${shape.join(', ')})`;
    if (dtype !== 'uint8' && !anyType) {
      throw refusal('dataset-images-dtype', path, `${name} has type ${dtype}, not uint8`, ADD_IT);
    }
    const grey = shape.length === 3 || (shape.length === 4 && shape[3] === 1);
    if (!grey && !(shape.length === 4 && shape[3] === 3)) {
      throw refusal('dataset-images-rank', path, `${name} has shape ${shown}, not N×H×W or N×H×W×3`, AS_MEDMNIST);
    }
    if (shape[1] !== shape[2]) {
      const wrong = `${name} has images of ${String(shape[1])}×${String(shape[2])} pixels, which are not square`;
      throw refusal('dataset-images-not-square', path, wrong, 'Crop or pad the images to squares');
    }
  }
  const [size, channels] = [headers.train.shape[1]!, channelsOf(headers.train)];
  for (const part of PARTS) {
    const other = headers[part];
    if (other.shape[1] !== size || channelsOf(other) !== channels) {
      const wrong = `train has images of ${describe(size, channels)} but ${part} of ${describe(other.shape[1]!, channelsOf(other))}`;
      throw refusal(
        'dataset-parts-differ',
        path,
        wrong,
        'Give the images of all three sets the same size and number of channels',
      );
    }
  }
  if (size < SMALLEST_IMAGE || size > LARGEST_IMAGE || size % 4 !== 0) {
    const wrong = `images of ${String(size)}×${String(size)} pixels do not fit the search space, which halves them twice`;
    const remedy = `Resize them to a multiple of 4 from ${String(SMALLEST_IMAGE)} to ${String(LARGEST_IMAGE)}, for example 28 or 64`;
    throw refusal('dataset-image-size', path, wrong, remedy);
  }
  return { size, channels };
}

function channelsOf(header: NpyHeader): 1 | 3 {
  return header.shape[3] === 3 ? 3 : 1;
}

function describe(size: number, channels: number): string {
  return `${String(size)}×${String(size)}×${String(channels)}`;
}

function checkLabelShapes(headers: Headers, path: string, anyType: boolean): number {
  for (const part of PARTS) {
    const { dtype, shape } = headers[part];
    if (dtype.startsWith('float') && !anyType) {
      throw refusal('dataset-labels-float', path, `${part}_labels has type ${dtype}, not integers`, ADD_IT);
    }
    if (shape.length > 2) {
      const wrong = `${part}_labels has shape (${shape.join(', ')}), not N×1 or, for several labels per image, N×L`;
      throw refusal('dataset-labels-rank', path, wrong, AS_MEDMNIST);
    }
  }
  const labelsPerImage = headers.train.shape[1] ?? 1;
  for (const part of PARTS) {
    const other = headers[part].shape[1] ?? 1;
    if (other !== labelsPerImage) {
      const wrong = `train has ${String(labelsPerImage)} labels per image but ${part} has ${String(other)}`;
      throw refusal(
        'dataset-parts-differ',
        path,
        wrong,
        'Give every image of the three sets the same number of labels',
      );
    }
  }
  if (labelsPerImage > 256) {
    throw refusal(
      'dataset-labels-rank',
      path,
      `${String(labelsPerImage)} labels per image are too many; at most 256 are read`,
      AS_MEDMNIST,
    );
  }
  return labelsPerImage;
}
