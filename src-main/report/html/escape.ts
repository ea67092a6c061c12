import { TO_BE_WRITTEN, type Text } from '../document.js';

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * What others wrote, as text and nothing else. Control characters are blanks; those that turn the direction of the text
 * around them are left out.
 */
export function escaped(plain: string): string {
  return plain
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A text as HTML; each part has the direction of its own first letter. */
export function inline(text: Text): string {
  const parts = typeof text === 'string' ? [text] : text;
  return parts.map((part) => (typeof part === 'string' ? marked(part) : `<code>${escaped(part.code)}</code>`)).join('');
}

function marked(plain: string): string {
  return plain.split(TO_BE_WRITTEN).map(escaped).join(`<mark>${TO_BE_WRITTEN}</mark>`);
}
