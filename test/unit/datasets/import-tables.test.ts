import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GivenImportChoices } from '../../../src-main/vocabulary/import-plan.js';
import { folders, plan, problemsOf, refusalOf } from './image-folders.js';

const DATA = '../shared/data/import';

describe('six tables over 1,000 chest X-rays, as spreadsheets write them', () => {
  const DECIDED = {
    'labels-differ': 'table',
    'several-labels': 'first',
    'patients-across-parts': 'majority',
    'classes-missing': 'keep',
  } as const;
  const GERMAN = {
    file: 'Datei',
    label: 'Befund (Röntgen)',
    patient: 'Patient',
    groups: { age: 'Alter', sex: 'Geschlecht' },
  };
  const TABLES = [
    [
      'csv/abs_windows_paths_quoted.csv',
      { ...GERMAN, label: 'Befund' },
      'UTF-8, 5 columns separated by commas, the first row is a header; 1,000 rows.',
    ],
    [
      'csv/no_header.csv',
      { file: '1', label: '3', patient: '2', groups: { age: '4', sex: '5' } },
      'UTF-8, 5 columns separated by commas, no header; 1,000 rows.',
    ],
    [
      'csv/semicolon_cp1252_backslash_decimalcomma.csv',
      GERMAN,
      'Windows-1252, 5 columns separated by semicolons, the first row is a header; decimal commas in “Alter”; 1,000 rows.',
    ],
    [
      'csv/semicolon_utf8bom.csv',
      GERMAN,
      'UTF-8 with a byte-order mark, 5 columns separated by semicolons, the first row is a header; decimal commas in “Alter”; 1,000 rows.',
    ],
    [
      'csv/tab_utf16le.csv',
      { ...GERMAN, label: 'Befund' },
      'UTF-16 (little endian) with a byte-order mark, 5 columns separated by tabs, the first row is a header; decimal commas in “Alter”; 1,000 rows.',
    ],
    [
      'nih-chest/Data_Entry_subset.csv',
      {
        file: 'Image Index',
        label: 'Finding Labels',
        patient: 'Patient ID',
        groups: { age: 'Patient Age', sex: 'Patient Gender' },
      },
      'UTF-8, 11 columns separated by commas, the first row is a header; a comma inside a name in the header separates two columns, as in the rows; 1,000 rows.',
    ],
  ] as const;

  test.for(TABLES)('%s', async ([table, columns, sentence], { skip }) => {
    if (!existsSync(`${DATA}/${table}`)) skip('the chest X-rays are not on this machine');
    const choices = { location: `${DATA}/nih-chest`, table: `${DATA}/${table}`, columns, decisions: DECIDED };
    const { plan: planned, images } = await plan(choices);
    expect(planned.inspection.table?.sentence).toBe(sentence);
    const proposed = planned.inspection.table?.columns.flatMap(({ name, proposal }) =>
      proposal ? [[proposal.role, name]] : [],
    );
    const named = (wanted: string): string => (/^\d$/.test(wanted) ? `column ${wanted}` : wanted);
    expect(new Map(proposed as [string, string][])).toEqual(
      new Map(
        Object.entries({ file: columns.file, patient: columns.patient, label: columns.label, ...columns.groups }).map(
          ([role, wanted]) => [role, named(wanted)],
        ),
      ),
    );
    expect(problemsOf(planned)).toEqual([
      ['labels-differ', 1, 'table'],
      ['several-labels', 213, 'first'],
      ['patients-across-parts', 30, 'majority'],
      ['classes-missing', expect.any(Number), 'keep'],
    ]);
    expect(planned.problems[0]!.examples).toEqual(['NIH1000/valid/0_normal/00000193_019.png: Pneumonia']);
    expect(planned.groups).toEqual([
      {
        name: 'age',
        column: named(columns.groups.age),
        values: [
          { value: '18-39', images: 39 },
          { value: '40-64', images: 544 },
          { value: '65 and over', images: 417 },
        ],
        unknown: 0,
      },
      {
        name: 'sex',
        column: named(columns.groups.sex),
        values: [
          { value: 'F', images: 509 },
          { value: 'M', images: 491 },
        ],
        unknown: 0,
      },
    ]);
    expect(images).toHaveLength(1000);
    expect(planned.patients!.reduce((sum, part) => sum + part)).toBe(264);
    const sums = new Map(planned.classes.map(({ name, images: parts }) => [name, parts[0] + parts[1] + parts[2]]));
    const english = planned.columns.label !== 'Befund' && planned.columns.label !== 'Befund (Röntgen)';
    expect(sums.get(english ? 'No Finding' : 'unauffällig')).toBe(499);
    expect(sums.get('Hernia')).toBe(9);
    expect(sums.get('Nodule')).toBe(21);
    expect(planned.ready).toBe(true);
  });

  test('messy values', async ({ skip }) => {
    const table = `${DATA}/csv/messy_values_utf8.csv`;
    if (!existsSync(table)) skip('the chest X-rays are not on this machine');
    const { plan: planned, images } = await plan({
      location: `${DATA}/nih-chest`,
      table,
      columns: { label: 'Finding Labels', patient: 'Patient ID' },
      decisions: {
        ...DECIDED,
        'rows-without-file': 'drop',
        'files-without-row': 'drop',
        'rows-twice': 'drop',
        'empty-labels': 'drop',
        'labels-alike': 'merge',
        'images-without-patient': 'own',
      },
    });
    expect(planned.inspection.table?.sentence).toBe(
      'UTF-8, 5 columns separated by commas, the first row is a header; 1,011 rows and 9 empty.',
    );
    expect(planned.columns).toEqual({
      file: 'Image Index',
      label: 'Finding Labels',
      patient: 'Patient ID',
      part: null,
    });
    expect(problemsOf(planned).slice(0, 8)).toEqual([
      ['rows-without-file', 21, 'drop'],
      ['rows-twice', 10, 'drop'],
      ['files-without-row', 20, 'drop'],
      ['empty-labels', 27, 'drop'],
      ['labels-alike', 1, 'merge'],
      ['labels-differ', 1, 'table'],
      ['several-labels', expect.any(Number), 'first'],
      ['images-without-patient', 24, 'own'],
    ]);
    expect(planned.problems[1]!.sentence).toBe(
      '10 images have several rows in the table, with different content for 9 of them',
    );
    expect(planned.problems[3]!.sentence).toMatch(/^27 images are without a label: .*4 with nothing/);
    expect(planned.notes).toContain('rows were matched with images: 976 by name, 14 by name without the extension');
    expect(images).toHaveLength(943);
    expect(planned.classes.filter(({ name }) => /no.finding/i.test(name)).map(({ name }) => name)).toEqual([
      'No Finding',
    ]);
  });

  test('the patients across parts and of both classes that are known of this collection', async ({ skip }) => {
    const table = `${DATA}/nih-chest/Data_Entry_subset.csv`;
    if (!existsSync(table)) skip('the chest X-rays are not on this machine');
    const { plan: planned } = await plan({
      location: `${DATA}/nih-chest`,
      table,
      columns: { label: null, patient: 'Patient ID' },
    });
    expect(problemsOf(planned)).toEqual([['patients-across-parts', 30, null]]);
    expect(planned.patientsOfSeveralLabels).toBe(68);
    expect(planned.classes).toEqual([
      { name: '0_normal', images: [300, 100, 100] },
      { name: '1_abnormal', images: [300, 100, 100] },
    ]);
  });
});

