/** "1, 2 3" → [1, 2, 3]; null when empty, repeated or not whole numbers from 0 to 2³²−1. */
export function parseSeeds(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  if (words.length === 0 || !words.every((word) => /^\d{1,10}$/.test(word))) return null;
  const seeds = words.map(Number);
  return seeds.every((seed) => seed <= 0xffff_ffff) && new Set(seeds).size === seeds.length ? seeds : null;
}
