import type { Estimated } from '../../statistics/mean-of-trainings.js';
import type { Parameters, Row } from '../database.js';
import { fromNumber, toNumber, toNumberAlways } from '../values.js';

/** A figure with its interval in three columns: `name`, `name_low`, `name_high`. */
export const estimatedColumns = (name: string): string => `${name}, ${name}_low, ${name}_high`;

export function estimatedOf(row: Row, name: string): Estimated {
  const [low, high] = [toNumber(row[`${name}_low`]), toNumber(row[`${name}_high`])];
  return { value: toNumberAlways(row[name]), interval: low === null || high === null ? null : [low, high] };
}

export function estimatedParameters(name: string, { value, interval }: Estimated): Parameters {
  return { [name]: fromNumber(value), [`${name}Low`]: interval?.[0] ?? null, [`${name}High`]: interval?.[1] ?? null };
}
