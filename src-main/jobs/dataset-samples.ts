import type { Dataset } from '../datasets/dataset.js';
import { datasetBalance, inspectDataset, loadDataset } from '../datasets/medmnist.js';
import { imageToDataUrl } from './image-png.js';
import type { DatasetSamples } from './tasks.js';

/**
 * Class balance and the first `perClass` training images of each class, as PNG data URLs.
 * For multi-label sets an image stands under each of its labels.
 */
export async function datasetSamples(path: string, perClass: number): Promise<DatasetSamples> {
  const dataset = await loadDataset(path);
  const samples = [];
  for (const [label, name] of dataset.labels.entries()) {
    const images = [];
    for (const index of imagesOf(dataset, label, perClass)) {
      images.push(await imageToDataUrl(dataset.parts.train.images, index));
    }
    samples.push({ label: name, images });
  }
  const { notes } = await inspectDataset(path);
  return { sha256: dataset.sha256, balance: datasetBalance(dataset), notes, samples };
}

function imagesOf(dataset: Dataset, label: number, limit: number): number[] {
  const { values, labelsPerImage, count } = dataset.parts.train.labels;
  const found: number[] = [];
  for (let i = 0; i < count && found.length < limit; i++) {
    const has = labelsPerImage === 1 ? values[i] === label : values[i * labelsPerImage + label] === 1;
    if (has) found.push(i);
  }
  return found;
}
