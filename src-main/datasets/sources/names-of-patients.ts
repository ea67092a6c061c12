import { count } from '../../number-text.js';

/** A file's name up to a text; null: the text is not in it, or at its beginning. */
export function nameBefore(path: string, text: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const at = name.indexOf(text);
  return at > 0 ? name.slice(0, at) : null;
}

/** A note where files are named in families, as of patients: `P012_left.png` and `P012_right.png`. */
export function hintOfNames(paths: readonly string[]): string[] {
  for (const separator of ['_', '-']) {
    const families = new Map<string, number>();
    for (const path of paths) {
      const name = nameBefore(path, separator);
      if (name !== null) families.set(name, (families.get(name) ?? 0) + 1);
    }
    const several = [...families].filter(([, images]) => images > 1);
    const within = several.reduce((sum, [, images]) => sum + images, 0);
    if (families.size < Math.max(3, paths.length / 100) || within < paths.length / 4) continue;
    const [name, images] = several[0]!;
    return [
      `file names begin the same way (“${name}${separator}…”: ${count(images)} images): if that is the patient, say so with --patient-before ${separator}`,
    ];
  }
  return [];
}
