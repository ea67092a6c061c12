import { describe, expect, it } from 'vitest';
import type { ImportPlan, ImportPreview } from '../../../src-main/ipc/contract.js';
import {
  blockedBecause,
  columnValue,
  decide,
  nameClass,
  NO_CHOICES,
  NO_PIXEL_CHOICES,
  problemsOf,
  sentence,
  withColumn,
  withGroup,
  type Known,
  type Step,
} from '../../../src-renderer/logic/import-choices.js';
import { progressText, startOf } from '../../../src-renderer/logic/import-progress.js';

const problem = (kind: ImportPlan['problems'][number]['kind'], chosen: string | null = null) => ({
  kind,
  count: 1,
  sentence: 'x',
  examples: [],
  option: `--${kind}`,
  choices: [],
  chosen,
});
const plan = (...problems: ImportPlan['problems'][number][]) =>
  ({ problems, columns: { file: 'name', label: null, patient: null, part: null } }) as unknown as ImportPlan;
const place = (table: string | null, folderClasses: string[]) =>
  ({ folder: 'f', table, inspection: { folderClasses, tables: [] } }) as unknown as NonNullable<Known['place']>;
const preview = (count: number) => ({ unreadable: { count, reasons: [] } }) as unknown as ImportPreview;
const known: Known = {
  place: place(null, ['a', 'b']),
  tableSettled: true,
  plan: plan(),
  planning: false,
  problem: '',
  sample: preview(0),
  sheet: preview(0),
  pixels: NO_PIXEL_CHOICES,
  name: 'n',
};

describe('what keeps an import from going on', () => {
  it.each<[string, Step, Partial<Known>, RegExp | null]>([
    ['nothing', 'folder', {}, null],
    ['no labels anywhere', 'folder', { place: place(null, []) }, /choose the table/],
    ['tables of which nothing was said', 'folder', { tableSettled: false }, /whether there is a table/],
    ['a plan on its way', 'columns', { planning: true }, /^Reading/],
    ['a refusal', 'columns', { problem: 'All images have the same label.' }, /above/],
    ['a column', 'columns', { plan: plan(problem('label-column')) }, /^One question/],
    ['two questions', 'columns', { plan: plan(problem('label-column'), problem('rows-twice')) }, /^2 questions/],
    ['a question of the next step', 'columns', { plan: plan(problem('missing-parts')) }, null],
    ['that question', 'split', { plan: plan(problem('missing-parts')) }, /^One question/],
    ['the same, decided', 'split', { plan: plan(problem('missing-parts', 'anew')) }, null],
    ['an earlier question', 'pixels', { plan: plan(problem('labels-alike')) }, /earlier step/],
    ['pictures on their way', 'pixels', { sample: null }, /^Checking/],
    ['files that cannot be read', 'check', { sheet: preview(2) }, /cannot be read/],
    ['the same, decided', 'check', { sheet: preview(2), pixels: { ...NO_PIXEL_CHOICES, unreadable: 'drop' } }, null],
    ['a sheet nobody saw', 'name', { sheet: null }, /Check and look at the images again/],
    ['no name', 'name', { name: ' ' }, /no name/],
    ['nothing', 'name', {}, null],
  ])('%s, in %s', (_, step, change, expected) => {
    const why = blockedBecause(step, { ...known, ...change });
    if (expected === null) expect(why).toBeNull();
    else expect(why).toMatch(expected);
  });
});

describe('columns', () => {
  it('show what was said, what was found out, or nothing', () => {
    const asked = plan(problem('label-column'));
    expect(columnValue('file', NO_CHOICES, asked)).toBe('column:name');
    expect(columnValue('label', NO_CHOICES, asked)).toBe('');
    expect(columnValue('part', NO_CHOICES, asked)).toBe('none');
    expect(columnValue('label', withColumn(NO_CHOICES, 'label', 'column:none'), asked)).toBe('column:none');
    expect(columnValue('label', withColumn(NO_CHOICES, 'label', 'none'), asked)).toBe('none');
    const byName = withColumn(NO_CHOICES, 'patient', 'before:_');
    expect(byName).toMatchObject({ patientBefore: '_', patientFolder: null, columns: { patient: null } });
    expect(columnValue('patient', byName, asked)).toBe('before:_');
    expect(withColumn(byName, 'patient', 'column:id')).toMatchObject({
      patientBefore: null,
      columns: { patient: 'id' },
    });
  });

  it('another column of labels forgets names of classes; another patient does not', () => {
    const named = nameClass(NO_CHOICES, 'a', 'benign');
    expect(named.classes).toEqual({ a: 'benign' });
    expect(withColumn(named, 'label', 'column:x').classes).toEqual({});
    expect(withColumn(named, 'patient', 'column:x').classes).toEqual({ a: 'benign' });
    expect(decide(named, 'labels-alike', 'merge')).toMatchObject({
      classes: {},
      decisions: { 'labels-alike': 'merge' },
    });
    expect(decide(named, 'missing-parts', 'anew').classes).toEqual({ a: 'benign' });
    expect(nameClass(named, 'a', null).classes).toEqual({ a: null });
    expect([nameClass(named, 'a', 'a').classes, nameClass(named, 'a', ' ').classes]).toEqual([{}, {}]);
    expect(withGroup(withGroup(NO_CHOICES, 'sex', 'Gender'), 'sex', null).columns.groups).toEqual({});
  });

  it('problems stand in the step that they belong to', () => {
    const all = plan(problem('label-column'), problem('rows-twice'), problem('classes-missing'));
    expect(problemsOf(all, 'columns').map(({ kind }) => kind)).toEqual(['rows-twice']);
    expect(problemsOf(all, 'split').map(({ kind }) => kind)).toEqual(['classes-missing']);
    expect(problemsOf(all, 'pixels')).toEqual([]);
  });
});

it.each([
  ['rows were matched by name', 'Rows were matched by name.'],
  [
    'file names begin the same way (“P1_…”: 7 images): if that is the patient, say so with --patient-before _',
    'File names begin the same way (“P1_…”: 7 images): if that is the patient, choose “The file name up to _” as the patient.',
  ],
  [
    'No image has a label. Check the column with the labels (--label-column).',
    'No image has a label. Check the column with the labels.',
  ],
  ['Repair them, or leave them out with --unreadable drop.', 'Repair them, or leave them out in Check.'],
])('sentences of the plan name no options in the window: %s', (text, expected) => {
  expect(sentence(text)).toBe(expected);
});

it('progress says how long it takes when it can know that', () => {
  const at = (step: string, done: number) => ({ step, done, total: 1000 });
  const start = startOf(null, at('reading the images', 0), 0);
  expect(progressText(at('reading the images', 100), start, 500)).toBe('Reading the images: 100 of 1,000');
  expect(progressText(at('reading the images', 400), start, 1000)).toBe(
    'Reading the images: 400 of 1,000, 400 per second, 2\u202fs left',
  );
  expect(startOf(start, at('reading the images', 5), 900)).toBe(start);
  expect(startOf(start, at('checking the images', 5), 900)).toMatchObject({ done: 5, at: 900 });
});
