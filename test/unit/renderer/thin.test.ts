import { expect, it } from 'vitest';
import { addEpochs, EMPTY_EPOCHS } from '../../../src-renderer/logic/epoch-list.js';
import { heldOf, thinnedText } from '../../../src-renderer/logic/thin.js';

const tracesUpTo = (last: number) =>
  Array.from({ length: last }, (_, index) => ({ epoch: index + 1, phase: 1, values: {}, tables: {} }));

it.each([
  [[{ held: 50, recorded: 50 }], 600, ''],
  [[{ held: 600, recorded: 600 }], 600, ''],
  [[{ held: 2000, recorded: 2000 }], 600, '600 of 2,000 epochs shown'],
  [[{ held: 1250, recorded: 5000 }], 600, '600 of 5,000 epochs shown, 1,250 in its data'],
  [[{ held: 500, recorded: 3000 }], 600, '500 of 3,000 epochs shown, 500 in its data'],
  // of several seeds the longest
  [
    [
      { held: 40, recorded: 40 },
      { held: 900, recorded: 900 },
    ],
    600,
    '600 of 900 epochs shown',
  ],
  [[], 600, ''],
])('%j with room for %d points: "%s"', (lines, cap, text) => {
  expect(thinnedText(lines, cap)).toBe(text);
});

it('a run of 5,000 epochs says that its traces are thinned, one of 2,000 that they are all there', () => {
  const said = (epochs: number): string => {
    const { traces } = addEpochs(EMPTY_EPOCHS, [], tracesUpTo(epochs));
    return thinnedText([heldOf(traces)], 600);
  };
  expect(said(2000)).toBe('600 of 2,000 epochs shown');
  expect(said(5000)).toMatch(/^600 of 5,000 epochs shown, 1,\d{3} in its data$/);
  expect(said(400)).toBe('');
});
