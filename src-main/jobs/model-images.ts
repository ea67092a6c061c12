import { useBackend } from '../compute/index.js';
import { isMultiLabel, type Dataset, type Images, type Labels, type Part } from '../datasets/dataset.js';
import { loadReferenced } from '../datasets/library.js';
import { findTwins, type FoundTwin } from '../datasets/twins.js';
import { UserError } from '../errors.js';
import { activationMaps } from '../training/activation-maps.js';
import { InferenceNetwork } from '../training/inference-network.js';
import { calibrationSubject } from '../training/metrics/calibration.js';
import { saidOf, selectImages, type SelectedImage } from '../training/metrics/select-images.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { selectionSentence } from '../training/metrics/selection-sentence.js';
import { fitTemperature } from '../training/metrics/temperature.js';
import { readModel } from '../training/model-file.js';
import { turnOf, type Turn } from '../training/turn.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { ImagePage, ImageQuestion, ShownImage, Twin } from '../vocabulary/image-page.js';
import type { ActivationMaps } from '../vocabulary/prediction.js';
import { imageToDataUrl } from './image-png.js';
import { requirePredictions } from './model-diagnosis.js';
import type { TaskProgress } from './task-progress.js';

/** Of more twins the most alike are told. */
const MOST_TWINS = 6;

export interface ImagesRequest {
  /** The model file of a retraining. */
  readonly model: string;
  /** Number of the model and of its run in the history, for messages. */
  readonly number: number;
  readonly run: number;
  /** In class order. */
  readonly labels: readonly string[];
  readonly finding: number | null;
  /** What the model was trained on. */
  readonly dataset: DatasetReference;
  readonly question: ImageQuestion;
  /** With the pictures and the class activation maps. */
  readonly pictures: boolean;
}

/**
 * A page of the images behind a figure of a model, from its kept predictions and the file of its dataset.
 * @throws UserError `predictions-missing`, `predictions-unreadable`, `selection-class`, `selection-cell`, `dataset-missing`,
 * `dataset-changed`, `predictions-dataset`; what reading the dataset or the model refuses
 */
