import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { isMultiLabel, type Labels, type Task } from '../datasets/dataset.js';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import type { Predictions } from './metrics/diagnostics.js';
import type { ScoredPart, Scores } from './metrics/scores.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';

const FORMAT = 'medforge-predictions-1';
/** Largest file that is opened. */
const MAX_BYTES = 1024 ** 3;

const description = z.object({
  task: z.enum(['binary-class', 'multi-class', 'ordinal-regression', 'multi-label, binary-class']),
  training: z.object({ images: z.int().min(1), ofClass: z.array(z.int().min(0)) }),
});

/** `model-seed-1.safetensors` → `model-seed-1.predictions.safetensors`, in the same folder. */
export function predictionsFile(model: string): string {
  return model.replace(/\.safetensors$/, '.predictions.safetensors');
}

/**
 * Keeps what a network says of the validation and the test part beside its weights: probabilities N × classes and truths
 * N × (1, or labels) of each. All later figures follow from it, without the images.
 */
export function writePredictions(model: string, { validation, test, training }: Predictions): void {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { scores, truth }] of Object.entries({ validation, test })) {
    tensors.set(`${name}.probabilities`, {
      shape: [scores.count, scores.outputs],
      values: Float32Array.from(scores.values),
    });
    tensors.set(`${name}.truth`, {
      shape: [truth.count, truth.labelsPerImage],
      values: Float32Array.from(truth.values),
    });
  }
  const metadata = { format: FORMAT, predictions: JSON.stringify({ task: test.task, training }) };
  writeDurably(predictionsFile(model), [encodeSafetensors({ tensors, metadata })]);
}

/**
 * @returns null where nothing is kept: the model was trained by a version that kept no predictions
 * @throws UserError `predictions-unreadable`
 */
export async function readPredictions(model: string): Promise<Predictions | null> {
  const path = predictionsFile(model);
  const fail = (what: string, cause?: unknown): UserError =>
    new UserError(
      'predictions-unreadable',
      `${path} does not hold the predictions of a model (${what}): evaluate the model again`,
      { cause },
    );
  let bytes: Uint8Array;
  try {
    if ((await stat(path)).size > MAX_BYTES) throw fail('it is too large');
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw error instanceof UserError ? error : fail(code ?? String(error), error);
  }
  let content: ReturnType<typeof decodeSafetensors>;
  let said: z.infer<typeof description>;
  try {
    content = decodeSafetensors(bytes, path);
    said = description.parse(JSON.parse(content.metadata['predictions'] ?? ''));
  } catch (error) {
    throw fail('it is damaged', error);
  }
  const { task, training } = said;
  const part = (name: string): ScoredPart => {
    const scores = content.tensors.get(`${name}.probabilities`);
    const truth = content.tensors.get(`${name}.truth`);
    if (!scores || !truth) throw fail(`it lacks the ${name} part`);
    return checked(task, scores, truth, training.ofClass.length) ?? raise(fail(`its ${name} part contradicts itself`));
  };
  return { validation: part('validation'), test: part('test'), training };
}

function checked(
  task: Task,
  { shape: [count = 0, outputs = 0], values }: StoredTensor,
  truth: StoredTensor,
  classes: number,
): ScoredPart | null {
  const labelsPerImage = isMultiLabel(task) ? outputs : 1;
  const largest = isMultiLabel(task) ? 1 : outputs - 1;
  const isClass = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= largest;
  const fits = count > 0 && outputs === classes && truth.shape[0] === count && truth.shape[1] === labelsPerImage;
  if (!fits || !truth.values.every(isClass) || !values.every((p) => p >= 0 && p <= 1)) return null;
  const scores: Scores = { count, outputs, values };
  const labels: Labels = { count, labelsPerImage, values: Uint8Array.from(truth.values) };
  return { task, scores, truth: labels };
}

function raise(error: UserError): never {
  throw error;
}
