import type { Task } from '../datasets/dataset.js';
import { foldNetwork } from '../training/folding.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';
import { pixelRuleOf, readModel, type Model } from '../training/model-file.js';
import type { PixelRule } from '../vocabulary/pixel-rule.js';
import { OnnxSession, type ImageShape } from './onnx-session.js';
import { writeOnnx } from './onnx-writer.js';

/** A network that can be asked: from a bundle or from a model file. Release the session after use. */
export interface Classifier {
  readonly labels: readonly string[];
  readonly task: Task;
  readonly shape: ImageShape;
  /** How the file of an image becomes what the network takes. */
  readonly pixelRule: PixelRule;
  readonly session: OnnxSession;
  /** Where it decides for the finding; null: it says the most probable class. */
  readonly operatingPoint: OperatingPoint | null;
}

export function imageShape(model: Model): ImageShape {
  const { space, size } = model.description;
  return { channels: space.inputChannels, size, outputs: space.classes };
}

/** Opens a model file of a retraining for prediction, without an export. @throws UserError as `readModel` */
export async function openModelFile(
  path: string,
  threads = 0,
  operatingPoint: OperatingPoint | null = null,
): Promise<Classifier> {
  const model = await readModel(path);
  const { labels, task } = model.description;
  const bytes = writeOnnx(foldNetwork(model.plan, model.weights), model.description, {});
  const shape = imageShape(model);
  const pixelRule = pixelRuleOf(model.description);
  return {
    labels,
    task,
    shape,
    pixelRule,
    operatingPoint,
    session: await OnnxSession.open(bytes, path, shape, threads),
  };
}
