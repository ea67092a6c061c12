import { describe, expect, it } from 'vitest';
import { defaultSchedule } from '../../../src-main/search/defaults.js';

describe('epochs and batch of a search', () => {
  it.each([
    ['breastmnist', 312, false, null, { epochs: 32, batch: 16 }],
    ['pneumoniamnist', 2616, false, null, { epochs: 8, batch: 32 }],
    ['bloodmnist', 6835, false, null, { epochs: 8, batch: 64 }],
    ['pathmnist', 50_000, false, null, { epochs: 8, batch: 64 }],
    [null, 5000, false, null, { epochs: 8, batch: 64 }],
    [null, 5000, false, 256, { epochs: 32, batch: 256 }],
    [null, 40, false, null, { epochs: 40, batch: 16 }],
    ['bloodmnist', 6835, true, null, { epochs: 50, batch: 128 }],
    [null, 5000, true, null, { epochs: 50, batch: 256 }],
  ])('%s, %i images, as published %s, batch %s: %j', (catalogueId, images, asPublished, batch, expected) => {
    expect(defaultSchedule(catalogueId, images, asPublished, batch)).toEqual(expected);
  });
});
