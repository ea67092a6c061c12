import { describe, expect, it } from 'vitest';
import { searchMethod, searchMethods } from '../../../src-main/search/methods/registry.js';
import { growthEpoch } from '../../../src-main/search/methods/zo-darts-plus-plus/schedule.js';
import { growthShare } from '../../../src-renderer/logic/supernet.js';
import { GLOSSARY } from '../../../src-renderer/logic/glossary.js';

describe('the mark of the growth in the progress of a search', () => {
  it.each([
    [50, 0],
    [50, 0.3],
    [8, 0.3],
    [15, 0.9],
    [3, 0.3],
    [7, 0],
  ])('%i epochs, warm-up %d: where the supernet grows', (epochs, warmup) => {
    expect(growthShare(epochs, warmup)! * epochs).toBeCloseTo(growthEpoch(epochs, { warmup }), 9);
  });

  it('is left out of a search that is too short', () => expect(growthShare(2, 0.3)).toBeNull());
});

it('every method names its series, so that a window that does not know it can draw them', () => {
  for (const { id } of searchMethods()) {
    const { series } = searchMethod(id).trace({ channels: 8, cells: 2, inputChannels: 1, classes: 2 });
    expect(series.every(({ label }) => label !== '')).toBe(true);
  }
});

it('words are explained in one or two sentences', () => {
  for (const { word, text } of Object.values(GLOSSARY)) {
    expect(text, word).toMatch(/^[A-Z].*\.$/s);
    expect(text.length, word).toBeLessThan(330);
  }
});
