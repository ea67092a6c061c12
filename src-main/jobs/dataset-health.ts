import { writeDurablyInTurns } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';
import type { Dataset } from '../datasets/dataset.js';
import { cleanedCopy, type CleaningChoice, type CopyNames } from '../datasets/health/clean.js';
import { datasetHealth } from '../datasets/health/health.js';
import { readOriginals } from '../datasets/image-sources.js';
import { inspectDataset, loadDataset, type DatasetDescription } from '../datasets/medmnist.js';
import { encodeNpz } from '../datasets/npz-writer.js';
import { readNpz, type NpzOptions } from '../datasets/npz.js';
import { turnOf, type Turn } from '../training/turn.js';
import type { DatasetHealth } from '../vocabulary/dataset-health.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import type { TaskProgress } from './task-progress.js';

type Progress = (progress: TaskProgress) => void;

/** A dataset file, by its place and its contents. */
export interface ExpectedFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * Makes the health report of a dataset file; progress in thousandths of what is done now.
 * @throws UserError `health-file-changed`; the signal's reason, and what reading the dataset refuses
 */
export async function checkDatasetFile(
  file: ExpectedFile,
  progress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<DatasetHealth> {
  const step = (name: string, done: number): void =>
    progress({ step: name, done: Math.round(1000 * done), total: 1000 });
  step('reading the images', 0);
  const options = signal ? { signal } : {};
  const dataset = await loadExpected(file, options);
  const originals = await readOriginals(file.path, options);
  return datasetHealth(dataset, { originals, progress: step, turn: timedTurn(signal) });
}

/** Reads a dataset file that must still be the one that is meant. @throws UserError `health-file-changed`, and what reading the dataset refuses */
export function loadExpected({ path, sha256 }: ExpectedFile, options: NpzOptions = {}): Promise<Dataset> {
  return loadDataset(path, {
    ...options,
    identify: (found) => {
      if ((found.sha256 ?? sha256) === sha256) return;
      throw new UserError(
        'health-file-changed',
        `${path} has other contents than when it was added to the list: add it again, then check what it holds now.`,
      );
    },
  });
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

export interface CleaningRequest extends ExpectedFile {
  /** Where the copy is written; a file that is there is replaced. */
  readonly out: string;
  readonly choice: CleaningChoice;
  readonly named: CopyNames;
}

/**
 * Writes a cleaned copy of a dataset file, whole or not at all.
 * @throws UserError `health-file-changed`, `clean-nothing`, `clean-empty`, `clean-not-written`; the signal's reason; what reading the dataset refuses
 */
export async function cleanDatasetFile(
  { path, sha256, out, choice, named }: CleaningRequest,
  progress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<{ readonly description: DatasetDescription; readonly cleaned: Cleaned }> {
  const step = (name: string, done: number): void => progress({ step: name, done, total: 3 });
  step('reading the images', 0);
  const options = signal ? { signal } : {};
  const dataset = await loadExpected({ path, sha256 }, options);
  const arrays = await readNpz(path, options);
  step('searching for similar images', 1);
  const copy = await cleanedCopy(dataset, arrays, choice, named, timedTurn(signal));
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
