import { integer } from './format.js';

/**
 * Keeps a growing list of epochs small enough to draw and to hold for hours: above `cap` every second entry of the older half
 * goes; the first, the newest half and the last always stay. Returns the same array when nothing has to go.
 */
export function thin<T>(items: readonly T[], cap: number): readonly T[] {
  if (items.length <= cap) return items;
  const half = Math.floor(items.length / 2);
  return thin(
    items.filter((_, index) => index >= half || index % 2 === 0),
    cap,
  );
}

/** At most `cap` entries for a chart: evenly spaced, first and last included. */
export function decimate<T>(items: readonly T[], cap: number): readonly T[] {
  if (items.length <= cap || cap < 2) return items;
  const step = (items.length - 1) / (cap - 1);
  return Array.from({ length: cap }, (_, index) => items[Math.round(index * step)] as T);
}

/** Epochs of one line: those that the window holds, and those that the run has. */
export interface HeldEpochs {
  readonly held: number;
  readonly recorded: number;
}

/** Of epochs in their order, counted from 1. */
export const heldOf = (epochs: readonly { readonly epoch: number }[]): HeldEpochs => ({
  held: epochs.length,
  recorded: Math.max(epochs.length, epochs.at(-1)?.epoch ?? 0),
});

/**
 * What a chart says of epochs that it leaves out, of the longest of its lines; '' where it draws all.
 * @param cap points of a line that are drawn
 */
export function thinnedText(lines: readonly HeldEpochs[], cap: number): string {
  const longest = lines.reduce((most, line) => (line.recorded > most.recorded ? line : most), { held: 0, recorded: 0 });
  const { held, recorded } = longest;
  const drawn = Math.min(held, cap);
  if (drawn >= recorded) return '';
  const data = held < recorded ? `, ${integer(held)} in its data` : '';
  return `${integer(drawn)} of ${integer(recorded)} epochs shown${data}`;
}
