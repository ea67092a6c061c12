import { join } from 'node:path';
import { z } from 'zod';
import type { Dataset } from '../datasets/dataset.js';
import { identityText } from '../datasets/identity.js';
import { decodeNpy } from '../datasets/npy.js';
import { UserError } from '../errors.js';
import { accuracy } from '../training/metrics/accuracy.js';
import { auc } from '../training/metrics/auc.js';
import { NO_TURN, type Turn } from '../training/turn.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { checkCalibration } from './calibration-check.js';
import { checkDiagnostics, PREDICTIONS } from './diagnostics-check.js';
import { BATCH_TOLERANCE, requireAgreement, TOLERANCE } from './agreement.js';
import { at, json, MODEL, openBundle, type OpenBundle } from './open-bundle.js';
import { largestDifference, planes, SESSION_BATCH, type OnnxSession } from './onnx-session.js';
import { datasetIdentitySchema } from '../vocabulary/dataset-identity.js';
import type { VerifyReport } from '../vocabulary/verify-report.js';
import { decodePredictions } from './predictions-csv.js';

export interface VerifyOptions {
  /** The dataset that the model was trained on: runs its whole test part again. */
  readonly dataset?: Dataset;
  readonly threads?: number;
  /** Between two pieces of the work. */
  readonly turn?: Turn;
}

/**
 * Verifies a bundle from the bundle alone: every file against the manifest, the network's content, labels and sizes against
 * each other, the sample images through the network, an image alone against the same image in a batch of 64, and the
 * metrics recomputed from the probabilities of all test images. The bundle holds no image of the dataset; with the
 * dataset's file the whole test part is run again as well.
 * @throws UserError naming the file and what is wrong with it
 */
export async function verifyBundle(folder: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const bundle = await openBundle(folder, options.threads ?? 0);
  try {
    return await verifyOpen(bundle, options.dataset ?? null, options.turn ?? NO_TURN);
  } finally {
    await bundle.session.release();
  }
}

async function verifyOpen(bundle: OpenBundle, dataset: Dataset | null, turn: Turn): Promise<VerifyReport> {
  const { files, task, shape, session, labels } = bundle;
  const { name, version } = files.manifest;
  const named = (path: string): string => join(files.folder, path);
  const checks = [
    `${String(files.manifest.files.length)} files match the manifest`,
    `${MODEL} contains only float32 data and known operators`,
    `the ${String(labels.length)} labels agree in all files`,
  ];
  checkTriton(bundle);

  const sample = floats(bundle, 'sample/input.npy', [shape.channels, shape.size, shape.size]);
  const expected = floats(bundle, 'sample/expected_output.npy', [shape.outputs]);
  const given = await session.run(sample.values, sample.count);
  const sampleDifference = largestDifference(given, expected.values);
  if (sampleDifference > TOLERANCE) {
    throw new UserError(
      'bundle-disagreement',
      `${named(MODEL)} differs by ${sampleDifference.toExponential(1)} from sample/expected_output.npy: do not use this bundle on this computer`,
    );
  }
  checks.push(`the sample gives the expected output (largest difference ${sampleDifference.toExponential(1)})`);
  const batchDifference = await checkBatch(session, sample.values, sample.count, named(MODEL), turn);
  checks.push(
    `an image alone equals the same image in a batch of ${String(SESSION_BATCH)} (${batchDifference.toExponential(1)})`,
  );

  if (bundle.temperature !== null) {
    const settings = { task, temperature: bundle.temperature };
    const difference = await checkCalibration(session, sample.values, sample.count, settings, named(MODEL));
    checks.push(
      `the calibrated probabilities match temperature ${bundle.temperature.toFixed(3)} (${difference.toExponential(1)})`,
    );
  }

  const predictions = decodePredictions(files.readText(PREDICTIONS), named(PREDICTIONS), task, shape.outputs);
  const test = at(json(files, 'docs/metrics.json'), ['test']);
  const measured = { accuracy: accuracy(predictions), auc: auc(predictions), images: predictions.scores.count };
  for (const key of ['accuracy', 'auc', 'images'] as const) {
    const stated = at(test, [key]);
    const same = Number.isNaN(measured[key])
      ? stated === null
      : typeof stated === 'number' && Math.abs(stated - measured[key]) < 1e-9;
    if (!same) {
      throw new UserError(
        'bundle-content',
        `${named('docs/metrics.json')} states ${key} ${String(stated)}, but ${PREDICTIONS} gives ${String(measured[key])}: export the model again`,
      );
    }
  }
  checks.push(
    `ACC ${measured.accuracy.toFixed(4)} and ${aucText(measured.auc)} agree with the probabilities of ${String(measured.images)} test images`,
  );
  checks.push(...checkDiagnostics(bundle, predictions));
  const testDifference = dataset ? await rerun(bundle, predictions, dataset, turn) : null;
  const unchecked: string[] = [];
  if (testDifference === null) {
    unchecked.push(
      `the ${String(measured.images)} test images were not run again: to run them, give the dataset (--dataset FILE.npz)`,
    );
  } else {
    checks.push(
      `all ${String(measured.images)} test images, run again, give the same results (largest difference ${testDifference.toExponential(1)})`,
    );
  }
  return {
    folder: files.folder,
    name,
    version,
    files: files.manifest.files.length,
    trainedOn: trainedOn(bundle, dataset),
    ...measured,
    sampleDifference,
    testDifference,
    batchDifference,
    checks,
    unchecked,
    ignored: files.ignored,
  };
}

