import type { MajorityVote, ModelSummary } from '../../src-main/ipc/contract.js';
import { dateTime, decimal, integer, NONE, percent } from './format.js';
import { aucText, shareText } from './run-columns.js';
import type { TableColumn } from './table-columns.js';

export type ModelColumnKey =
  | 'model'
  | 'name'
  | 'seed'
  | 'balancedAccuracy'
  | 'sensitivity'
  | 'specificity'
  | 'auc'
  | 'accuracy'
  | 'parameters'
  | 'macs'
  | 'weights'
  | 'time'
  | 'recipe'
  | 'method'
  | 'budget'
  | 'run'
  | 'createdAt'
  | 'tags';

export interface ModelColumn extends TableColumn<ModelColumnKey> {
  readonly text: (model: ModelSummary) => string;
  /** What always saying the most frequent class reaches. */
  readonly majority?: (vote: MajorityVote) => string;
  /** By what it is sorted; undefined is not known, and last. */
  readonly value: (model: ModelSummary) => number | string | undefined;
}

const IMAGES = 'On the test part, with the 95 % interval for its images.';
const USUAL =
  'Of the most probable class, so that models are compared alike; an operating point is on the page of a model.';

/** Columns of the leaderboard; `models list` on the command line has the same and the dataset, which a test holds. */
export const MODEL_COLUMNS: readonly ModelColumn[] = [
  {
    key: 'model',
    name: '#',
    number: true,
    kept: true,
    width: 56,
    rank: 0,
    text: ({ model }) => String(model),
    value: ({ model }) => model,
  },
  {
    ...{ key: 'name', name: 'Name', kept: true, grows: true, width: 200, rank: 0 },
    text: ({ name }) => name,
    value: ({ name }) => name.toLowerCase(),
    majority: ({ label }) => (label === null ? 'Majority vote of each label' : `Majority vote: always “${label}”`),
  },
  {
    key: 'seed',
    name: 'Seed',
    number: true,
    width: 58,
    rank: 5,
    text: ({ seed }) => String(seed),
    value: ({ seed }) => seed,
  },
  {
    ...{
      key: 'balancedAccuracy',
      name: 'Balanced accuracy [95 %]',
      number: true,
      term: 'balanced-accuracy',
      width: 168,
      rank: 1,
    },
    hint: `Mean share of right answers over the classes. ${IMAGES}`,
    text: ({ test }) => shareText(test.balancedAccuracy),
    value: ({ test }) => test.balancedAccuracy.value,
    majority: ({ balancedAccuracy }) => percent(balancedAccuracy),
  },
  {
    ...{ key: 'sensitivity', name: 'Sensitivity [95 %]', number: true, term: 'sensitivity', width: 168, rank: 2 },
    hint: `Share of the finding that is found. ${USUAL} ${IMAGES}`,
    text: ({ test }) => shareText(test.finding?.sensitivity),
    value: ({ test }) => test.finding?.sensitivity.value,
    majority: ({ sensitivity }) => percent(sensitivity),
  },
  {
    ...{ key: 'specificity', name: 'Specificity [95 %]', number: true, term: 'sensitivity', width: 168, rank: 3 },
    hint: `Share of the others that is not taken for the finding. ${USUAL} ${IMAGES}`,
    text: ({ test }) => shareText(test.finding?.specificity),
    value: ({ test }) => test.finding?.specificity.value,
    majority: ({ specificity }) => percent(specificity),
  },
  {
    ...{ key: 'auc', name: 'AUC [95 %]', number: true, term: 'auc', width: 156, rank: 4 },
    hint: IMAGES,
    text: ({ test }) => aucText(test.auc),
    value: ({ test }) => test.auc.value,
    majority: () => '0.500',
  },
  {
    ...{ key: 'accuracy', name: 'Accuracy [95 %]', number: true, term: 'accuracy', width: 166, rank: 8 },
    hint: IMAGES,
    text: ({ test }) => shareText(test.accuracy),
    value: ({ test }) => test.accuracy.value,
    majority: ({ accuracy }) => percent(accuracy),
  },
  {
    ...{ key: 'parameters', name: 'Parameters', number: true, term: 'parameters', width: 106, rank: 2 },
    text: ({ parameters }) => integer(parameters),
    value: ({ parameters }) => parameters,
    majority: () => '0',
  },
  {
    ...{ key: 'macs', name: 'MACs', number: true, term: 'macs', width: 108, rank: 7 },
    hint: 'Multiply-accumulates of one image',
    text: ({ multiplyAccumulates }) => integer(multiplyAccumulates),
    value: ({ multiplyAccumulates }) => multiplyAccumulates ?? undefined,
  },
  {
    ...{ key: 'weights', name: 'Weights, kB', number: true, width: 88, rank: 9 },
    hint: 'Weights of the exported ONNX network: float32, batch norms folded; the file has a few kB more',
    text: ({ weightBytes }) => (weightBytes === null ? NONE : decimal(weightBytes / 1000, 1)),
    value: ({ weightBytes }) => weightBytes ?? undefined,
  },
  {
    ...{ key: 'time', name: 'ms an image', number: true, width: 84, rank: 6 },
    hint: 'Median time of one image on this machine, alone in its batch, in onnxruntime; measured when it is asked for',
    text: ({ timing }) => decimal(timing?.milliseconds, 2),
    value: ({ timing }) => timing?.milliseconds,
  },
  {
    ...{ key: 'recipe', name: 'Recipe', width: 180, rank: 10 },
    hint: 'Epochs, batch, and what is not as it is by default',
    text: ({ recipeText }) => recipeText ?? NONE,
    value: ({ recipe }) => recipe?.epochs,
  },
  {
    ...{ key: 'method', name: 'Method', width: 108, rank: 12 },
    hint: 'Of the search that found the architecture',
    text: methodText,
    value: methodText,
  },
  {
    ...{ key: 'budget', name: 'Budget', number: true, width: 128, rank: 13 },
    hint: 'Parameters that the search was allowed',
    text: ({ origin }) => (origin ? `${integer(origin.budget.lower)}..${integer(origin.budget.upper)}` : NONE),
    value: ({ origin }) => origin?.budget.upper,
  },
  {
    key: 'run',
    name: 'Retraining',
    number: true,
    width: 88,
    rank: 15,
    text: ({ run }) => String(run),
    value: ({ run }) => run,
  },
  {
    ...{ key: 'createdAt', name: 'Trained', width: 138, rank: 11 },
    text: ({ createdAt }) => dateTime(createdAt),
    value: ({ createdAt }) => createdAt,
  },
  {
    ...{ key: 'tags', name: 'Tags', width: 120, rank: 14 },
    text: ({ tags }) => tags.join(' '),
    value: ({ tags }) => tags.join(' ').toLowerCase() || undefined,
  },
];

function methodText({ origin, searchRun }: ModelSummary): string {
  return origin?.method ?? (searchRun === null ? 'by hand' : NONE);
}
