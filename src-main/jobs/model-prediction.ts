import { imageShape, openModelFile } from '../bundle/classifier.js';
import { predictFile } from '../bundle/predict.js';
import { prepareImage, toPng } from '../bundle/prepare-image.js';
import { useBackend } from '../compute/index.js';
import { UserError } from '../errors.js';
import { activationMaps } from '../training/activation-maps.js';
import { InferenceNetwork } from '../training/inference-network.js';
import { readModel } from '../training/model-file.js';
import type { ActivationMaps, Prediction } from '../vocabulary/prediction.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';

/** Height and width of the picture that shows what the network saw. */
const SHOWN = 224;

/** Classifies the first image of a file with a trained model, without an export. */
export async function predictWithModel(
  model: string,
  image: string,
  operatingPoint: OperatingPoint | null,
): Promise<Prediction> {
  const classifier = await openModelFile(model, 0, operatingPoint);
  try {
    const { planes, count } = await prepareImage(image, classifier.pixelRule);
    const [prediction] = await predictFile(classifier, image);
    if (!prediction) throw new UserError('image-shape', `${image} contains no image: choose another file`);
    const seen = planes.slice(0, planes.length / count);
    const png = await toPng(seen, classifier.shape, Math.max(SHOWN, classifier.shape.size));
    return {
      image: `data:image/png;base64,${png.toString('base64')}`,
      probabilities: prediction.probabilities,
      preparation: prediction.preparation,
      predicted: prediction.predicted,
      activation: await activationOf(model, seen),
    };
  } finally {
    await classifier.session.release();
  }
}

async function activationOf(path: string, planes: Float32Array): Promise<ActivationMaps> {
  const model = await readModel(path);
  await useBackend('native', { threads: 1 });
  const network = new InferenceNetwork(model.plan, model.weights);
  try {
    return await activationMaps(network, planes, imageShape(model));
  } finally {
    network.dispose();
  }
}