const aucText = (auc: number): string => (Number.isNaN(auc) ? 'an undefined AUC' : `AUC ${auc.toFixed(4)}`);

/** What the data of the training is, as `run.json` tells or as the dataset itself proves. */
function trainedOn({ files, shape }: OpenBundle, dataset: Dataset | null): string {
  const said = kept.safeParse(at(json(files, 'run.json'), ['dataset']));
  if (!said.success) return 'The bundle does not say what it was trained on.';
  const subject = dataset ?? { ...said.data, size: shape.size };
  return `Trained on ${said.data.name}: ${identityText(subject)}.`;
}

const kept = z.object({
  name: z.string(),
  catalogueId: z.string().nullable(),
  identity: datasetIdentitySchema.nullable().default(null),
  synthetic: z.boolean(),
});

/** The whole test part again, against the probabilities of the export. */
async function rerun(bundle: OpenBundle, predictions: ScoredPart, dataset: Dataset, turn: Turn): Promise<number> {
  const { files, session, shape } = bundle;
  const wanted = at(json(files, 'run.json'), ['dataset', 'sha256']);
  if (wanted !== dataset.sha256) {
    throw new UserError(
      'bundle-dataset',
      `${dataset.path} is not the dataset of this bundle (SHA-256 ${String(wanted).slice(0, 12)}…): give the dataset that the model was trained on`,
    );
  }
  if (dataset.size !== shape.size || dataset.channels !== shape.channels) {
    throw new UserError(
      'bundle-content',
      `${join(files.folder, MODEL)} does not take images like those in ${dataset.path}: export the model again`,
    );
  }
  const { images, labels } = dataset.parts.test;
  const scores = await session.classify(images, SESSION_BATCH, turn);
  return requireAgreement(
    { task: dataset.task, scores, truth: labels },
    predictions,
    `this computer and ${PREDICTIONS}`,
  );
}

/** @returns largest difference between images alone and in a batch of 64  @param turn before each image  @throws UserError `bundle-disagreement` */
export async function checkBatch(
  session: OnnxSession,
  images: Float32Array,
  count: number,
  source: string,
  turn: Turn = NO_TURN,
): Promise<number> {
  const length = images.length / count;
  const batch = new Float32Array(SESSION_BATCH * length);
  for (let i = 0; i < SESSION_BATCH; i++)
    batch.set(images.subarray((i % count) * length, ((i % count) + 1) * length), i * length);
  const together = await session.run(batch, SESSION_BATCH);
  const outputs = session.shape.outputs;
  let largest = 0;
  for (let i = 0; i < Math.min(count, SESSION_BATCH); i++) {
    await turn();
    const alone = await session.run(batch.slice(i * length, (i + 1) * length), 1);
    largest = Math.max(largest, largestDifference(alone, together.subarray(i * outputs, (i + 1) * outputs)));
  }
  if (largest > BATCH_TOLERANCE) {
    throw new UserError(
      'bundle-disagreement',
      `${source} gives a different result for an image alone than in a batch (difference ${largest.toExponential(1)}): do not use this bundle`,
    );
  }
  return largest;
}

/** Images of a dataset in the first batch. */
export function firstBatch(dataset: Dataset): { images: Float32Array; count: number } {
  const { images } = dataset.parts.test;
  const count = Math.min(SESSION_BATCH, images.count);
  return { images: planes(images, 0, count), count };
}

function floats(bundle: OpenBundle, path: string, tail: readonly number[]): { count: number; values: Float32Array } {
  const source = join(bundle.files.folder, path);
  const { dtype, shape, data } = decodeNpy(bundle.files.read(path), source);
  if (dtype !== 'float32' || shape.slice(1).join() !== tail.join()) {
    throw new UserError(
      'bundle-content',
      `${source} is ${dtype} of shape (${shape.join(', ')}): export the model again`,
    );
  }
  return { count: shape[0]!, values: data as Float32Array };
}

function checkTriton({ files }: OpenBundle): void {
  for (const { path } of files.manifest.files) {
    if (!path.startsWith('triton/') || path.endsWith('.pbtxt')) continue;
    const original = path.endsWith('labels.txt') ? 'labels.txt' : MODEL;
    if (Buffer.compare(files.read(path), files.read(original)) !== 0) {
      throw new UserError(
        'bundle-content',
        `${join(files.folder, path)} differs from ${original}: export the model again`,
      );
    }
  }
}
