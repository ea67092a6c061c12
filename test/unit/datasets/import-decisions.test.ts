import { describe, expect, test } from 'vitest';
import {
  importChoicesSchema,
  type GivenImportChoices,
  type ProblemKind,
} from '../../../src-main/vocabulary/import-plan.js';
import { ageGroup, ageInYears, isMissing } from '../../../src-main/datasets/sources/table/values.js';
import { folders, plan, refusalOf, undecided } from './image-folders.js';

const folderWith = folders();

/** A folder of 40 images of 20 patients, with a table of file, patient and label that a test may change. */
function collection(change: (rows: string[][]) => void, more: readonly string[] = []) {
  const rows = Array.from({ length: 40 }, (_, i) => [`${i}.png`, `P${i >> 1}`, i % 4 < 2 ? 'ill' : 'well']);
  const files = rows.map(([file]) => `images/${file!}`);
  change(rows);
  const table = ['file,patient,label', ...rows.map((row) => row.join(','))].join('\n');
  const location = folderWith({
    ...Object.fromEntries([...files, ...more].map((file) => [file, ''])),
    'table.csv': table,
  });
  return { location, table: `${location}/table.csv`, columns: { label: 'label', patient: 'patient' } } as const;
}

const classesOf = async (choices: GivenImportChoices): Promise<Record<string, number>> => {
  const { plan: planned } = await plan(choices);
  expect(planned.ready, JSON.stringify(planned.problems)).toBe(true);
  return Object.fromEntries(planned.classes.map(({ name, images: parts }) => [name, parts[0] + parts[1] + parts[2]]));
};

const set = (row: number, column: number, value: string) => (rows: string[][]) => {
  rows[row]![column] = value;
};

/** Problem; its collection; what is said while it is undecided; classes after each choice. */
const PROBLEMS: [ProblemKind, () => GivenImportChoices, string, Record<string, Record<string, number>>][] = [
  [
    'uneven-rows',
    () => collection(set(5, 2, 'well,ill')),
    '1 row of the table has more cells than columns: a cell contains a delimiter, so what follows may be in the wrong column (row 7 (5.png)). Decide with --uneven-rows drop to leave these rows out or --uneven-rows keep to read them as they are and ignore cells beyond the last column. 1 more to decide.',
    { keep: { ill: 19, well: 21 } },
  ],
  [
    'rows-without-file',
    () => collection((rows) => rows.push(['999.png', 'P1', 'ill'], ['', 'P1', 'ill'])),
    '2 rows of the table have no image in the folder (row 42 (999.png), row 43 (no file named)). Decide with --rows-without-file drop to leave these rows out.',
    { drop: { ill: 20, well: 20 } },
  ],
  [
    'files-without-row',
    () => collection((rows) => rows.splice(3, 1)),
    '1 image has no row in the table (images/3.png). Decide with --files-without-row drop to leave these images out.',
    { drop: { ill: 20, well: 19 } },
  ],
  [
    'ambiguous-files',
    () => collection(() => undefined, ['other/7.png']),
    '1 row of the table names a file that is in several folders (row 9 (7.png): images/7.png, other/7.png). Decide with --ambiguous-files drop to leave these rows and images out or --ambiguous-files all to use the row for each of these files.',
    { drop: { ill: 20, well: 19 }, all: { ill: 20, well: 21 } },
  ],
  [
    'rows-twice',
    () => collection((rows) => rows.push(['0.png', 'P0', 'well'], ['4.png', 'P2', 'ill'])),
    '2 images have several rows in the table, with different content for 1 of them (images/0.png: rows 2 (ill), 42 (well), images/4.png: rows 6 (ill), 43 (ill)). Decide with --rows-twice first to use the first row of each file, --rows-twice last to use the last row of each file, --rows-twice join to combine the labels of all rows, and take the rest from the first or --rows-twice drop to leave these images out.',
    { first: { ill: 20, well: 20 }, last: { ill: 19, well: 21 }, drop: { ill: 18, well: 20 } },
  ],
  [
    'mask-files',
    () => collection((rows) => rows.push(['3_mask.png', 'P1', 'well']), ['images/3_mask.png', 'images/lone_mask.txt']),
    '1 file is named like the mask of an image next to it (images/3_mask.png). Decide with --mask-files drop to leave the masks out or --mask-files keep to import them as images. 1 more to decide.',
    { keep: { ill: 20, well: 21 } },
  ],
  [
    'empty-labels',
    () =>
      collection((rows) =>
        [set(0, 2, ''), set(1, 2, 'NA'), set(4, 2, 'NA'), set(5, 2, '-')].forEach((change) => change(rows)),
      ),
    '4 images are without a label: 1 with nothing, 2 with “NA”, 1 with “-” (images/0.png, images/1.png, images/4.png, …). Decide with --empty-labels drop to leave these images out or --empty-labels as-written to use what is written there as a label; images with nothing at all are left out.',
    { drop: { ill: 16, well: 20 } },
  ],
  [
    'labels-alike',
    () =>
      collection((rows) => [set(0, 2, ' Ill '), set(1, 2, 'ILL'), set(4, 2, 'ILL')].forEach((change) => change(rows))),
    '1 label is spelled in several ways (“ill” (17), “ILL” (2), “Ill” (1)). Decide with --labels-alike merge to merge the spellings into one label, in the most frequent spelling or --labels-alike keep to make each spelling a class. 1 more to decide.',
    { merge: { ill: 20, well: 20 } },
  ],
  [
    'several-labels',
    () => collection((rows) => [0, 1, 8, 9, 16, 17].forEach((row) => set(row, 2, 'ill|well')(rows))),
    '6 images have several labels (images/0.png: ill|well, images/1.png: ill|well, images/16.png: ill|well, …). Decide with --several-labels multi-label to treat each label as a yes-or-no question, --several-labels first to use the first label of each image or --several-labels drop to leave these images out.',
    { 'multi-label': { ill: 20, well: 26 }, first: { ill: 20, well: 20 }, drop: { ill: 14, well: 20 } },
  ],
  [
    'images-without-patient',
    () => collection((rows) => [set(0, 1, ''), set(7, 1, '?')].forEach((change) => change(rows))),
    '2 images have no patient (images/0.png, images/7.png). Decide with --images-without-patient own to treat each of these images as a separate patient or --images-without-patient drop to leave these images out.',
    { own: { ill: 20, well: 20 }, drop: { ill: 19, well: 19 } },
  ],
];

