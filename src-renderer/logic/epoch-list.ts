import type { EpochRecord, Trace } from '../../src-main/ipc/contract.js';
import { thin } from './thin.js';

/** Epochs of one run as the window holds them. */
export interface EpochList {
  readonly records: readonly EpochRecord[];
  /** What the search method told of the epochs. */
  readonly traces: readonly Trace[];
}

export const EMPTY_EPOCHS: EpochList = { records: [], traces: [] };

const RECORD_CAP = 20_000;
const TRACE_CAP = 2_000;

/**
 * Adds epochs that may overlap with what is there (asked-for and pushed epochs cross). The newer one wins, order is by seed as first
 * seen, then epoch. A resumed run repeats nothing, because an epoch is said only when its checkpoint is safe.
 */
export function addEpochs(list: EpochList, records: readonly EpochRecord[], traces: readonly Trace[]): EpochList {
  if (records.length === 0 && traces.length === 0) return list;
  return {
    records: thin(
      mergeOrdered(list.records, records, (record) => record.seed),
      RECORD_CAP,
    ),
    traces: thin(
      mergeOrdered(list.traces, traces, () => 0),
      TRACE_CAP,
    ),
  };
}

function mergeOrdered<T extends { readonly epoch: number }>(
  old: readonly T[],
  added: readonly T[],
  group: (item: T) => number,
): readonly T[] {
  const last = old.at(-1);
  const first = added[0];
  const appends =
    first !== undefined &&
    (last === undefined || (group(last) === group(first) && last.epoch < first.epoch)) &&
    added.every((item, index) => index === 0 || isNext(added[index - 1] as T, item, group));
  if (appends) return old.concat(added);

  const groups = new Map<number, Map<number, T>>();
  for (const item of [...old, ...added]) {
    const key = group(item);
    let epochs = groups.get(key);
    if (!epochs) groups.set(key, (epochs = new Map<number, T>()));
    epochs.set(item.epoch, item);
  }
  return [...groups.values()].flatMap((epochs) => [...epochs.values()].sort((a, b) => a.epoch - b.epoch));
}

const isNext = <T extends { readonly epoch: number }>(before: T, item: T, group: (item: T) => number): boolean =>
  group(before) === group(item) && before.epoch < item.epoch;

/** The trace shown for an epoch: the last one at or before it. */
export function traceAt(traces: readonly Trace[], epoch: number): Trace | null {
  let low = 0;
  let high = traces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((traces[middle]?.epoch ?? 0) <= epoch) low = middle + 1;
    else high = middle;
  }
  return traces[Math.max(0, low - 1)] ?? null;
}

/** Seeds of a retraining in the order they were trained. */
export const seedsOf = (records: readonly EpochRecord[]): number[] => [...new Set(records.map(({ seed }) => seed))];
