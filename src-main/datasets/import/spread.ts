/**
 * A few images that stand for all: from each class in turn, and of a class from its first file to its last.
 * @param classOf number of a class; −1: none  @returns at most `count`, class by class
 */
export function spreadOver<T>(images: readonly T[], count: number, classOf: (image: T) => number): T[] {
  const classes = new Map<number, T[]>();
  for (const image of images) {
    const label = classOf(image);
    const known = classes.get(label);
    if (known) known.push(image);
    else classes.set(label, [image]);
  }
  const sorted = [...classes].sort(([a], [b]) => a - b).map(([, those]) => those);
  const places = sorted.map(() => 0);
  let left = Math.min(count, images.length);
  for (let turn = 0; left > 0; turn++) {
    sorted.forEach((those, i) => {
      if (left === 0 || turn >= those.length) return;
      places[i]!++;
      left--;
    });
  }
  return sorted.flatMap((those, i) => evenly(those, places[i]!));
}

/** So many of a list, at equal distances, the first among them. */
function evenly<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]!);
}