describe('problems are decided, never guessed', () => {
  test.each(PROBLEMS)('%s', async (kind, make, message, outcomes) => {
    const choices = make();
    expect(await undecided(choices)).toBe(message);
    for (const [choice, classes] of Object.entries(outcomes)) {
      expect(await classesOf({ ...choices, decisions: { [kind]: choice } }), choice).toEqual(classes);
    }
  });

  test('a decision that is none is refused', () => {
    const wrong = { location: 'x', decisions: { 'rows-twice': 'guess' } };
    expect(importChoicesSchema.safeParse(wrong).success).toBe(false);
    expect(importChoicesSchema.safeParse({ location: 'x', decisions: { 'rows-once': 'first' } }).success).toBe(false);
  });
});

test('a row that names a file in another folder means another file where one names it as it is', async () => {
  const choices = collection((rows) => {
    rows[7]![0] = 'images/7.png';
    rows.push(['lost/7.png', 'P3', 'ill']);
  });
  expect(await undecided(choices)).toMatch(
    /^1 row of the table has no image in the folder \(row 42 \(lost\/7\.png\)\)/,
  );
});

test('rows that all name a file of several folders', async () => {
  const location = folderWith({
    'p1/image.png': '',
    'p2/image.png': '',
    't.csv': 'file,label\nimage.png,x\nimage.png,y\n',
  });
  const refusal = await refusalOf(() => plan({ location, table: `${location}/t.csv`, columns: { label: 'label' } }));
  expect([refusal.kind, refusal.message]).toEqual([
    'import-nothing-left',
    'The rows name files that are in several folders. Give the folders too in the table.',
  ]);
});

