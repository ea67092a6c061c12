import { openBundle } from '../bundle/open-bundle.js';
import { predict, type FailedPrediction, type ImagePrediction } from '../bundle/predict.js';

/** Classifies images with the network of a bundle; a bad image gives its own error. @throws as `openBundle` */
export async function predictImages(
  bundleFolder: string,
  images: readonly string[],
): Promise<(ImagePrediction | FailedPrediction)[]> {
  const bundle = await openBundle(bundleFolder);
  try {
    return await predict(bundle, images);
  } finally {
    await bundle.session.release();
  }
}
