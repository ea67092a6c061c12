import { TO_BE_WRITTEN, type Section } from '../document.js';

/** An item of a reporting guideline: its number there, what it is about in our words, and where the report answers it. */
export type Item = readonly [number: string, topic: string, answer: string];

export const WRITE = TO_BE_WRITTEN;

/** A guideline as an annex. */
export function annex(title: string, source: string, items: readonly Item[]): Section {
  const open = items.filter(([, , answer]) => answer.includes(WRITE)).length;
  return {
    title: `Annex: ${title}`,
    annex: true,
    blocks: [
      {
        kind: 'paragraph',
        tone: 'note',
        text: `${source} Topics are paraphrased; see the guideline for the exact wording of each item. ${items.length - open} of ${items.length} are answered here, ${open} must be completed by a person.`,
      },
      {
        kind: 'table',
        caption: `Items of ${title}`,
        columns: [
          { title: 'Item', width: 8 },
          { title: 'Topic', width: 40 },
          { title: 'Where, or answer', width: 52 },
        ],
        rows: items,
      },
    ],
  };
}
