import { expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { partMetrics } from '../../../src-main/training/metrics/part-metrics.js';
import { selectImages } from '../../../src-main/training/metrics/select-images.js';
import { outcomeSchema } from '../../../src-main/vocabulary/image-page.js';
import { outcomesOfLabels } from '../../../src-renderer/logic/label-outcomes.js';
import { scored } from '../training/scored.js';

const LABELS = ['effusion', 'nodule', 'absent'];

it('the outcomes of each label are as many as the images that the gallery shows behind them', async () => {
  const random = createRandom(5, 'labels');
  const count = 137;
  const truth = Array.from({ length: count * 3 }, (_, i) => (i % 3 === 2 ? 0 : Number(random.uniform() < 0.3)));
  const scores = Array.from({ length: count * 3 }, () => random.uniform());
  const part = scored('multi-label, binary-class', 3, truth, scores);
  const rows = outcomesOfLabels(await partMetrics('test', part, LABELS));
  expect(rows.map(({ label }) => label)).toEqual(LABELS);
  rows.forEach(({ images }, label) => {
    for (const outcome of outcomeSchema.options) {
      const selection = { by: 'outcome', class: label, outcome, at: null } as const;
      const shown = selectImages(part, selection, { finding: null, temperature: 1 }).images.length;
      expect([label, outcome, images[outcome]]).toEqual([label, outcome, shown]);
    }
  });
  expect(rows[2]!.images['true-positive'] + rows[2]!.images['false-negative']).toBe(0);
});
