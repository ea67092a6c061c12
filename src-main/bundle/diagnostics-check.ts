import { join } from 'node:path';
import { UserError } from '../errors.js';
import { balancedAccuracy } from '../training/metrics/balanced-accuracy.js';
import { decisionAt } from '../training/metrics/decision.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { fitTemperature } from '../training/metrics/temperature.js';
import { at, json, type OpenBundle } from './open-bundle.js';
import { decodePredictions } from './predictions-csv.js';

export const PREDICTIONS = 'docs/test_predictions.csv';
export const VALIDATION_PREDICTIONS = 'docs/validation_predictions.csv';

/** Largest relative difference of a temperature that was fitted to another runtime's probabilities. */
const TEMPERATURE_TOLERANCE = 1e-3;

/**
 * Computes again what docs/metrics.json says of balanced accuracy, operating point and temperature, from the predictions of
 * validation and test part. Bundles of before there were such figures have none.
 * @returns a line for each thing that was checked
 * @throws UserError `bundle-content`
 */
export function checkDiagnostics(bundle: OpenBundle, test: ScoredPart): readonly string[] {
  const { files, task, shape, labels, temperature, operatingPoint } = bundle;
  const named = (path: string): string => join(files.folder, path);
  const stated = at(json(files, 'docs/metrics.json'), ['diagnostics']);
  if (stated === undefined || temperature === null) return [];
  const validation = decodePredictions(
    files.readText(VALIDATION_PREDICTIONS),
    named(VALIDATION_PREDICTIONS),
    task,
    shape.outputs,
  );
  const differs = (what: string, says: unknown, computed: unknown, path = 'docs/metrics.json'): UserError =>
    new UserError(
      'bundle-content',
      `${named(path)} states ${what} ${String(says)}, but the predictions give ${String(computed)}: export the model again`,
    );
  const fitted = fitTemperature(validation);
  if (Math.abs(fitted / temperature - 1) > TEMPERATURE_TOLERANCE) {
    throw differs('the temperature', temperature, fitted, 'configs/calibration.json');
  }
  const lines = [`temperature ${temperature.toFixed(3)} agrees with the validation set`];
  for (const [part, name, key] of [
    [validation, 'val', 'validation'],
    [test, 'test', 'test'],
  ] as const) {
    const { value, missing } = balancedAccuracy(part, labels, name);
    const says = at(stated, [key, 'balancedAccuracy', 'value']);
    const same = missing === null ? typeof says === 'number' && Math.abs(says - value) < 1e-9 : says === null;
    if (!same) throw differs(`the balanced accuracy (${key})`, says, missing ?? value);
    if (!operatingPoint) continue;
    const decision = decisionAt(part, operatingPoint, name);
    for (const count of ['truePositives', 'falseNegatives', 'trueNegatives', 'falsePositives'] as const) {
      const kept = at(stated, [key, 'finding', 'atOperatingPoint', count]);
      if (kept !== decision[count]) throw differs(`${count} at the operating point (${key})`, kept, decision[count]);
    }
  }
  lines.push('balanced accuracy agrees with the probabilities of the validation and test sets');
  if (operatingPoint) lines.push(`so do the decisions at the operating point, ${operatingPoint.threshold.toFixed(4)}`);
  return lines;
}