export async function readModelImages(
  request: ImagesRequest,
  progress: (progress: TaskProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ImagePage> {
  const { model, number, labels, finding, question, pictures } = request;
  const { selection, from } = question;
  const turn = turnOf(signal);
  const say = (step: string, done: number): void => progress({ step, done, total: 3 });
  const predictions = await requirePredictions(model, number);
  const part = predictions[question.part === 'val' ? 'validation' : 'test'];
  const calibrated = selection.by === 'bin' && selection.calibrated;
  const temperature = calibrated ? fitTemperature(predictions.validation) : 1;
  const selected = selectImages(part, selection, { finding, temperature });
  const shown = selected.images.slice(from, from + question.count);

  say('reading the images', 0);
  const dataset = await datasetOf(request, signal);
  requireSamePart(part, dataset.parts[question.part].labels, request);
  say('searching for twins', 1);
  const places = shown.map(({ index }) => ({ part: question.part, index }));
  const twins = await findTwins(dataset.parts, places, turn);
  if (pictures) say('computing class activation maps', 2);
  const images = dataset.parts[question.part].images;
  const maps = pictures ? await mapsOf(model, images, shown, turn) : null;

  const at = 'at' in selection ? selection.at : null;
  const { outputs } = part.scores;
  const describe = async (image: SelectedImage, n: number): Promise<ShownImage> => ({
    ...image,
    image: pictures ? await imageToDataUrl(images, image.index) : null,
    truth: truthOf(dataset, question.part, image.index),
    said: saidOf(part, image.index, at),
    probabilities: Array.from(selected.scores.values.subarray(image.index * outputs, (image.index + 1) * outputs)),
    twins: await Promise.all(
      twins[n]!.slice(0, MOST_TWINS).map((twin) =>
        describeTwin(dataset, twin, truthOf(dataset, question.part, image.index), pictures),
      ),
    ),
    twinCount: twins[n]!.length,
    activation: maps?.[n] ?? null,
  });
  const described: ShownImage[] = [];
  for (const [n, image] of shown.entries()) described.push(await describe(image, n));
  const sentence = selectionSentence({
    ...{ part: question.part, selection, labels, finding, of: selected.of, total: selected.images.length },
    calibrationOf: calibrationSubject(part, finding),
    multiLabel: isMultiLabel(part.task),
  });
  return { sentence, labels, from, total: selected.images.length, images: described };
}

async function describeTwin(
  dataset: Dataset,
  { part, index, correlation, identical }: FoundTwin,
  ofImage: readonly number[],
  pictures: boolean,
): Promise<Twin> {
  const truth = truthOf(dataset, part, index);
  return {
    ...{ part, index, correlation, identical, truth },
    image: pictures ? await imageToDataUrl(dataset.parts[part].images, index) : null,
    otherLabel: truth.join() !== ofImage.join(),
  };
}

function truthOf(dataset: Dataset, part: Part, index: number): readonly number[] {
  const { values, labelsPerImage } = dataset.parts[part].labels;
  if (!isMultiLabel(dataset.task)) return [values[index]!];
  const own = values.subarray(index * labelsPerImage, (index + 1) * labelsPerImage);
  return Array.from(own, (_, k) => k).filter((k) => own[k] === 1);
}

/** Class activation maps of each image, exact: the network ends with a global pool and a linear layer. */
async function mapsOf(
  file: string,
  images: Images,
  shown: readonly SelectedImage[],
  turn: Turn,
): Promise<ActivationMaps[]> {
  if (shown.length === 0) return [];
  const model = await readModel(file);
  await useBackend('native', { threads: 1 });
  const network = new InferenceNetwork(model.plan, model.weights);
  const maps = [];
  try {
    for (const { index } of shown) {
      maps.push(
        await activationMaps(network, planesOf(images, index), { size: images.height, channels: images.channels }),
      );
      await turn();
    }
  } finally {
    network.dispose();
  }
  return maps;
}

/** C × H × W from 0 to 1. */
function planesOf({ pixels, height, width, channels }: Images, index: number): Float32Array {
  const places = height * width;
  const from = index * places * channels;
  return Float32Array.from(
    { length: places * channels },
    (_, p) => pixels[from + (p % places) * channels + Math.floor(p / places)]! / 255,
  );
}

async function datasetOf(
  { number, run, dataset: reference }: ImagesRequest,
  signal: AbortSignal | undefined,
): Promise<Dataset> {
  const refuse = (kind: string, wrong: string, cause: unknown): UserError => {
    const text = (find: string): string =>
      `Model ${number} shows images of its dataset file ${reference.path}, which ${wrong}: put it back, connect its drive, or find it (${find}).`;
    return new UserError(kind, text(`'medforge runs find-dataset ${run} FILE'`), {
      cause,
      inWindow: text(`“Find the file…” on the page of retraining ${run}`),
    });
  };
  try {
    return await loadReferenced(reference, signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.kind === 'dataset-changed') {
      throw refuse('dataset-changed', 'has changed since the model was trained', error);
    }
    if (error.kind === 'file-missing') throw refuse('dataset-missing', 'is missing', error);
    if (error.kind === 'file-unreadable' || error.kind === 'file-not-regular') {
      throw refuse('dataset-missing', 'cannot be read', error);
    }
    throw error;
  }
}

/** @throws UserError `predictions-dataset` */
function requireSamePart({ truth }: ScoredPart, labels: Labels, { number }: ImagesRequest): void {
  if (truth.count === labels.count && Buffer.compare(truth.values, labels.values) === 0) return;
  const text = `The stored predictions of model ${number} do not belong to the images of its dataset: evaluate it again`;
  throw new UserError('predictions-dataset', `${text} ('medforge evaluate ${number}').`, { inWindow: `${text}.` });
}
