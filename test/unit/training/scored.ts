import type { Subjects, Task } from '../../../src-main/datasets/dataset.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';

/** Scores, row-major images × outputs, with their truth: a class number, or 0 and 1 of each label. */
export function scored(task: Task, outputs: number, truth: readonly number[], scores: readonly number[]): ScoredPart {
  const count = scores.length / outputs;
  return {
    task,
    scores: { count, outputs, values: Float64Array.from(scores) },
    truth: { count, labelsPerImage: truth.length / count, values: Uint8Array.from(truth) },
  };
}

/** A binary part from the probability of class 0 and the truth of each image. */
export function twoClasses(images: readonly (readonly [probabilityOfFirst: number, truth: 0 | 1])[]): ScoredPart {
  return scored(
    'binary-class',
    2,
    images.map(([, truth]) => truth),
    images.flatMap(([p]) => [p, 1 - p]),
  );
}

/** A part of which it is known whose images it has. */
export function ofSubjects(part: ScoredPart, subjects: Partial<Subjects>): ScoredPart {
  return { ...part, truth: { ...part.truth, subjects: { patients: null, groupings: [], ...subjects } } };
}
