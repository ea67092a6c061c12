import { join } from 'node:path';
import { datasetHealth } from '../datasets/health/health.js';
import { readOriginals } from '../datasets/image-sources.js';
import { hashFile } from '../datasets/index.js';
import { loadReferenced, requireSame } from '../datasets/library.js';
import { identityText } from '../datasets/identity.js';
import { inspectDataset } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import { countMultiplyAccumulates } from '../space/parameter-count.js';
import { diagnose, type Predictions } from '../training/metrics/diagnostics.js';
import { readModel } from '../training/model-file.js';
import { turnOf } from '../training/turn.js';
import type { DatasetHealth } from '../vocabulary/dataset-health.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { Evidence } from '../vocabulary/evidence.js';
import { requirePredictions, type DiagnosisRequest } from './model-diagnosis.js';
import type { TaskProgress } from './task-progress.js';

/** Bytes of pixels that are looked into for a report: seconds to a minute. */
const MOST_PIXELS = 1024 ** 3;

export interface EvidenceRequest {
  readonly diagnosis: DiagnosisRequest;
  readonly dataset: DatasetReference;
  /** Folders of the bundles that were exported of it. */
  readonly bundles: readonly string[];
  /** The health report that is remembered of the dataset; null: it is made. */
  readonly health: DatasetHealth | null;
  /** Look into the dataset too. */
  readonly withDataset: boolean;
}

/**
 * What the files of a model say today, for a report. A file that is gone or damaged is no error: the report says so.
 * @throws the signal's reason
 */
export async function reportEvidence(
  { diagnosis, dataset: reference, bundles, health, withDataset }: EvidenceRequest,
  progress: (progress: TaskProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Evidence> {
  const step = (name: string, done: number): void => {
    signal?.throwIfAborted();
    progress({ step: name, done, total: 3 });
  };
  step('Reading the model', 0);
  const predictions = await orProblem(() => requirePredictions(diagnosis.model, diagnosis.number));
  const weights = await orProblem(() => weightsOf(diagnosis.model));
  step('Computing the results', 1);
  const diagnostics = isProblem(predictions)
    ? predictions
    : await orProblem(() => diagnose(predictions, diagnosis, turnOf(signal)));
  step('Checking the dataset', 2);
  const dataset = withDataset
    ? await orProblem(() => datasetOf(reference, health, signal))
    : { health: null, identity: null, balance: null };
  signal?.throwIfAborted();
  const balance = isProblem(predictions) ? null : balanceOf(predictions);
  return {
    dataset: isProblem(dataset) ? dataset : { health: dataset.health, identity: dataset.identity },
    balance: balance ?? (isProblem(dataset) ? null : dataset.balance),
    weights,
    diagnostics,
    bundles: await Promise.all(bundles.map(bundleOf)),
  };
}

interface Problem {
  readonly problem: string;
}

/** What was read, or why it was not. What is no word to the user is thrown on. */
async function orProblem<T extends object>(read: () => Promise<T>): Promise<T | Problem> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError) return { problem: sentence(error.message) };
    throw error;
  }
}

const isProblem = (read: object): read is Problem => 'problem' in read;

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

async function weightsOf(file: string): Promise<Exclude<Evidence['weights'], Problem>> {
  const { description } = await readModel(file);
  const { sha256, bytes } = await hashFile(file);
  const { program, task, size, labels, dataset, space, genotype } = description;
  const { licence, catalogueId, samples } = dataset;
  const identity = identityText({ ...dataset, size });
  const multiplyAccumulates = countMultiplyAccumulates(space, genotype, size);
  return { sha256, bytes, program, task, size, labels, licence, catalogueId, identity, samples, multiplyAccumulates };
}

async function datasetOf(
  reference: DatasetReference,
  known: DatasetHealth | null,
  signal: AbortSignal | undefined,
): Promise<{
  health: DatasetHealth | null;
  identity: string;
  balance: Evidence['balance'];
}> {
  const options = signal ? { signal } : {};
  const described = await inspectDataset(reference.path, options);
  requireSame(reference, described.bytes, described.sha256);
  const { samples, size, channels, balance } = described;
  const identity = identityText(described);
  const pixels = (samples.train + samples.val + samples.test) * size * size * channels;
  if (known || pixels > MOST_PIXELS) return { health: known, identity, balance };
  const dataset = await loadReferenced(reference, options);
  const originals = await readOriginals(reference.path, options);
  const health = await datasetHealth(dataset, { originals, turn: turnOf(signal) });
  return { health, identity, balance };
}

/** Images of each class, as they were when the network was trained and measured. */
function balanceOf({ training, validation, test }: Predictions): number[][] {
  const counts = ({ truth }: Predictions['test']): number[] => {
    const found = training.ofClass.map(() => 0);
    truth.values.forEach((value, i) => {
      const k = truth.labelsPerImage === 1 ? value : i % truth.labelsPerImage;
      if (truth.labelsPerImage === 1 || value === 1) found[k] = (found[k] ?? 0) + 1;
    });
    return found;
  };
  const [ofValidation, ofTest] = [counts(validation), counts(test)];
  return training.ofClass.map((images, k) => [images, ofValidation[k] ?? 0, ofTest[k] ?? 0]);
}

async function bundleOf(folder: string): Promise<Evidence['bundles'][number]> {
  const hashed = await hashFile(join(folder, 'manifest.json')).catch(() => null);
  return { folder, manifest: hashed?.sha256 ?? null };
}