describe('columns are named, never guessed', () => {
  test('the label', async () => {
    const choices = { ...collection(() => undefined), columns: { patient: 'patient' } };
    expect(await undecided(choices)).toBe(
      'Which column has the labels is not clear; “label” looks like it. Decide with --label-column label (or patient) to use it for the labels.',
    );
  });

  test('the patient', async () => {
    const choices = { ...collection(() => undefined), columns: { label: 'label' } };
    expect(await undecided(choices)).toBe(
      'The column “patient” looks like patients. Decide with --patient-column patient to read the patients from it or --patient-column none to treat every image as a separate patient.',
    );
    const { plan: planned } = await plan({ ...choices, columns: { label: 'label', patient: null } });
    expect([planned.ready, planned.patients]).toEqual([true, null]);
  });

  test('the file, where no column holds names of images', async () => {
    const choices = collection((rows) => rows.forEach((row, i) => (row[0] = `scan ${i}`)));
    expect(await undecided(choices)).toMatch(
      /^No column of the table contains the file names of the images in the folder\. Decide with --file-column file \(or patient, label\)/,
    );
    const refusal = await refusalOf(() => plan({ ...choices, columns: { ...choices.columns, file: 'file' } }));
    expect([refusal.kind, refusal.message]).toEqual([
      'import-nothing-left',
      'No row of the table matches an image. Check the column with the file names (--file-column) and the folder.',
    ]);
  });
});

describe('labels', () => {
  test('are joined and left out by name', async () => {
    const choices = collection((rows) => rows.forEach((row, i) => (row[2] = ['a', 'b', 'c', 'd'][(i >> 1) & 3]!)));
    expect(await classesOf({ ...choices, classes: { a: 'ill', b: 'ill', c: 'well', d: null } })).toEqual({
      ill: 20,
      well: 10,
    });
    const refusal = await refusalOf(() => plan({ ...choices, classes: { e: 'ill' } }));
    expect([refusal.kind, refusal.message]).toEqual([
      'import-class-unknown',
      'no image has the label "e". The labels are "a", "b", "c", "d".',
    ]);
  });

  test('one that says that there is none becomes no class', async () => {
    const choices = collection((rows) => [0, 1, 8, 9, 16, 17].forEach((row) => set(row, 2, 'ill|worse')(rows)));
    const decisions = { 'several-labels': 'multi-label', 'classes-missing': 'keep' } as const;
    const { plan: planned, images } = await plan({ ...choices, decisions, noneLabel: 'well' });
    expect(planned.task).toBe('multi-label, binary-class');
    expect(planned.classes.map(({ name }) => name)).toEqual(['ill', 'worse']);
    expect(images.filter(({ labels }) => labels.length === 0)).toHaveLength(20);
  });

  test('whole numbers with decimals are whole numbers', async () => {
    const choices = collection((rows) => rows.forEach((row) => (row[2] = row[2] === 'ill' ? '1.0' : '0.0')));
    expect(await classesOf(choices)).toEqual({ 0: 20, 1: 20 });
  });

  test.each([
    [
      'one class',
      (rows: string[][]) => rows.forEach((row) => (row[2] = 'x')),
      'import-one-class',
      'All images have the same label, “x”. A classifier needs at least two classes: check the column with the labels, or the folder.',
    ],
    [
      'none',
      (rows: string[][]) => rows.forEach((row) => (row[2] = '')),
      'import-nothing-left',
      'No image has a label. Check the column with the labels (--label-column).',
    ],
  ])('%s is refused', async (_, change, kind, message) => {
    const refusal = await refusalOf(() => plan(collection(change)));
    expect([refusal.kind, refusal.message]).toEqual([kind, message]);
  });

  test('a measurement is refused', async () => {
    const files = Array.from({ length: 300 }, (_, i) => `${i}.png`);
    const table = ['file,size', ...files.map((file, i) => `${file},${(i * 1.37).toFixed(2)}`)].join('\n');
    const location = folderWith({ ...Object.fromEntries(files.map((file) => [file, ''])), 't.csv': table });
    const refusal = await refusalOf(() => plan({ location, table: `${location}/t.csv`, columns: { label: 'size' } }));
    expect([refusal.kind, refusal.message]).toEqual([
      'import-too-many-classes',
      'the labels have 300 different values ("0.00", "1.37", "10.96", …); at most 256 classes are possible. Check the column with the labels, or join labels with --class.',
    ]);
  });
});

