import { UserError } from '../errors.js';
import { isMultiLabel } from '../datasets/dataset.js';
import type { Classifier } from './classifier.js';
import { SESSION_BATCH } from './onnx-session.js';
import { prepareImage } from './prepare-image.js';

export interface LabelProbability {
  readonly label: string;
  readonly probability: number;
}

/** What a network says of one image. */
export interface ImagePrediction {
  /** The file; `file[3]` for the fourth image of an array. */
  readonly image: string;
  /** How the image was brought to size. */
  readonly preparation: string;
  /** Most probable label, or all labels above 0.5 of a multi-label task. */
  readonly predicted: readonly string[];
  /** In label order. */
  readonly probabilities: readonly LabelProbability[];
}

/** An image that could not be classified; the others are. */
export interface FailedPrediction {
  readonly image: string;
  readonly error: { readonly kind: string; readonly message: string };
}

/**
 * Classifies image files (PNG, JPEG, `.npy`), one after the other. A bad image gives its own error and stops nothing.
 */
export async function predict(
  classifier: Classifier,
  files: readonly string[],
): Promise<(ImagePrediction | FailedPrediction)[]> {
  const results: (ImagePrediction | FailedPrediction)[] = [];
  for (const file of files) {
    try {
      results.push(...(await predictFile(classifier, file)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      results.push({ image: file, error: { kind: error.kind, message: error.message } });
    }
  }
  return results;
}

/** All images of one file. @throws UserError as `prepareImage` */
export async function predictFile(classifier: Classifier, file: string): Promise<ImagePrediction[]> {
  const { shape, labels, task, session } = classifier;
  const { count, planes, preparation } = await prepareImage(file, shape);
  const length = planes.length / count;
  const predictions: ImagePrediction[] = [];
  for (let start = 0; start < count; start += SESSION_BATCH) {
    const images = Math.min(SESSION_BATCH, count - start);
    const scores = await session.run(planes.slice(start * length, (start + images) * length), images);
    for (let i = 0; i < images; i++) {
      const probabilities = labels.map((label, k) => ({ label, probability: scores[i * labels.length + k]! }));
      const best = probabilities.reduce((a, b) => (b.probability > a.probability ? b : a));
      const predicted = isMultiLabel(task) ? probabilities.filter(({ probability }) => probability > 0.5) : [best];
      predictions.push({
        image: count === 1 ? file : `${file}[${String(start + i)}]`,
        preparation,
        predicted: predicted.map(({ label }) => label),
        probabilities,
      });
    }
  }
  return predictions;
}
