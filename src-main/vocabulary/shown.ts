/** A value as an error shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no word for NaN and infinities.
  if (typeof value === 'number') return String(value);
  try {
    return (JSON.stringify(value) as string | undefined)?.slice(0, 60) ?? typeof value;
  } catch {
    return typeof value;
  }
}