describe('folders and table say different things', () => {
  const make = (folders: readonly [string, string], labels: readonly [string, string]) => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      `${folders[i % 2]!}/${i}.png`,
      i === 6 ? labels[1] : labels[i % 2]!,
    ]);
    const table = ['file,label', ...rows.map((row) => row.join(','))].join('\n');
    const location = folderWith({ ...Object.fromEntries(rows.map(([file]) => [file!, ''])), 't.csv': table });
    return { location, table: `${location}/t.csv`, columns: { label: 'label' } } as const;
  };

  test('where both name the same classes', async () => {
    const choices = make(['0_normal', '1_ill'], ['Normal', 'Ill']);
    expect(await undecided(choices)).toBe(
      '1 image has a different label in the table than in the folder name (0_normal/6.png: Ill). Decide with --labels-differ table to use the label of the table, --labels-differ folder to use the label of the folder or --labels-differ drop to leave these images out.',
    );
    const decide = (choice: 'table' | 'folder' | 'drop') =>
      classesOf({ ...choices, decisions: { 'labels-differ': choice } });
    expect(await decide('table')).toEqual({ Normal: 19, Ill: 21 });
    expect(await decide('folder')).toEqual({ Normal: 20, Ill: 20 });
    // another name of a class does not make folder and table differ elsewhere, nor takes a choice away
    const named = { ...choices, classes: { Ill: 'Finding' }, decisions: { 'labels-differ': 'folder' as const } };
    expect(await classesOf(named)).toEqual({ Normal: 20, Finding: 20 });
    expect(await decide('drop')).toEqual({ Normal: 19, Ill: 20 });
  });

  test('where the label follows from the folder under another name', async () => {
    const choices = make(['good', 'bad'], ['No Finding', 'Effusion']);
    expect(await undecided(choices)).toMatch(
      /^1 image has a different label .*good\/6.png: Effusion\).*labels-differ drop/,
    );
  });

  test('not where the folders have nothing to do with the labels', async () => {
    const choices = collection((rows) => rows.forEach((row, i) => (row[0] = `images/${i}.png`)), []);
    expect(await classesOf(choices)).toEqual({ ill: 20, well: 20 });
  });
});

describe('parts', () => {
  /** Parts of 40 images, of 20 patients with two images each. */
  const make = (part: (i: number) => string) => {
    const rows = Array.from({ length: 40 }, (_, i) => [`${i}.png`, `P${i >> 1}`, i % 4 < 2 ? 'ill' : 'well', part(i)]);
    const table = ['file,patient,label,split', ...rows.map((row) => row.join(','))].join('\n');
    const location = folderWith({ ...Object.fromEntries(rows.map(([file]) => [file!, ''])), 't.csv': table });
    return {
      location,
      table: `${location}/t.csv`,
      columns: { label: 'label', patient: 'patient', part: 'split' },
    } as const;
  };
  const outcome = async (choices: GivenImportChoices) => {
    const { plan: planned, images } = await plan(choices);
    expect(planned.ready).toBe(true);
    const across =
      new Set(images.map(({ patient, part }) => `${patient!}/${part}`)).size -
      new Set(images.map(({ patient }) => patient)).size;
    return [planned.split, planned.images, across];
  };
  const whole = (i: number): string => (i < 20 ? 'Train' : i < 28 ? 'valid' : 'test');

  test('of a column are kept', async () => {
    expect(await outcome(make(whole))).toEqual(['kept', [20, 8, 12], 0]);
    expect(await outcome({ ...make(whole), split: { anew: true } })).toEqual(['anew', [28, 4, 8], 0]);
  });

  test('a column that looks like them must be named or not', async () => {
    const choices = make(whole);
    expect(await undecided({ ...choices, columns: { label: 'label', patient: 'patient' } })).toBe(
      'The column “split” looks like sets (train, val, test). Decide with --part-column split to read the split from it or --part-column none to not read the split from the table.',
    );
    expect(await outcome({ ...choices, columns: { ...choices.columns, part: null } })).toEqual(['anew', [28, 4, 8], 0]);
  });

  test('patients on both sides', async () => {
    const choices = make((i) => (i === 1 ? 'test' : i === 2 || i === 3 ? 'val' : i === 20 ? 'train' : whole(i)));
    expect(await undecided(choices)).toBe(
      '2 patients are in more than one set, with 4 images (P0: train 1, test 1, P10: train 1, val 1). Decide with --patients-across-parts majority to move all images of such a patient into the set that has most of them, --patients-across-parts anew to split all images again, by patient or --patients-across-parts keep to keep the split, with a warning wherever its figures are shown.',
    );
    const decide = (choice: 'majority' | 'anew' | 'keep') =>
      outcome({ ...choices, decisions: { 'patients-across-parts': choice } });
    expect(await decide('keep')).toEqual(['kept', [18, 9, 13], 2]);
    expect(await decide('majority')).toEqual(['kept', [20, 8, 12], 0]);
    expect(await decide('anew')).toEqual(['anew', [28, 4, 8], 0]);
  });

  test('a part that is missing', async () => {
    const choices = make((i) => (i < 32 ? 'train' : 'test'));
    expect(await undecided(choices)).toMatch(
      /^The images are split, but there is no validation set\. Decide with --missing-parts from-train to take the missing sets from the training set, by patient or --missing-parts anew/,
    );
    expect(await outcome({ ...choices, decisions: { 'missing-parts': 'from-train' } })).toEqual([
      'completed',
      [28, 4, 8],
      0,
    ]);
    expect(await outcome({ ...choices, decisions: { 'missing-parts': 'anew' } })).toEqual(['anew', [28, 4, 8], 0]);
  });

  test('images in none', async () => {
    const choices = make((i) => (i === 0 || i === 1 ? 'holdout' : whole(i)));
    expect(await undecided(choices)).toMatch(
      /^2 images are not in a set called train, val or test \(0\.png, 1\.png\)\. Decide with --unknown-parts drop/,
    );
    expect(await outcome({ ...choices, decisions: { 'unknown-parts': 'drop' } })).toEqual(['kept', [18, 8, 12], 0]);
    expect(await outcome({ ...choices, decisions: { 'unknown-parts': 'anew' } })).toEqual(['anew', [28, 4, 8], 0]);
  });

  test('a class that is missing in one', async () => {
    const choices = collection((rows) => [set(0, 2, 'rare'), set(1, 2, 'rare')].forEach((change) => change(rows)));
    expect(await undecided(choices)).toMatch(
      /^1 class is missing from a set \(“rare”: no image in (train|val|test) and (val|test)\)\. Decide with --classes-missing keep to continue; .* or --classes-missing drop to leave the images of these classes out\.$/,
    );
    expect(await classesOf({ ...choices, decisions: { 'classes-missing': 'keep' } })).toEqual({
      ill: 18,
      rare: 2,
      well: 20,
    });
    expect(await classesOf({ ...choices, decisions: { 'classes-missing': 'drop' } })).toEqual({ ill: 18, well: 20 });
  });

  test('the same seed draws the same, whatever the order of rows and files; another one draws others', async () => {
    const parts = async (order: (rows: string[][]) => void, seed: number): Promise<string> => {
      const { images } = await plan({ ...collection(order), split: { seed } });
      return images.map(({ path, part }) => `${path} ${part}`).join();
    };
    expect(await parts((rows) => rows.reverse(), 7)).toBe(await parts(() => undefined, 7));
    expect(await parts(() => undefined, 8)).not.toBe(await parts(() => undefined, 7));
  });
});

