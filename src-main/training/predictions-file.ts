import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { isMultiLabel, type Labels, type Subjects, type Task } from '../datasets/dataset.js';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import type { Predictions } from './metrics/diagnostics.js';
import type { ScoredPart, Scores } from './metrics/scores.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';
import { groupingNameSchema } from '../vocabulary/dataset-manifest.js';
import { taskSchema } from '../vocabulary/task.js';

const FORMAT = 'medforge-predictions-1';
/** Largest file that is opened. */
const MAX_BYTES = 1024 ** 3;

const description = z.object({
  task: taskSchema,
  training: z.object({ images: z.int().min(1), ofClass: z.array(z.int().min(0)) }),
  /** Of the datasets that know whom their images are of. */
  groupings: z.array(groupingNameSchema).nullable().default(null),
});

/** `model-seed-1.safetensors` → `model-seed-1.predictions.safetensors`, in the same folder. */
export function predictionsFile(model: string): string {
  return model.replace(/\.safetensors$/, '.predictions.safetensors');
}

/**
 * Keeps what a network says of the validation and the test part beside its weights: probabilities N × classes and truths
 * N × (1, or labels) of each, whose images they are where the dataset knows, and which test images have a twin in another part. All later figures follow from it, without the images.
 */
export function writePredictions(model: string, { validation, test, training, testTwins }: Predictions): void {
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
    for (const [what, tensor] of subjectTensors(truth)) tensors.set(`${name}.${what}`, tensor);
  }
  if (testTwins) tensors.set('test.twins', { shape: [testTwins.length], values: Float32Array.from(testTwins) });
  const groupings = test.truth.subjects?.groupings.map(({ name, values }) => ({ name, values })) ?? null;
  const metadata = { format: FORMAT, predictions: JSON.stringify({ task: test.task, training, groupings }) };
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
      `${path} does not contain the predictions of a model (${what}): evaluate the model again`,
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
    if (!scores || !truth) throw fail(`it lacks the ${name} set`);
    const part = checked(task, scores, truth, training.ofClass.length);
    if (!part) throw fail(`its ${name} set contradicts itself`);
    if (!said.groupings) return part;
    const tensorOf = (what: string): StoredTensor | undefined => content.tensors.get(`${name}.${what}`);
    const subjects = subjectsOf(said.groupings, tensorOf, part.scores.count);
    if (!subjects) throw fail(`what its ${name} set says of patients and groups contradicts itself`);
    return { ...part, truth: { ...part.truth, subjects } };
  };
  const test = part('test');
  const twins = content.tensors.get('test.twins');
  if (twins && (twins.values.length !== test.scores.count || !twins.values.every((one) => one === 0 || one === 1))) {
    throw fail('what it says of twins contradicts itself');
  }
  const testTwins = twins && Uint8Array.from(twins.values);
  return { validation: part('validation'), test, training, ...(testTwins && { testTwins }) };
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

/** Patients, length N, and values of the groupings, groupings × N; float32 names numbers below 2²⁴ exactly. */
function subjectTensors({ count, subjects }: Labels): [string, StoredTensor][] {
  if (!subjects) return [];
  const { patients, groupings } = subjects;
  const values = Float32Array.from(groupings.flatMap(({ valueOf }) => Array.from(valueOf)));
  return [
    ...(patients
      ? ([['patients', { shape: [count], values: Float32Array.from(patients) }]] as [string, StoredTensor][])
      : []),
    ['groups', { shape: [groupings.length, count], values }],
  ];
}

/** @returns null where the tensors do not fit */
function subjectsOf(
  groupings: readonly z.infer<typeof groupingNameSchema>[],
  tensorOf: (what: string) => StoredTensor | undefined,
  count: number,
): Subjects | null {
  const patients = tensorOf('patients');
  const groups = tensorOf('groups');
  if (!groups || groups.values.length !== groupings.length * count) return null;
  if (patients && patients.values.length !== count) return null;
  return {
    patients: patients ? Int32Array.from(patients.values) : null,
    groupings: groupings.map((grouping, g) => ({
      ...grouping,
      valueOf: Uint16Array.from(groups.values.subarray(g * count, (g + 1) * count)),
    })),
  };
}
