/** What a letter is worth: at the beginning of a word, right after the one before it, or anywhere. */
const AT_WORD = 8;
const IN_ROW = 8;
const ANYWHERE = 1;
/** What each letter costs that is left out between two that were found. */
const GAP = 0.2;
const FURTHEST_GAP = 10;

const isWordStart = (text: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!);

/**
 * How well what was typed fits a text, larger is better; null where a word of it does not. Each word is looked for by itself,
 * its letters in their order but not necessarily side by side: "brs med" fits "BreastMNIST medium". Case and accents do not count.
 */
export function fit(typed: string, text: string): number | null {
  const target = folded(text);
  let sum = 0;
  for (const word of folded(typed).split(/\s+/).filter(Boolean)) {
    const best = fitWord(word, target);
    if (best === null) return null;
    sum += best;
  }
  // Of two texts that fit alike, the shorter one is meant.
  return sum - target.length / 1000;
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The best of all places where the word may begin. */
function fitWord(word: string, text: string): number | null {
  let best: number | null = null;
  for (let start = text.indexOf(word[0]!); start >= 0; start = text.indexOf(word[0]!, start + 1)) {
    const score = fitFrom(word, text, start);
    if (score === null) break;
    if (best === null || score > best) best = score;
  }
  return best;
}

function fitFrom(word: string, text: string, start: number): number | null {
  let score = isWordStart(text, start) ? AT_WORD : ANYWHERE;
  let before = start;
  for (const letter of word.slice(1)) {
    const at = text.indexOf(letter, before + 1);
    if (at < 0) return null;
    const gap = at - before - 1;
    if (gap === 0) score += IN_ROW;
    else score += (isWordStart(text, at) ? AT_WORD : ANYWHERE) - GAP * Math.min(gap, FURTHEST_GAP);
    before = at;
  }
  return score;
}

/**
 * The entries that fit, best first; of those that fit alike, in their given order. With nothing typed: all, the recent first.
 * @param recent keys of what was chosen lately, newest first
 */
export function ranked<T extends { readonly key: string; readonly label: string; readonly hint: string }>(
  typed: string,
  entries: readonly T[],
  recent: readonly string[],
  most: number,
): T[] {
  const place = new Map(recent.map((key, at) => [key, at]));
  const lateness = (entry: T): number => place.get(entry.key) ?? recent.length;
  if (typed.trim() === '') return entries.toSorted((a, b) => lateness(a) - lateness(b)).slice(0, most);
  return entries
    .flatMap((entry) => {
      const label = fit(typed, entry.label);
      // What stands beside the name counts less than the name.
      const whole = label ?? fit(typed, `${entry.label} ${entry.hint}`);
      return whole === null ? [] : [{ entry, score: whole + (label === null ? -AT_WORD : 0) }];
    })
    .toSorted((a, b) => b.score - a.score || lateness(a.entry) - lateness(b.entry))
    .slice(0, most)
    .map(({ entry }) => entry);
}
