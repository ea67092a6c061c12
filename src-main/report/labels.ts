/** “malignant” of a label that is a name, `class 3` of one that is a number. */
export function named(label: string): string {
  return /^\d+$/.test(label) ? `class ${label}` : `“${label}”`;
}

/** "a", "a and b", "a, b and c" */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}
