import { describe, expect, it } from 'vitest';
import { FIRST, windowBounds } from '../../../src-main/app/bounds.js';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const left = { x: -1920, y: 0, width: 1920, height: 1080 };
const saved = { x: 100, y: 80, width: 1200, height: 760, maximized: false };

const table: readonly [what: string, saved: unknown, screens: (typeof laptop)[], expected: object][] = [
  ['nothing was saved', null, [laptop], { ...FIRST, maximized: false }],
  [
    'the first screen is small',
    undefined,
    [{ ...laptop, width: 1280, height: 720 }],
    { width: 1280, height: 720, maximized: false },
  ],
  ['the screen is there', saved, [laptop], saved],
  ['the second screen is there', { ...saved, x: -1800 }, [laptop, left], { ...saved, x: -1800 }],
  ['the second screen is gone', { ...saved, x: -1800 }, [laptop], { width: 1200, height: 760, maximized: false }],
  [
    'it was larger than the screen',
    { ...saved, x: 0, width: 2400, height: 1400 },
    [laptop],
    { x: 0, y: 80, width: 1440, height: 875, maximized: false },
  ],
  ['it was maximised', { ...saved, maximized: true }, [laptop], { ...saved, maximized: true }],
  ['its title is above the screen', { ...saved, y: -30 }, [laptop], { width: 1200, height: 760, maximized: false }],
  ['only a corner is on the screen', { ...saved, x: 1400 }, [laptop], { width: 1200, height: 760, maximized: false }],
  ['it is no rectangle', { x: 1, y: 'two' }, [laptop], { ...FIRST, maximized: false }],
  ['it is not finite', { ...saved, width: Number.NaN }, [laptop], { ...FIRST, maximized: false }],
  ['it is tiny', { ...saved, width: 10 }, [laptop], { ...FIRST, maximized: false }],
  ['there is no screen', saved, [], { width: 1200, height: 760, maximized: false }],
];

describe('the window opens well when', () => {
  it.each(table)('%s', (_what, remembered, screens, expected) => {
    expect(windowBounds(remembered, screens)).toEqual(expected);
  });
});
