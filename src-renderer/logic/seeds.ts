import type { Limit } from '../../src-main/ipc/contract.js';

/** "1, 2 3" → [1, 2, 3]; null when empty, repeated or not whole numbers within the limit. */
export function parseSeeds(text: string, { lowest, highest }: Pick<Limit, 'lowest' | 'highest'>): number[] | null {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  if (words.length === 0 || !words.every((word) => /^\d+$/.test(word))) return null;
  const seeds = words.map(Number);
  const within = seeds.every((seed) => seed >= lowest && seed <= highest);
  return within && new Set(seeds).size === seeds.length ? seeds : null;
}
