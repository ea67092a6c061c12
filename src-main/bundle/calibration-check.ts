import type { Task } from '../datasets/dataset.js';
import { isMultiLabel } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import { BATCH_TOLERANCE } from './agreement.js';
import { largestDifference, type OnnxSession } from './onnx-session.js';

/**
 * Demands that onnxruntime's calibrated probabilities are those of the logits divided by the temperature.
 * @param images count × C × H × W from 0 to 1  @param source names the network in the error
 * @returns the largest difference
 * @throws UserError `bundle-calibration`
 */
export async function checkCalibration(
  session: OnnxSession,
  images: Float32Array,
  count: number,
  { task, temperature }: { readonly task: Task; readonly temperature: number },
  source: string,
): Promise<number> {
  const { logits, calibrated } = await session.runAll(images, count);
  const { outputs } = session.shape;
  const expected = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += outputs) {
    expected.set(probabilitiesOf(logits.subarray(row, row + outputs), task, temperature), row);
  }
  const difference = calibrated ? largestDifference(calibrated, expected) : Infinity;
  if (difference <= BATCH_TOLERANCE) return difference;
  throw new UserError(
    'bundle-calibration',
    `${source} has calibrated probabilities that do not match the temperature ${temperature}: do not use this bundle; export the model again`,
  );
}

function probabilitiesOf(logits: Float32Array, task: Task, temperature: number): Float64Array {
  const scaled = Float64Array.from(logits, (z) => z / temperature);
  if (isMultiLabel(task)) return scaled.map((z) => 1 / (1 + Math.exp(-z)));
  const largest = scaled.reduce((a, b) => Math.max(a, b));
  const powers = scaled.map((z) => Math.exp(z - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
