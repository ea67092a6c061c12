import { UserError } from '../errors.js';
import type { ReadableHistory, WritableHistory } from '../history/interface.js';
import type { ChoosingRule, DiagnosisRequest, OperatingPointRequest } from '../jobs/model-diagnosis.js';
import type { Diagnostics } from '../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';
import { findingOf } from './finding.js';

/** What a model's figures are about: finding and operating point as they are kept today. @throws UserError `model-unknown` */
export function diagnosisRequest(history: ReadableHistory, model: number): DiagnosisRequest {
  const { file, summary, result } = history.getModel(model);
  const { name, sha256 } = history.getRun(summary.run).dataset;
  const labels = result.metrics.test.perClass.map(({ label }) => label);
  const finding = findingOf(history, { name, sha256, labels });
  return { model: file, number: model, labels, finding, operatingPoint: history.operatingPoint(model) };
}

/**
 * Headline figures, ROC with operating point, calibration and confusion of a model, on validation and test part.
 * @param diagnose in this process or in another one: `diagnoseModel` of `jobs/model-diagnosis.ts`
 * @throws UserError `model-unknown`, and what `diagnose` refuses
 */
export function modelDiagnostics(
  {
    history,
    diagnose,
  }: {
    readonly history: ReadableHistory;
    readonly diagnose: (request: DiagnosisRequest) => Promise<Diagnostics>;
  },
  model: number,
): Promise<Diagnostics> {
  return diagnose(diagnosisRequest(history, model));
}

export interface OperatingPointContext {
  readonly history: WritableHistory;
  /** In this process or in another one: `chooseOnValidation` of `jobs/model-diagnosis.ts`. */
  readonly choose: (request: OperatingPointRequest) => Promise<OperatingPoint>;
}

/**
 * Chooses where a model decides for the finding, on the validation part, and keeps it with the model.
 * @param wanted a rule, a threshold of one's own, or null: none any more
 * @throws UserError `model-unknown`; `operating-point-finding` when no class is the finding; what `choose` refuses
 */
export async function setOperatingPoint(
  { history, choose }: OperatingPointContext,
  model: number,
  wanted: ChoosingRule | { readonly rule: 'threshold'; readonly threshold: number } | null,
): Promise<OperatingPoint | null> {
  const { model: file, labels, finding } = diagnosisRequest(history, model);
  let point: OperatingPoint | null = null;
  if (wanted !== null) {
    const label = finding === null ? undefined : labels[finding];
    if (finding === null || label === undefined) throw withoutFinding(labels);
    point =
      wanted.rule === 'threshold'
        ? { finding, label, rule: { rule: 'threshold' }, threshold: wanted.threshold }
        : await choose({ model: file, number: model, finding, label, rule: wanted });
  }
  history.setOperatingPoint(model, point);
  return point;
}

/** The refusal of what is about the finding where there is none. */
export function withoutFinding(labels: readonly string[], what = 'An operating point needs a finding'): UserError {
  const list = labels.map((label) => `"${label}"`).join(', ');
  const text = (name: string): string => `${what}, and this dataset has none: choose one first ${name} (${list}).`;
  return new UserError('operating-point-finding', text("with 'medforge datasets finding DATASET CLASS'"), {
    inWindow: text('on the page of the dataset'),
  });
}
