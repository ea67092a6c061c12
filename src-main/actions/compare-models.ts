import { UserError } from '../errors.js';
import type { ModelRecord, ReadableHistory } from '../history/interface.js';
import type { ComparedModel, ComparisonRequest, MajorityRequest } from '../jobs/model-comparison.js';
import type { PartDiagnostics } from '../vocabulary/diagnostics.js';
import type { ModelSummary } from '../vocabulary/model.js';
import type { ModelComparison } from '../vocabulary/model-comparison.js';
import { findingOf } from './finding.js';

export interface ComparisonContext {
  readonly history: ReadableHistory;
  /** In this process or in another one: `compareModelFiles` of `jobs/model-comparison.ts`. */
  readonly compare: (request: ComparisonRequest) => Promise<ModelComparison>;
}

/**
 * The paired difference of two models that were measured on the same file: first minus second.
 * @throws UserError `model-unknown`, `compare-same`, `compare-dataset`, and what `compare` refuses
 */
export function compareModels(
  { history, compare }: ComparisonContext,
  first: number,
  second: number,
): Promise<ModelComparison> {
  if (first === second) {
    throw new UserError('compare-same', `Model ${first} cannot be compared with itself: name two models.`);
  }
  const [a, b] = [history.getModel(first), history.getModel(second)];
  if (a.summary.sha256 !== b.summary.sha256) {
    throw new UserError(
      'compare-dataset',
      `Model ${first} was measured on ${fileOf(a.summary)} and model ${second} on ${fileOf(b.summary)}: only models of the same dataset file can be compared.`,
    );
  }
  return compare({ first: compared(history, a), second: compared(history, b), ...subjectOf(history, a) });
}

const fileOf = ({ dataset, sha256 }: ModelSummary): string => `${dataset} (SHA-256 ${sha256.slice(0, 8)})`;

function compared(history: ReadableHistory, { summary, file }: ModelRecord): ComparedModel {
  const { model, run } = summary;
  const siblings = history
    .listModels(run)
    .map((sibling) => ({ model: history.getModel(sibling.model).file, number: sibling.model }))
    .sort((one, other) => one.number - other.number);
  return { model: file, number: model, run, siblings };
}

/** Labels and finding of the dataset of a model. */
export function subjectOf(
  history: ReadableHistory,
  { summary: { dataset: name, sha256 }, result }: ModelRecord,
): { readonly labels: readonly string[]; readonly finding: number | null } {
  const labels = result.metrics.test.perClass.map(({ label }) => label);
  return { labels, finding: findingOf(history, { name, sha256, labels }) };
}

/** Newest models that are asked for kept predictions; older ones have them no more likely. */
const MOST_ASKED = 50;

/**
 * What always saying the most frequent class reaches on the test part of a dataset file.
 * @param determine in this process or in another one: `majorityOf` of `jobs/model-comparison.ts`
 * @returns null where no model on this file has kept its predictions
 */
export async function majorityVoteOn(
  {
    history,
    determine,
  }: {
    readonly history: ReadableHistory;
    readonly determine: (request: MajorityRequest) => Promise<PartDiagnostics['majority'] | null>;
  },
  sha256: string,
): Promise<PartDiagnostics['majority'] | null> {
  const records = history
    .listModels()
    .filter((model) => model.sha256 === sha256)
    .slice(0, MOST_ASKED)
    .map(({ model }) => history.getModel(model));
  const [newest] = records;
  return newest ? determine({ models: records.map(({ file }) => file), ...subjectOf(history, newest) }) : null;
}
