const MASK = /[ _-](mask|masks|seg|segmentation)([ _-]?\d+)?$/i;

/** Images that are named as the mask of another one in their folder: `benign (1)_mask.png` beside `benign (1).png`. */
export function masksAmong(paths: readonly string[]): number[] {
  const candidates = paths.flatMap((path, image) => (MASK.test(stemOf(path)) ? [image] : []));
  if (candidates.length === 0) return [];
  const stems = new Set(paths.map(stemOf));
  return candidates.filter((image) => stems.has(stemOf(paths[image]!).replace(MASK, '')));
}

const stemOf = (path: string): string => path.replace(/(?<=[^/])\.[^./]*$/, '');
