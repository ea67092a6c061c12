import { UserError } from '../errors.js';
import { isMultiLabel, type Task } from '../datasets/dataset.js';
import { decideAt } from '../training/metrics/decide.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';
import type { Classifier } from './classifier.js';
import { SESSION_BATCH } from './onnx-session.js';
import { prepareImage } from './prepare-image.js';

export interface LabelProbability {
  readonly label: string;
  readonly probability: number;
}

/** What a network says of one image. */
export interface ImagePrediction {
  /** The file; `file[3]` for the fourth image of an array or of a file with several. */
  readonly image: string;
  /** How the image was brought to size. */
  readonly preparation: string;
  /** What is said at the operating point; without one the most probable label, or all labels above 0.5 of a multi-label task. */
  readonly predicted: readonly string[];
  /** In label order. */
  readonly probabilities: readonly LabelProbability[];
  /** After calibration; null where the network has no such output. */
  readonly calibrated: readonly LabelProbability[] | null;
  readonly operatingPoint: OperatingPoint | null;
}

/** An image that could not be classified; the others are. */
export interface FailedPrediction {
  readonly image: string;
  readonly error: { readonly kind: string; readonly message: string };
}

/**
 * Classifies image files (PNG, JPEG, TIFF, BMP, WebP, DICOM, `.npy`), one after the other. A bad image gives its own error and stops nothing.
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
  const { pixelRule, labels, task, session, operatingPoint } = classifier;
  const { count, planes, preparations } = await prepareImage(file, pixelRule);
  const length = planes.length / count;
  const predictions: ImagePrediction[] = [];
  for (let start = 0; start < count; start += SESSION_BATCH) {
    const images = Math.min(SESSION_BATCH, count - start);
    const said = await session.runAll(planes.slice(start * length, (start + images) * length), images);
    for (let i = 0; i < images; i++) {
      const ofImage = (scores: Float32Array): LabelProbability[] =>
        labels.map((label, k) => ({ label, probability: scores[i * labels.length + k]! }));
      const probabilities = ofImage(said.probabilities);
      predictions.push({
        image: count === 1 ? file : `${file}[${String(start + i)}]`,
        preparation: preparations[start + i] ?? preparations[0]!,
        predicted: predictedOf(probabilities, task, operatingPoint),
        probabilities,
        calibrated: said.calibrated && ofImage(said.calibrated),
        operatingPoint,
      });
    }
  }
  return predictions;
}

function predictedOf(
  probabilities: readonly LabelProbability[],
  task: Task,
  operatingPoint: OperatingPoint | null,
): readonly string[] {
  if (operatingPoint) {
    const values = probabilities.map(({ probability }) => probability);
    return decideAt(operatingPoint, task, values).map((k) => probabilities[k]!.label);
  }
  const best = probabilities.reduce((a, b) => (b.probability > a.probability ? b : a));
  const said = isMultiLabel(task) ? probabilities.filter(({ probability }) => probability > 0.5) : [best];
  return said.map(({ label }) => label);
}