describe('values', () => {
  test.each([
    ['57', 57],
    ['57,0', 57],
    ['57.5', 57.5],
    ['045Y', 45],
    ['018M', 1.5],
    ['052W', 364 / 365.25],
    ['003D', 3 / 365.25],
    ['57 years', 57],
    ['414', null],
    ['old', null],
    ['', null],
  ])('the age %j is %j', (text, years) => {
    const age = ageInYears(text);
    if (years === null) expect(age).toBeNull();
    else expect(age).toBeCloseTo(years, 9);
  });

  test.each([
    [0, '0-17'],
    [17.9, '0-17'],
    [18, '18-39'],
    [39.9, '18-39'],
    [40, '40-64'],
    [64.9, '40-64'],
    [65, '65 and over'],
  ])('%d years are in the group %s', (years, group) => {
    expect(ageGroup(years)).toBe(group);
  });

  test.each(['', ' ', 'NA', 'n/a', 'NaN', 'null', '-', '?', '#N/A'])('%j is no value', (text) => {
    expect(isMissing(text)).toBe(true);
  });

  test.each(['0', 'none', 'no', 'normal'])('%j is one', (text) => {
    expect(isMissing(text)).toBe(false);
  });

  test('a group of a hundred values is none', async () => {
    const files = Array.from({ length: 202 }, (_, i) => `${i % 2}/${i}.png`);
    const table = ['file,site', ...files.map((file, i) => `${file},s${i % 101}`)].join('\n');
    const location = folderWith({ ...Object.fromEntries(files.map((file) => [file, ''])), 't.csv': table });
    const columns = { label: null, groups: { site: 'site' } };
    const refusal = await refusalOf(() => plan({ location, table: `${location}/t.csv`, columns }));
    expect([refusal.kind, refusal.message]).toEqual([
      'import-group-values',
      'The column “site” has 101 different values; a group (site) has at most 100. Name another column for it.',
    ]);
  });
});
