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
