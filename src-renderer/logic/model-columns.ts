import type { MajorityVote, ModelSummary } from '../../src-main/ipc/contract.js';
import * as columns from '../../src-main/display/model-columns.js';
import { WINDOW } from './run-columns.js';
import type { TableColumn } from './table-columns.js';

export type { ModelColumnKey } from '../../src-main/display/model-columns.js';

type Key = columns.ModelColumnKey;

interface Sorted {
  /** By what it is sorted; undefined is not known, and last. */
  readonly value: (model: ModelSummary) => number | string | undefined;
}

export interface ModelColumn extends TableColumn<Key>, Sorted {
  readonly text: (model: ModelSummary) => string;
  /** What always saying the most frequent class reaches. */
  readonly majority?: (vote: MajorityVote) => string;
}

const IMAGES = 'On the test set, with the 95 % interval for its images.';
const USUAL =
  'For the most probable class, so that models are comparable; the operating point is on the page of the model.';

/** How each column stands in the window. */
const LAYOUT: { readonly [K in Key]: Omit<TableColumn, 'key' | 'name' | 'number'> & Sorted } = {
  model: { kept: true, width: 56, rank: 0, value: ({ model }) => model },
  name: { kept: true, grows: true, width: 184, rank: 0, value: ({ name }) => name.toLowerCase() },
  seed: { width: 58, rank: 5, value: ({ seed }) => seed },
  balancedAccuracy: {
    term: 'balanced-accuracy',
    width: 156,
    rank: 1,
    hint: `Mean of the sensitivities of all classes. ${IMAGES}`,
    value: ({ test }) => test.balancedAccuracy.value,
  },
  sensitivity: {
    term: 'sensitivity',
    width: 168,
    rank: 2,
    hint: `Share of the images with the finding that are detected. ${USUAL} ${IMAGES}`,
    value: ({ test }) => test.finding?.sensitivity.value,
  },
  specificity: {
    term: 'sensitivity',
    width: 168,
    rank: 3,
    hint: `Share of the images without the finding that are recognised as such. ${USUAL} ${IMAGES}`,
    value: ({ test }) => test.finding?.specificity.value,
  },
  auc: { term: 'auc', width: 156, rank: 4, hint: IMAGES, value: ({ test }) => test.auc.value },
  accuracy: { term: 'accuracy', width: 166, rank: 8, hint: IMAGES, value: ({ test }) => test.accuracy.value },
  parameters: { term: 'parameters', width: 106, rank: 2, value: ({ parameters }) => parameters },
  macs: {
    term: 'macs',
    width: 108,
    rank: 7,
    hint: 'Multiply-accumulate operations per image',
    value: ({ multiplyAccumulates }) => multiplyAccumulates ?? undefined,
  },
  weights: {
    width: 88,
    rank: 9,
    hint: 'Weights of the exported ONNX network: float32, batch normalisation folded in; the file is a few kB larger',
    value: ({ weightBytes }) => weightBytes ?? undefined,
  },
  time: {
    width: 84,
    rank: 6,
    hint: 'Median time per image on this computer with onnxruntime, batch size 1; measured on request',
    value: ({ timing }) => timing?.milliseconds,
  },
  recipe: {
    width: 180,
    rank: 10,
    hint: 'Epochs, batch size and all settings that differ from the defaults',
    value: ({ recipe }) => recipe?.epochs,
  },
  method: { width: 108, rank: 12, hint: 'Method of the search that found the architecture', value: columns.methodText },
  budget: {
    width: 128,
    rank: 13,
    hint: 'Number of parameters that the search was allowed',
    value: ({ origin }) => origin?.budget.upper,
  },
  run: { width: 88, rank: 15, value: ({ run }) => run },
  createdAt: { width: 138, rank: 11, value: ({ createdAt }) => createdAt },
  tags: { width: 120, rank: 14, value: ({ tags }) => tags.join(' ').toLowerCase() || undefined },
};

/** Columns of the leaderboard; `models list` on the command line has the same and the dataset. */
export const MODEL_COLUMNS: readonly ModelColumn[] = columns.MODEL_COLUMNS.map(({ text, majority, ...column }) => ({
  ...column,
  ...LAYOUT[column.key],
  text: (model) => text(model, WINDOW),
  ...(majority && { majority: (vote: MajorityVote) => majority(vote, WINDOW) }),
}));
