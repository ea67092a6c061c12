import type { FileWindow } from '../source-image.js';
import { descriptorOf } from './colours.js';
import type { DataSet } from './data-set.js';
import type { Stored } from './samples.js';
import { TAG } from './tags.js';

/** The data sets that may speak of a frame, the most particular first: its own functional group, the shared one, the file. */
function groupsOf(data: DataSet, frame: number, group: number): DataSet[] {
  const inside = (item: DataSet | undefined): readonly DataSet[] => item?.items(group).slice(0, 1) ?? [];
  return [...inside(data.items(TAG.frameGroups)[frame]), ...inside(data.items(TAG.sharedGroups)[0]), data];
}

/** Stored values to what they mean: a table, or slope and intercept; as they are where the file names neither. */
export function rescaled(stored: Stored, data: DataSet, frame: number, signed: boolean): Stored {
  const table = data.items(TAG.modalityLut)[0];
  const [count, first] = table ? descriptorOf(table, TAG.lutDescriptor, signed) : [];
  if (table && count !== undefined && first !== undefined) {
    const entries = table.shorts(TAG.lutData);
    return Float32Array.from(stored, (value) => entries[Math.min(Math.max(value - first, 0), entries.length - 1)]!);
  }
  const named = groupsOf(data, frame, TAG.pixelValueTransformation).find((group) => group.has(TAG.rescaleSlope));
  const slope = named?.decimal(TAG.rescaleSlope) ?? 1;
  const intercept = named?.decimal(TAG.rescaleIntercept) ?? 0;
  if (slope === 1 && intercept === 0) return stored;
  return Float32Array.from(stored, (value) => value * slope + intercept);
}

/** The first window or table that the file names for a frame. */
export function windowOf(data: DataSet, frame: number, signed: boolean): FileWindow | null {
  for (const group of groupsOf(data, frame, TAG.frameVoi)) {
    const table = group.items(TAG.voiLut)[0];
    const [count, first, bits] = table ? descriptorOf(table, TAG.lutDescriptor, signed) : [];
    if (table && count !== undefined && first !== undefined && bits !== undefined) {
      const entries = Uint16Array.from(table.shorts(TAG.lutData).slice(0, count));
      if (entries.length > 0) return { kind: 'table', first, entries, top: 2 ** Math.min(16, Math.max(8, bits)) - 1 };
    }
    const [center, width] = [group.decimal(TAG.windowCenter), group.decimal(TAG.windowWidth)];
    if (center !== null && width !== null && width > 0) {
      const kinds = { LINEAR_EXACT: 'linear-exact', SIGMOID: 'sigmoid' } as const;
      const named = group.text(TAG.windowFunction) ?? '';
      const kind = named in kinds ? kinds[named as keyof typeof kinds] : 'linear';
      // the linear function divides by width − 1
      return { kind: kind === 'linear' && width <= 1 ? 'linear-exact' : kind, center, width };
    }
  }
  return null;
}
