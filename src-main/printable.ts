/** What a terminal acts on, what ends a line, what changes the direction of the text around it, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const SHORT: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line as it may be shown: what came from files, names and messages of others cannot steer the terminal. `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    const escaped =
      code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    return SHORT[character] ?? escaped;
  });
}

/** The same JSON in characters that are safe to show. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff01-\uff60]/u;

/** Columns that a text takes on a terminal: two for an emoji or an East Asian character. */
export function columns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) sum += WIDE.test(segment) ? 2 : 1;
  return sum;
}

/** The beginning and the end of a text that takes more than `most` columns, `…` between them. */
export function shortened(text: string, most: number): string {
  if (columns(text) <= most) return text;
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  const tail = Math.floor((most - 1) / 3);
  return `${fitting(parts, most - 1 - tail).join('')}…${fitting(parts.toReversed(), tail).toReversed().join('')}`;
}

/** As many of the first parts as fit into `most` columns. */
function fitting(parts: readonly string[], most: number): string[] {
  let taken = 0;
  const end = parts.findIndex((part) => (taken += columns(part)) > most);
  return parts.slice(0, end < 0 ? parts.length : end);
}
