import { isMultiLabel, type Task } from '../../datasets/dataset.js';
import { isPositive, type ScoredPart, type Scores } from './scores.js';

const LOWEST = 0.05;
const HIGHEST = 20;
/** A probability closer to 0, and of a label to 1, says no more than a float32 can hold. */
const LEAST = 1e-37;
const LEAST_OF_LABEL = 2 ** -25;

/** Logits up to a constant an image: what a softmax or sigmoid made the probabilities of. */
function logits(task: Task, { values }: Scores): Float64Array {
  if (!isMultiLabel(task)) return Float64Array.from(values, (p) => Math.log(Math.max(p, LEAST)));
  return Float64Array.from(values, (p) => {
    const inside = Math.min(1 - LEAST_OF_LABEL, Math.max(p, LEAST));
    return Math.log(inside / (1 - inside));
  });
}

/** Probabilities with their logits divided by a temperature (Guo et al. 2017). */
export function withTemperature(task: Task, scores: Scores, temperature: number): Scores {
  return { ...scores, values: softened(task, scores, logits(task, scores), temperature) };
}

function softened(task: Task, { count, outputs }: Scores, z: Float64Array, temperature: number): Float64Array {
  if (isMultiLabel(task)) return z.map((value) => 1 / (1 + Math.exp(-value / temperature)));
  const result = new Float64Array(z.length);
  for (let row = 0; row < count * outputs; row += outputs) {
    let largest = -Infinity;
    for (let k = row; k < row + outputs; k++) largest = Math.max(largest, z[k]!);
    let sum = 0;
    for (let k = row; k < row + outputs; k++) sum += result[k] = Math.exp((z[k]! - largest) / temperature);
    for (let k = row; k < row + outputs; k++) result[k]! /= sum;
  }
  return result;
}

/**
 * The temperature with the least cross-entropy, from 0.05 to 20, by golden section: the cross-entropy is convex in its
 * inverse. To be fitted on the validation part.
 */
export function fitTemperature(part: ScoredPart): number {
  const { task, scores } = part;
  const { count, outputs } = scores;
  const z = logits(task, scores);
  const loss = (inverse: number): number => {
    const p = softened(task, scores, z, 1 / inverse);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < outputs; k++) {
        const value = p[i * outputs + k]!;
        if (isPositive(part, i, k)) sum -= Math.log(Math.max(value, 1e-300));
        else if (isMultiLabel(task)) sum -= Math.log(Math.max(1 - value, 1e-300));
      }
    }
    return sum;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1 / HIGHEST, 1 / LOWEST];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  while (high - low > 1e-7) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - ratio * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + ratio * (high - low);
      lossRight = loss(right);
    }
  }
  return 2 / (low + high);
}
