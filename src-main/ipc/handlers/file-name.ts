/** A name that every file system takes, with the letters of all scripts kept. */
export function fileName(name: string): string {
  const kept = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return Array.from(kept).slice(0, 60).join('').toLowerCase() || 'figure';
}
