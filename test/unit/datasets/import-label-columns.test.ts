import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GivenImportChoices } from '../../../src-main/vocabulary/import-plan.js';
import { folders, plan, problemsOf, refusalOf, undecided } from './image-folders.js';

const folderWith = folders();
const NAMES = ['MEL', 'NV', 'BKL'];

/** Sixty pictures and a table as the ISIC challenges write it. @param row cells after the name of image i */
function lesions(row: (i: number) => string, header = NAMES.join(',')): Pick<GivenImportChoices, 'location' | 'table'> {
  const files = Array.from({ length: 60 }, (_, i) => `ISIC_${String(24_306 + i).padStart(7, '0')}`);
  const table = [`image,${header}`, ...files.map((name, i) => `${name},${row(i)}`)].join('\n');
  const location = folderWith({ ...Object.fromEntries(files.map((name) => [`${name}.jpg`, ''])), 'truth.csv': table });
  return { location, table: join(location, 'truth.csv') };
}
const oneHot = (i: number): string => NAMES.map((_, k) => (i % 3 === k ? '1.0' : '0.0')).join(',');
const TOGETHER = NAMES.join('|');

describe('labels in several columns of 0 and 1', () => {
  test('are offered as one column', async () => {
    const asked = await undecided(lesions(oneHot));
    expect(asked).toBe(
      'Which column has the labels is not clear; the 3 columns of 0 and 1 from “MEL” to “BKL” look like it. Decide with ' +
        '--label-column "MEL|NV|BKL" to use these columns together as the label, one for each class or ' +
        '--label-column MEL (or NV, BKL) to use it for the labels.',
    );
    const { plan: planned } = await plan(lesions(oneHot));
    expect(planned.inspection.table?.labelColumns).toEqual({ choice: TOGETHER, oneEach: true });
  });

  test('make a class of each column', async () => {
    const { plan: planned, images } = await plan({ ...lesions(oneHot), columns: { label: TOGETHER } });
    expect(problemsOf(planned)).toEqual([]);
    expect(planned.columns.label).toBe(TOGETHER);
    expect(planned.task).toBe('multi-class');
    expect(planned.classes.map(({ name, images: of }) => [name, of[0] + of[1] + of[2]])).toEqual([
      ['BKL', 20],
      ['MEL', 20],
      ['NV', 20],
    ]);
    expect(images[1]).toMatchObject({ path: 'ISIC_0024307.jpg', labels: [2] });
  });

  test('rows with none or several are counted, listed and decided', async () => {
    // two rows with none, one with two
    const given = lesions((i) => (i < 2 ? '0,0,0' : i === 2 ? '1,,1' : oneHot(i)));
    const columns = { label: TOGETHER };
    const { plan: open } = await plan({ ...given, columns });
    expect(problemsOf(open)).toEqual([
      ['empty-labels', 2, null],
      ['several-labels', 1, null],
    ]);
    expect(open.problems[0]).toMatchObject({
      sentence: '2 images are without a label: none of the columns has a 1',
      examples: ['ISIC_0024306.jpg', 'ISIC_0024307.jpg'],
    });
    expect(open.problems[0]!.choices.map(({ choice }) => choice)).toEqual(['drop', 'none']);
    expect(open.problems[1]!.examples).toEqual(['ISIC_0024308.jpg: MEL|BKL']);
    const decided = { 'empty-labels': 'none', 'several-labels': 'multi-label', 'classes-missing': 'keep' } as const;
    const { plan: kept } = await plan({ ...given, columns, decisions: decided });
    expect(kept.classes.map(({ name }) => name)).toEqual(['BKL', 'MEL', 'NV', 'none']);
    const { plan: without } = await plan({ ...given, columns, decisions: decided, noneLabel: 'none' });
    expect(without.classes.map(({ name }) => name)).toEqual(['BKL', 'MEL', 'NV']);
    expect(without.images.reduce((a, b) => a + b)).toBe(60);
  });

  test('a cell that is neither 0 nor 1 is refused with its row', async () => {
    const given = lesions((i) => (i === 4 ? '0,-1,0' : oneHot(i)));
    const refusal = await refusalOf(() => plan({ ...given, columns: { label: TOGETHER } }));
    expect(refusal.kind).toBe('import-label-columns');
    expect(refusal.message).toContain('truth.csv: row 6 has “-1” in the column “NV”, which is neither 0 nor 1.');
  });

  test.each<[string, (i: number) => string, string]>([
    ['two marks that have nothing to do with each other', (i) => `${i % 2},${i % 5 === 0 ? 1 : 0}`, 'smoker,diabetes'],
    ['numbers', (i) => `${i % 3},${i % 2}`, 'grade,side'],
  ])('%s are not', async (_, row, header) => {
    const { plan: planned } = await plan(lesions(row, header));
    expect(planned.inspection.table?.labelColumns).toBeNull();
  });

  test('a column whose name has the same sign is taken for itself', async () => {
    const { plan: planned } = await plan({ ...lesions((i) => (i % 2 ? 'x' : 'y'), 'a|b'), columns: { label: 'a|b' } });
    expect(planned.classes.map(({ name }) => name)).toEqual(['x', 'y']);
  });
});
