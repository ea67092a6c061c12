import { UserError } from '../errors.js';
import { diagnose, type Predictions } from '../training/metrics/diagnostics.js';
import { chooseOperatingPoint } from '../training/metrics/operating-point.js';
import { readPredictions } from '../training/predictions-file.js';
import type { Diagnostics } from '../vocabulary/diagnostics.js';
import type { OperatingPoint, OperatingRule } from '../vocabulary/operating-point.js';

export interface DiagnosisRequest {
  /** The model file of a retraining. */
  readonly model: string;
  /** Number of the model in the history, for messages. */
  readonly number: number;
  readonly labels: readonly string[];
  readonly finding: number | null;
  readonly operatingPoint: OperatingPoint | null;
}

/** All figures of a model from its kept predictions. @throws UserError `predictions-missing`, `predictions-unreadable` */
export async function diagnoseModel({ model, number, ...choices }: DiagnosisRequest): Promise<Diagnostics> {
  return diagnose(await requirePredictions(model, number), choices);
}

/** A rule that chooses a threshold. */
export type ChoosingRule = Exclude<OperatingRule, { rule: 'threshold' }>;

export interface OperatingPointRequest {
  readonly model: string;
  readonly number: number;
  readonly finding: number;
  readonly label: string;
  readonly rule: ChoosingRule;
}

/** @throws UserError as `diagnoseModel`, `operating-point-images` */
export async function chooseOnValidation(request: OperatingPointRequest): Promise<OperatingPoint> {
  const { model, number, finding, label, rule } = request;
  const { validation } = await requirePredictions(model, number);
  return chooseOperatingPoint(validation, finding, label, rule);
}

/** @throws UserError `predictions-missing`, `predictions-unreadable` */
export async function requirePredictions(model: string, number: number): Promise<Predictions> {
  const predictions = await readPredictions(model);
  if (predictions) return predictions;
  const text = (evaluate: string): string =>
    `Model ${number} comes from a version that did not store predictions, so balanced accuracy, operating point and calibration are unknown: evaluate it again (${evaluate}).`;
  throw new UserError('predictions-missing', text(`'medforge evaluate ${number}'`), {
    inWindow: text('on its page under Models'),
  });
}
