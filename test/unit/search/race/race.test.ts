import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../src-main/compute/index.js';
import { createRandom } from '../../../../src-main/compute/random.js';
import type { Snapshot } from '../../../../src-main/compute/snapshot.js';
import { tf } from '../../../../src-main/compute/tensorflow.js';
import { Race } from '../../../../src-main/search/race/race.js';
import { parameterRange } from '../../../../src-main/space/parameter-count.js';
import { UniformSampler } from '../../../../src-main/space/uniform-sampling.js';
import {
  raceCandidateSchema,
  raceVerdictSchema,
  type RaceCandidate,
  type RaceVerdict,
} from '../../../../src-main/vocabulary/race.js';
import { tinyDataset } from '../../training/tiny-dataset.js';

const space = { channels: 4, cells: 1, inputChannels: 1, classes: 3 };
const settings = { space, budget: parameterRange(space), seed: 1, random: 6, smallest: false };
const dataset = tinyDataset();
const draws = createRandom(3, 'proposals');
const sampler = new UniformSampler(space, settings.budget);
const proposals = [1, 2].map((i) => ({ label: `sample ${i}`, genotype: sampler.draw(draws) }));

beforeAll(async () => {
  await useBackend('native', { threads: 1 });
});

async function run(
  stop: (step: number) => boolean,
): Promise<{ standing: RaceCandidate[]; verdict: RaceVerdict; steps: number }> {
  let race = Race.create(settings, dataset, proposals, 1);
  let steps = 0;
  let done = 0;
  const foreseen = new Set<number>();
  for (; !race.finished; steps++) {
    if (stop(steps)) {
      const { values, arrays } = await race.snapshot();
      race.dispose();
      const copy = JSON.parse(JSON.stringify(values)) as Snapshot['values'];
      race = Race.restore(settings, dataset, { values: copy, arrays: structuredClone(arrays) });
    }
    await race.advance();
    expect(race.work.done).toBeGreaterThanOrEqual(done);
    done = race.work.done;
    expect(race.work.done).toBeLessThanOrEqual(race.work.expected);
    foreseen.add(race.work.expected);
  }
  expect(race.work.done).toBe(race.work.expected);
  // it is known from the start, but for who comes further
  expect(Math.min(...foreseen)).toBeGreaterThan(0.5 * race.work.done);
  expect(Math.max(...foreseen)).toBeLessThan(2 * race.work.done);
  const result = { standing: race.standing(), verdict: race.verdict(), steps };
  race.dispose();
  return result;
}

describe('a race', () => {
  it('stopped and restored is bit-identical to one never stopped, and says what its schema promises', async () => {
    const tensors = tf.memory().numTensors;
    const whole = await run(() => false);
    const stopped = await run((step) => step % 7 === 3);
    expect([stopped.standing, stopped.verdict]).toEqual([whole.standing, whole.verdict]);
    expect(tf.memory().numTensors).toBe(tensors);

    for (const candidate of whole.standing) expect(raceCandidateSchema.parse(candidate)).toEqual(candidate);
    expect(raceVerdictSchema.parse(whole.verdict)).toEqual(whole.verdict);
    expect(whole.standing.map(({ candidate }) => candidate)).toEqual(whole.standing.map((_, i) => i + 1));
    expect(whole.standing.filter(({ source }) => source === 'predicted')).toHaveLength(16);
    const { best, chosen } = whole.verdict;
    expect(chosen).toBe(best);
    const final = whole.standing.filter(({ rung }) => rung === 3);
    // all 49 images judge in the final, each by one of four trainings
    for (const { validation, seeds } of final) expect([validation!.images, seeds]).toEqual([49, 4]);
    expect(final.map(({ candidate }) => candidate)).toContain(best);
    expect(whole.verdict.sentence).toMatch(/^[\d,]+ parameters: validation accuracy \d+\.\d % \[/);
  }, 60_000);

  it('begun by the rules of an earlier version runs again with the same entrants', async () => {
    const race = Race.create(settings, dataset, proposals, 1);
    while (race.trainings.done < 2) await race.advance();
    const { values, arrays } = await race.snapshot();
    const { rules, ...earlier } = values;
    expect(rules).toBe(3);
    const again = Race.restore(settings, dataset, { values: earlier, arrays });
    expect(again.trainings).toEqual({ ...race.trainings, done: 0 });
    expect(again.standing().map(({ genotype }) => genotype)).toEqual(race.standing().map(({ genotype }) => genotype));
    const same = Race.restore(settings, dataset, { values, arrays });
    expect(same.trainings).toEqual(race.trainings);
    for (const one of [race, again, same]) one.dispose();
  });

  it('stands at nothing before its first training has ended', () => {
    const race = Race.create(settings, dataset, proposals, 1);
    expect(race.trainings.done).toBe(0);
    expect(race.standing().every(({ validation, epochs }) => validation === null && epochs === 0)).toBe(true);
    expect(race.current).toMatchObject({ epoch: 0, epochs: 5, candidate: { candidate: 1, source: 'search' } });
    race.dispose();
  });
});
