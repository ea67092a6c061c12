import type { EpochRecord, RunEpochs, TraceDescription } from '../../src-main/ipc/contract.js';
import { seedsOf } from './epoch-list.js';
import { decimal, percent } from './format.js';
import { pointsOf, valueText } from './trace.js';

/** What of a run a comparison of curves needs. */
export interface ComparedRun {
  readonly details: {
    readonly summary: { readonly name: string };
    readonly trace: TraceDescription | null;
  };
  readonly epochs: Pick<RunEpochs, 'epochs' | 'traces'>;
}

export interface Line {
  /** "Small, retrained, seed 2": the run, and the seed where it trained several networks. */
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Curve {
  readonly name: string;
  /** One line a network: the epochs of each seed begin at 1. */
  readonly lines: (run: ComparedRun) => readonly Line[];
  readonly format: (value: number) => string;
}

function ofRecords(name: string, read: (record: EpochRecord) => number | null, format: Curve['format']): Curve {
  return {
    name,
    format,
    lines: ({ details, epochs: { epochs } }) => {
      const seeds = seedsOf(epochs);
      return seeds.map((seed) => ({
        label: seeds.length === 1 ? details.summary.name : `${details.summary.name}, seed ${seed}`,
        points: epochs.flatMap((record) => {
          const y = record.seed === seed ? read(record) : null;
          return y === null ? [] : [{ x: record.epoch, y }];
        }),
      }));
    },
  };
}

const wholePercent = (value: number): string => percent(value, 0);
const twoPlaces = (value: number): string => decimal(value, 2);

/** Every name says of which part of the images the curve is. */
const RECORDS: readonly Curve[] = [
  ofRecords('Validation accuracy', (record) => record.validationAccuracy, wholePercent),
  ofRecords('Validation AUC', (record) => record.validationAuc, twoPlaces),
  ofRecords('Validation loss', (record) => record.validationLoss, twoPlaces),
  ofRecords('Training accuracy', (record) => record.accuracy, wholePercent),
  ofRecords('Training loss', (record) => record.loss, twoPlaces),
];

/** The curves that at least one of the runs has; what methods tell under one name is one curve. */
export function curvesOf(runs: readonly ComparedRun[]): readonly Curve[] {
  const series = new Map(
    runs.flatMap(({ details }) => details.trace?.series ?? []).map((entry) => [entry.name, entry]),
  );
  const told = [...series.values()].map((entry): Curve => ({
    name: entry.label,
    lines: ({ details, epochs }) => [{ label: details.summary.name, points: pointsOf(epochs.traces, entry.name) }],
    format: (value) => valueText(entry, value),
  }));
  return [...RECORDS, ...told].filter(({ lines }) =>
    runs.some((run) => lines(run).some(({ points }) => points.length > 0)),
  );
}