/** Œ stands at 0x8c in Windows-1252, and nowhere in Latin-1. */
const windows1252 = (text: string): Buffer => Buffer.from(text.replaceAll('Œ', '\x8c'), 'latin1');
const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

describe('the same table in every spelling', () => {
  const SPLIT = { shares: { train: 50, val: 25, test: 25 } };
  const folderWith = folders();
  // twelve patients with two images each, in a folder for each scanner
  const rows = Array.from({ length: 24 }, (_, i) => {
    const patient = Math.floor(i / 2);
    return {
      path: `${i % 2 === 0 ? 'left' : 'right'}/p${String(patient).padStart(3, '0')}_${i % 2}.png`,
      patient: `PAT-${String(patient).padStart(5, '0')}`,
      label: patient % 3 === 0 ? 'Œdème' : patient % 3 === 1 ? 'unauffällig' : 'Erguß',
      age: 30 + 3 * patient,
      sex: patient % 2 === 0 ? 'M' : 'F',
    };
  });
  const location = folderWith(rows.map(({ path }) => path));
  type Row = (typeof rows)[number];
  const write = (
    delimiter: string,
    end: string,
    path: (row: Row) => string,
    age: (row: Row) => string,
    cell = (text: string): string => text,
    header = true,
  ): string => {
    const lines = rows.map((row) => [path(row), row.patient, row.label, age(row), row.sex]);
    if (header) lines.unshift(['Datei', 'Patient', 'Befund (Röntgen)', 'Alter', 'Geschlecht']);
    return lines.map((line) => line.map(cell).join(delimiter) + end).join('');
  };
  const relative = ({ path }: Row): string => path;
  const backslash = ({ path }: Row): string => `Bilder\\${path.replaceAll('/', '\\')}`;
  const windows = ({ path }: Row): string => `C:\\Users\\Dr. Meier\\Desktop\\1\\${path.replaceAll('/', '\\')}`;
  const name = ({ path }: Row): string => path.split('/')[1]!;
  const stem = (row: Row): string => name(row).slice(0, -4).toUpperCase();
  const point = ({ age }: Row): string => String(age);
  const comma = ({ age }: Row): string => `${age},0`;
  const quote = (text: string): string => `"${text}"`;

  test.for<[string, string | Uint8Array, string, string]>([
    ['commas', write(',', '\n', relative, point), 'UTF-8, 5 columns separated by commas', '24 by path'],
    [
      'semicolons with a mark',
      `\ufeff${write(';', '\r\n', backslash, comma)}`,
      'UTF-8 with a byte-order mark, 5 columns separated by semicolons',
      '24 by path',
    ],
    [
      'Windows-1252',
      windows1252(write(';', '\r\n', backslash, comma)),
      'Windows-1252, 5 columns separated by semicolons',
      '24 by path',
    ],
    [
      'UTF-16, little endian',
      Buffer.from(`\ufeff${write('\t', '\r\n', name, comma)}`, 'utf16le'),
      'UTF-16 (little endian) with a byte-order mark, 5 columns separated by tabs',
      '24 by name',
    ],
    [
      'UTF-16, big endian',
      utf16be(write('\t', '\r\n', name, comma)),
      'UTF-16 (big endian) with a byte-order mark, 5 columns separated by tabs',
      '24 by name',
    ],
    [
      'UTF-16 without a mark',
      Buffer.from(write('\t', '\r\n', name, comma), 'utf16le'),
      'UTF-16 (little endian), 5 columns separated by tabs',
      '24 by name',
    ],
    [
      'absolute Windows paths in quotation marks',
      write(',', '\n', windows, point, quote),
      'UTF-8, 5 columns separated by commas',
      '24 by path',
    ],
    [
      'decimal commas in quotation marks',
      write(',', '\n', name, comma, quote),
      'UTF-8, 5 columns separated by commas',
      '24 by name',
    ],
    [
      'no header',
      write(',', '\n', name, point, undefined, false),
      'UTF-8, 5 columns separated by commas, no header',
      '24 by name',
    ],
    [
      'names without ending, in capitals',
      write('|', '\r', stem, point),
      'UTF-8, 5 columns separated by vertical bars',
      '24 by name without the extension',
    ],
    [
      'a first line that names the delimiter',
      `sep=;\r\n${write(';', '\r\n', name, comma)}`,
      'UTF-8, 5 columns separated by semicolons',
      '24 by name',
    ],
    [
      'empty rows',
      `\n\n${write(',', '\n', name, point)}\n,,,,\n`,
      'UTF-8, 5 columns separated by commas, the first row is a header; 24 rows and 4 empty',
      '24 by name',
    ],
  ])('%s', async ([, content, sentence, matched]) => {
    const table = `${folderWith({ 'table.csv': content })}/table.csv`;
    const { plan: planned, images } = await plan({
      location,
      table,
      columns: { label: '3', patient: '2', groups: { age: '4', sex: '5' } },
      split: SPLIT,
    });
    expect(planned.inspection.table?.sentence).toContain(sentence);
    expect(planned.inspection.table?.decimalComma.length).toBe(
      String(content).includes(',0') || content instanceof Buffer ? 1 : 0,
    );
    expect(planned.notes[0]).toBe(`rows were matched with images: ${matched}`);
    expect(planned.inspection.table?.columns.map(({ proposal }) => proposal?.role)).toEqual([
      'file',
      'patient',
      'label',
      'age',
      'sex',
    ]);
    expect(problemsOf(planned)).toEqual([]);
    expect(
      images.map(({ path, patient, labels, groups }) => [path, patient, planned.classes[labels[0]!]!.name, ...groups]),
    ).toEqual(
      rows
        .map(({ path, patient, label, age, sex }) => [
          path,
          patient,
          label,
          age < 40 ? '18-39' : age < 65 ? '40-64' : '65 and over',
          sex,
        ])
        .sort(([a], [b]) => (a! < b! ? -1 : 1)),
    );
  });

  test('what was found out can be said to be wrong', async () => {
    // DOS wrote ü as 0x81, which Windows-1252 has no character for
    const text = write(';', '\n', name, point).replaceAll('ä', '\x81');
    const table = `${folderWith({ 'table.csv': windows1252(text) })}/table.csv`;
    const columns = { label: '3', patient: null };
    const read = async (reading: GivenImportChoices['reading']): Promise<unknown> => {
      const { plan: planned } = await plan({ location, table, columns, reading, split: SPLIT });
      return [planned.inspection.table?.sentence, planned.images];
    };
    expect(await read({ encoding: 'windows-1252' })).toEqual([
      'Windows-1252, 5 columns separated by semicolons, the first row is a header; 24 rows; 8 characters cannot be read with it: choose another encoding.',
      [12, 6, 6],
    ]);
    expect(await read({ header: false })).toMatchObject([expect.stringContaining('no header; 25 rows'), [12, 6, 6]]);
    await expect(read({ delimiter: ',' })).rejects.toThrow('the table has no column');
  });
});

