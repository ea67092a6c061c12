import type { Images } from '../datasets/dataset.js';
import type { PairPicture, TwinPair } from '../vocabulary/dataset-health.js';
import { loadExpected, type ExpectedFile } from './dataset-health.js';
import { imageToDataUrl } from './image-png.js';

export interface PairPicturesRequest {
  readonly dataset: ExpectedFile;
  readonly pairs: readonly TwinPair[];
}

/**
 * Pictures of images that are alike, in the order of the pairs.
 * @throws UserError `health-file-changed`, and what reading the dataset refuses
 */
export async function pairPictures({ dataset, pairs }: PairPicturesRequest): Promise<readonly PairPicture[]> {
  const { parts } = await loadExpected(dataset);
  const pictures: PairPicture[] = [];
  for (const { images } of pairs) {
    const [one, other] = images;
    const { largest, picture } = differenceOf(
      imageOf(parts[one.part].images, one.index),
      imageOf(parts[other.part].images, other.index),
    );
    pictures.push({
      images: [
        await imageToDataUrl(parts[one.part].images, one.index),
        await imageToDataUrl(parts[other.part].images, other.index),
      ],
      difference: largest === 0 ? null : { largest, image: await imageToDataUrl(picture, 0) },
    });
  }
  return pictures;
}

function imageOf({ pixels, height, width, channels }: Images, index: number): Images {
  const values = height * width * channels;
  return { count: 1, height, width, channels, pixels: pixels.subarray(index * values, (index + 1) * values) };
}

/** Absolute differences of the pixel values, scaled so that the largest of them is white. */
function differenceOf(a: Images, b: Images): { readonly largest: number; readonly picture: Images } {
  const differences = a.pixels.map((value, p) => Math.abs(value - b.pixels[p]!));
  const largest = differences.reduce((most, value) => Math.max(most, value), 0);
  const pixels = largest === 0 ? differences : differences.map((value) => Math.round((255 * value) / largest));
  return { largest, picture: { ...a, pixels } };
}
