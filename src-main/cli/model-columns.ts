import { MODEL_COLUMNS as COLUMNS } from '../display/model-columns.js';
import type { PartDiagnostics } from '../vocabulary/diagnostics.js';
import type { ModelSummary } from '../vocabulary/model.js';
import { TERMINAL } from './figure-text.js';
import { table } from './output.js';

type MajorityVote = PartDiagnostics['majority'];

interface ModelColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly text: (model: ModelSummary) => string;
  /** What always saying the most frequent class reaches. */
  readonly majority?: (vote: MajorityVote) => string;
}

const DATASET: ModelColumn = { name: 'Dataset', text: ({ dataset }) => dataset };

/** Columns of `models list`: those of the window's leaderboard, and the dataset, which the window has above. */
export const MODEL_COLUMNS: readonly ModelColumn[] = COLUMNS.flatMap(({ key, text, majority, ...column }) => {
  const written: ModelColumn = {
    ...column,
    text: (model) => text(model, TERMINAL),
    ...(majority && { majority: (vote: MajorityVote) => majority(vote, TERMINAL) }),
  };
  return key === 'seed' ? [written, DATASET] : [written];
});

/** @param majority of the dataset, when it is known: a line of its own at the end */
export function modelTable(models: readonly ModelSummary[], majority: MajorityVote | null): string[] {
  const rows = models.map((model) => MODEL_COLUMNS.map(({ text }) => text(model)));
  const vote = majority ? [MODEL_COLUMNS.map((column) => column.majority?.(majority) ?? '')] : [];
  return table(
    [MODEL_COLUMNS.map(({ name }) => name), ...rows, ...vote],
    MODEL_COLUMNS.map(({ number }) => number === true),
  );
}