describe('headers that are not as they should be', () => {
  const folderWith = folders();
  const images = ['a.png', 'b.png', 'c.png', 'd.png', 'e.png', 'f.png'];
  const label = (i: number): string => (i % 2 === 0 ? 'x' : 'y');
  const read = async (header: string, row: (file: string, i: number) => string) => {
    const location = folderWith({
      ...Object.fromEntries(images.map((file) => [file, ''])),
      'table.csv': `${header}\n${images.map(row).join('\n')}\n`,
    });
    const { plan: planned } = await plan({
      location,
      table: `${location}/table.csv`,
      columns: { label: 'dx', patient: null },
    });
    return planned;
  };

  test.each([
    [
      'a comma in a name, and in the rows',
      'file,size[x,y],dx',
      (f: string, i: number) => `${f},5,6,${label(i)}`,
      ['file', 'size[x', 'y]', 'dx'],
      'a comma inside a name',
    ],
    [
      'a comma in a name, not in the rows',
      'file,size[x,y],dx',
      (f: string, i: number) => `${f},5,${label(i)}`,
      ['file', 'size[x,y]', 'dx'],
      'the first row is a header; 6 rows',
    ],
    [
      'row names without a name',
      'file,dx',
      (f: string, i: number) => `${i + 1},${f},${label(i)}`,
      ['column 1', 'file', 'dx'],
      'one name fewer',
    ],
    [
      'a comma at the end of the rows',
      'file,dx',
      (f: string, i: number) => `${f},${label(i)},`,
      ['file', 'dx'],
      'the first row is a header; 6 rows',
    ],
    [
      'two columns of one name',
      'file,dx,dx',
      (f: string, i: number) => `${f},${label(i)},z`,
      ['file', 'dx', 'dx (column 3)'],
      '3 columns',
    ],
    ['spaces around names', ' file , dx ', (f: string, i: number) => `${f},${label(i)}`, ['file', 'dx'], '2 columns'],
  ])('%s', async (_, header, row, names, sentence) => {
    const planned = await read(header, row);
    expect(planned.inspection.table?.columns.map(({ name }) => name)).toEqual(names);
    expect(planned.inspection.table?.sentence).toContain(sentence);
    expect(planned.classes.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(planned.columns).toMatchObject({ file: 'file', label: 'dx' });
  });
});

describe('refused tables', () => {
  const folderWith = folders();
  const location = folderWith(['a/1.png', 'a/2.png', 'b/3.png']);

  test.for<[string, string | Uint8Array, string, string]>([
    [
      'a workbook',
      Buffer.from('PK\x03\x04rest'),
      'table-workbook',
      'this is a spreadsheet workbook, not a text file. Save the sheet as CSV and use that file.',
    ],
    [
      'an old workbook',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
      'table-workbook',
      'this is a spreadsheet workbook',
    ],
    ['an empty file', '', 'table-empty', 'the table is empty. Give a table with one row per image.'],
    ['only empty rows', ',,\n,,\n', 'table-empty', 'the table has no rows. Give a table with one row per image.'],
    [
      'zero bytes',
      'file,dx\na\0.png,1\n',
      'table-not-text',
      'this is not a text file: it contains zero bytes. Save the table as CSV, preferably in UTF-8.',
    ],
    [
      'a quotation mark that is not closed',
      'file,dx\n"1.png,a\n2.png,b\n',
      'table-quote',
      'a quotation mark is opened and never closed',
    ],
  ])('%s', async ([, content, kind, message]) => {
    const table = `${folderWith({ 'table.csv': content })}/table.csv`;
    const refusal = await refusalOf(() => plan({ location, table }));
    expect(refusal.kind).toBe(kind);
    expect(refusal.message).toContain(`${table}: ${message}`);
  });

  test.each([
    ['missing', '/none.csv', 'table-missing', 'there is no such file. Check the path to the table.'],
    ['a folder', '/a', 'table-unreadable', 'this is not a file. Give the path of a text file.'],
  ])('%s', async (_, table, kind, message) => {
    const refusal = await refusalOf(() => plan({ location, table: location + table }));
    expect([refusal.kind, refusal.message]).toEqual([kind, `${location}${table}: ${message}`]);
  });

  test('a column that is not there', async () => {
    const table = `${folderWith({ 'table.csv': 'file,dx\n1.png,a\n' })}/table.csv`;
    const refusal = await refusalOf(() => plan({ location, table, columns: { label: 'diagnosis' } }));
    expect([refusal.kind, refusal.message]).toEqual([
      'import-column-unknown',
      `${table}: the table has no column "diagnosis". Its columns are “file”, “dx”.`,
    ]);
  });
});
