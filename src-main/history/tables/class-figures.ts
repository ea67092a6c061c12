import { meanOfTrainings, type Estimated } from '../../statistics/mean-of-trainings.js';
import type { FindingFigures } from '../../vocabulary/run.js';
import type { ReadableDatabase } from '../database.js';
import { all } from '../database.js';
import { text, toNumber } from '../values.js';

/*
 * Sensitivity and specificity of every class on the test part, beside the other figures of a list. Which of the classes is the
 * finding is decided when the list is read, so that another finding needs no other row.
 */

/** Of one class, or label, against the rest. */
export interface ClassFigures {
  readonly label: string;
  readonly sensitivity: Estimated;
  readonly specificity: Estimated;
}

interface MeasuredClass {
  readonly label: string;
  readonly sensitivity: number;
  readonly specificity: number;
  readonly sensitivityInterval: Estimated['interval'];
  readonly specificityInterval: Estimated['interval'];
}

export const classFigures = (perClass: readonly MeasuredClass[]): ClassFigures[] =>
  perClass.map(({ label, sensitivity, specificity, sensitivityInterval, specificityInterval }) => ({
    label,
    sensitivity: { value: sensitivity, interval: sensitivityInterval },
    specificity: { value: specificity, interval: specificityInterval },
  }));

/** Means over networks that were measured on the same images. @param networks at least one */
export function meanClassFigures(networks: readonly (readonly ClassFigures[])[]): ClassFigures[] {
  return networks[0]!.map(({ label }, k) => ({
    label,
    sensitivity: meanOfTrainings(networks.map((classes) => classes[k]!.sensitivity)),
    specificity: meanOfTrainings(networks.map((classes) => classes[k]!.specificity)),
  }));
}

type Numbers = readonly [value: number | null, low: number | null, high: number | null];

/** As short as lists of thousands of rows ask for. */
export function classesToText(classes: readonly ClassFigures[]): string {
  const numbers = ({ value, interval }: Estimated): Numbers => [
    Number.isNaN(value) ? null : value,
    interval?.[0] ?? null,
    interval?.[1] ?? null,
  ];
  return JSON.stringify(
    classes.map(({ label, sensitivity, specificity }) => [label, ...numbers(sensitivity), ...numbers(specificity)]),
  );
}

type StoredClass = readonly [label: string, ...sensitivity: Numbers, ...specificity: Numbers];

function figuresOf([label, ...numbers]: StoredClass): ClassFigures {
  const estimated = ([value, low, high]: Numbers): Estimated => ({
    value: value ?? NaN,
    interval: low === null || high === null ? null : [low, high],
  });
  const [a, b, c, d, e, f] = numbers;
  return { label, sensitivity: estimated([a, b, c]), specificity: estimated([d, e, f]) };
}

/** Number of the class that a dataset is searched for unless the user says otherwise; null: its labels leave it open. */
export type DefaultFinding = (name: string, labels: readonly string[]) => number | null;

/** What a row says of the finding of its dataset; null where none is named. */
export type FindingReader = (row: {
  readonly dataset: string;
  readonly sha256: string | null;
  readonly classes: string | null;
}) => FindingFigures | null;

/** For one list: what the user has chosen is read once. */
export function findingReader(database: ReadableDatabase, defaultFinding: DefaultFinding): FindingReader {
  const chosen = new Map(
    all(database, 'SELECT sha256, class FROM findings').map((row) => [text(row, 'sha256'), toNumber(row['class'])]),
  );
  // Labels are those of the file, so its contents and name decide.
  const known = new Map<string, number | null>();
  return ({ dataset, sha256, classes: stored }) => {
    if (stored === null || sha256 === null) return null;
    const key = `${sha256} ${dataset}`;
    let finding = known.get(key);
    if (finding === null) return null;
    const classes = JSON.parse(stored) as StoredClass[];
    if (finding === undefined) {
      const labels = classes.map(([label]) => label);
      finding = chosen.has(sha256) ? chosen.get(sha256)! : defaultFinding(dataset, labels);
      known.set(key, finding);
    }
    const found = finding === null ? undefined : classes[finding];
    return found ? figuresOf(found) : null;
  };
}

/** For those who ask for no finding. */
export const NO_FINDING: FindingReader = () => null;
