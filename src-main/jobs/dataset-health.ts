import { writeDurablyInTurns } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';
import { cleanedCopy, type CleaningChoice } from '../datasets/health/clean.js';
import { datasetHealth } from '../datasets/health/health.js';
import { requireSame } from '../datasets/library.js';
import { inspectDataset, loadDataset, type DatasetDescription } from '../datasets/medmnist.js';
import { encodeNpz } from '../datasets/npz-writer.js';
import { readNpz } from '../datasets/npz.js';
import { turnOf, type Turn } from '../training/turn.js';
import type { DatasetHealth, TwinPair } from '../vocabulary/dataset-health.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import { imageToPng } from './image-png.js';
import type { TaskProgress } from './task-progress.js';

type Progress = (progress: TaskProgress) => void;

/**
 * Makes the health report of a dataset file; progress in thousandths of what is done now.
 * @throws the signal's reason, and what reading the dataset refuses
 */
export async function checkDatasetFile(
  path: string,
  progress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<DatasetHealth> {
  const step = (name: string, done: number): void =>
    progress({ step: name, done: Math.round(1000 * done), total: 1000 });
  step('reading the images', 0);
  const dataset = await loadDataset(path, signal ? { signal } : {});
  return datasetHealth(dataset, { progress: step, turn: timedTurn(signal) });
}

/** A turn of the event loop costs more than a small piece of work: one is given every fiftieth of a second. */
function timedTurn(signal: AbortSignal | undefined): Turn {
  const turn = turnOf(signal);
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 20) return;
    await turn();
    last = performance.now();
  };
}

export interface CleaningRequest {
  readonly path: string;
  /** Where the copy is written; a file that is there is replaced. */
  readonly out: string;
  readonly choice: CleaningChoice;
}

/**
 * Writes a cleaned copy of a dataset file, whole or not at all.
 * @throws UserError `clean-nothing`, `clean-empty`, `clean-not-written`; the signal's reason; what reading the dataset refuses
 */
export async function cleanDatasetFile(
  { path, out, choice }: CleaningRequest,
  progress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<{ readonly description: DatasetDescription; readonly cleaned: Cleaned }> {
  const step = (name: string, done: number): void => progress({ step: name, done, total: 3 });
  step('reading the images', 0);
  const options = signal ? { signal } : {};
  const dataset = await loadDataset(path, options);
  const arrays = await readNpz(path, options);
  step('searching for similar images', 1);
  const copy = await cleanedCopy(dataset, arrays, choice, timedTurn(signal));
  step('writing the copy', 2);
  try {
    await writeDurablyInTurns(out, encodeNpz(copy.arrays), signal);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      'clean-not-written',
      `${out} could not be written: ${whyNotWritten(code)}; choose another place.`,
      {
        cause: error,
      },
    );
  }
  return { description: await inspectDataset(out, options), cleaned: copy.cleaned };
}

export interface PairPicturesRequest {
  readonly dataset: DatasetReference;
  readonly pairs: readonly TwinPair[];
}

/** Pictures of pairs, as PNG data URLs, in their order. @throws UserError `dataset-changed`, and what reading the dataset refuses */
export async function pairPictures({
  dataset: reference,
  pairs,
}: PairPicturesRequest): Promise<readonly (readonly [string, string])[]> {
  const { parts } = await loadDataset(reference.path, {
    identify: ({ bytes, sha256 }) => requireSame(reference, bytes, sha256),
  });
  const picture = async ({ part, index }: TwinPair['images'][0]): Promise<string> =>
    `data:image/png;base64,${(await imageToPng(parts[part].images, index)).toString('base64')}`;
  return Promise.all(pairs.map(async ({ images: [a, b] }) => [await picture(a), await picture(b)] as const));
}
