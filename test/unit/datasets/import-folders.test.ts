import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectImport } from '../../../src-main/datasets/sources/index.js';
import { listFiles } from '../../../src-main/datasets/sources/list-files.js';
import { partNamed } from '../../../src-main/datasets/sources/part-names.js';
import type { GivenImportChoices } from '../../../src-main/vocabulary/import-plan.js';
import { folders, plan, problemsOf, refusalOf } from './image-folders.js';

const folderWith = folders();
const inspect = (location: string) => inspectImport({ location, table: null, reading: {} });
/** Images `from` to `to` of a folder. */
const images = (folder: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${folder}/${from + i}.png`);

describe('what lies in a folder', () => {
  test('images by ending, DICOM by its first bytes, the rest counted', async () => {
    const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(20)]);
    const location = folderWith({
      'b/1.PNG': '',
      'b/2.jpeg': '',
      'b/3.tif': '',
      'a/4.bmp': '',
      'a/5.webp': '',
      'a/6.dcm': '',
      'a/IM00001': dicom,
      'a/1.2.840.10008.7': dicom,
      'a/README': 'no image',
      'a/notes.docx': '',
      'a/.DS_Store': '',
      'a/Thumbs.db': '',
      '__MACOSX/a/._1.png': '',
      '.git/x.png': '',
      DICOMDIR: dicom,
      'labels.csv': '',
    });
    const found = await inspect(location);
    expect(found.kinds).toEqual({ png: 1, jpeg: 1, tiff: 1, bmp: 1, webp: 1, dicom: 3 });
    expect(found.sentence).toMatch(/^One folder per class: 8 images \(/);
    expect(found.ignored).toEqual([
      { what: '.docx', count: 1 },
      { what: 'DICOMDIR', count: 1 },
      { what: 'hidden or system files', count: 4 },
      { what: 'with an unknown extension', count: 1 },
    ]);
    expect(found.tables).toEqual(['labels.csv']);
    const listed = await listFiles(location);
    expect(listed.images.map(({ path }) => path)).toEqual([
      'a/1.2.840.10008.7',
      'a/4.bmp',
      'a/5.webp',
      'a/6.dcm',
      'a/IM00001',
      'b/1.PNG',
      'b/2.jpeg',
      'b/3.tif',
    ]);
  });

  test('in the order of code points, whatever the order on the disk', async () => {
    const names = ['ä', 'Z', 'a', '10', '9', '\u{1f600}', '\uff5e'].map((name) => `${name}.png`);
    const expected = ['10.png', '9.png', 'Z.png', 'a.png', 'ä.png', '\uff5e.png', '\u{1f600}.png'];
    for (const order of [names, names.toReversed()]) {
      expect((await listFiles(folderWith(order))).images.map(({ path }) => path)).toEqual(expected);
    }
  });

  test.runIf(process.platform !== 'win32')(
    'links: to a file inside they are followed, others are refused',
    async () => {
      const outside = folderWith(['secret.png']);
      const linked = (make: (location: string) => void): string => {
        const location = folderWith(['a/1.png', 'b/2.png']);
        make(location);
        return location;
      };
      const inside = linked((location) => symlinkSync(join(location, 'a/1.png'), join(location, 'b/3.png')));
      expect((await listFiles(inside)).images.map(({ path }) => path)).toEqual(['a/1.png', 'b/2.png', 'b/3.png']);
      const refused = [
        [
          (location: string) => symlinkSync(join(outside, 'secret.png'), join(location, 'b/3.png')),
          'import-link-outside',
          'b/3.png: this link points outside the imported folder. Replace it with a copy of its target.',
        ],
        [
          (location: string) => symlinkSync(outside, join(location, 'c')),
          'import-link-outside',
          'c: this link points outside the imported folder',
        ],
        [
          (location: string) => symlinkSync(location, join(location, 'b/again')),
          'import-link-outside',
          'b/again: this link',
        ],
        [
          (location: string) => symlinkSync(join(location, 'a'), join(location, 'c')),
          'import-link-to-folder',
          'c: this link points to another folder of the import, whose images would be imported twice. Delete the link.',
        ],
        [
          (location: string) => symlinkSync('nowhere', join(location, 'c.png')),
          'import-link-broken',
          'c.png: the target of this link does not exist. Delete it, or replace it with a copy of the file.',
        ],
      ] as const;
      for (const [make, kind, message] of refused) {
        const location = linked(make);
        const refusal = await refusalOf(() => listFiles(location));
        expect([refusal.kind, refusal.message]).toEqual([kind, expect.stringContaining(`${location}/${message}`)]);
      }
    },
  );

  test('refused locations', async () => {
    const location = folderWith({
      'a/1.png': '',
      'empty/x.docx': '',
      'flat/1.png': '',
      'flat/2.png': '',
      'flat/t.csv': '',
    });
    mkdirSync(join(location, 'nothing'));
    const refused = [
      ['/none', 'import-location-missing', 'there is no such folder. Check the path, or connect its drive.'],
      [
        '/a/1.png',
        'import-location-not-folder',
        'this is a file, not a folder. Give the folder that contains the images.',
      ],
      [
        '/nothing',
        'import-no-images',
        'there is no image in the folder. Give a folder with PNG, JPEG, TIFF, BMP, WebP or DICOM files.',
      ],
      ['/empty', 'import-no-images', 'there is no image in the folder (but 1 .docx). Give a folder with PNG'],
      [
        '/flat',
        'import-no-labels',
        'the classes of the images are not known. Put the images into one folder per class (at least two), or give a table with --table (in the folder is t.csv).',
      ],
    ] as const;
    for (const [path, kind, message] of refused) {
      const refusal = await refusalOf(() => inspect(location + path));
      expect([refusal.kind, refusal.message]).toEqual([
        kind,
        expect.stringContaining(`${location}${path}: ${message}`),
      ]);
    }
  });

  test('stops where it is told to', async () => {
    const location = folderWith(['a/1.png', 'b/2.png']);
    const stopped = inspectImport({ location, table: null, reading: {} }, AbortSignal.abort(new Error('stopped')));
    await expect(stopped).rejects.toThrow('stopped');
  });
});

describe('classes and parts from folders', () => {
  test.each([
    ['train', 'train'],
    ['Training', 'train'],
    ['TRAIN_SET', 'train'],
    ['val', 'val'],
    ['valid', 'val'],
    ['validation', 'val'],
    ['Validation data', 'val'],
    ['test', 'test'],
    ['testing', 'test'],
    ['Testing images', 'test'],
    ['benign', null],
    ['', null],
  ])('%j is the part %j', (name, part) => {
    expect(partNamed(name)).toBe(part);
  });

  const cases: [string, string[], unknown][] = [
    [
      'a folder for each class',
      [...images('benign', 1, 10), ...images('malignant', 1, 10)],
      ['class-folders', 'anew', { benign: 10, malignant: 10 }],
    ],
    [
      'folders around, and folders inside a class',
      [...images('export/2026/benign/site 1', 1, 10), ...images('export/2026/malignant', 1, 10)],
      ['class-folders', 'anew', { benign: 10, malignant: 10 }],
    ],
    [
      'parts above classes',
      ['Train', 'valid', 'TEST'].flatMap((part) => [...images(`${part}/x`, 1, 4), ...images(`${part}/y`, 1, 4)]),
      ['part-folders', 'kept', { x: 12, y: 12 }],
    ],
    [
      'parts below classes',
      ['training', 'validation', 'testing'].flatMap((part) => [
        ...images(`x/${part}`, 1, 4),
        ...images(`y/${part}`, 1, 4),
      ]),
      ['part-folders', 'kept', { x: 12, y: 12 }],
    ],
    [
      'classes that are numbers, in their order',
      ['10', '9', '0'].flatMap((name) => images(name, 1, 10)),
      ['class-folders', 'anew', { 0: 10, 9: 10, 10: 10 }],
    ],
    [
      'test is a class where nothing is called train',
      [...images('test', 1, 10), ...images('control', 1, 10)],
      ['class-folders', 'anew', { control: 10, test: 10 }],
    ],
  ];
  test.each(cases)('%s', async (_, files, expected) => {
    const { plan: planned } = await plan({ location: folderWith(files) });
    const classes = planned.classes.map(({ name, images: parts }) => [name, parts[0] + parts[1] + parts[2]]);
    expect([planned.inspection.source, planned.split, Object.fromEntries(classes)]).toEqual(expected);
    expect(problemsOf(planned)).toEqual([]);
    expect(planned.patientsFrom).toBe('nothing');
    expect(planned.notes[0]).toMatch(/^no patient is known: every image is treated as a separate patient/);
  });

  test('numbers of classes go by their value, not by their spelling', async () => {
    const { plan: planned } = await plan({
      location: folderWith(['10', '9', '0'].flatMap((name) => images(name, 1, 10))),
    });
    expect(planned.classes.map(({ name }) => name)).toEqual(['0', '9', '10']);
  });
});

describe('patients without a table', () => {
  const files = Array.from({ length: 40 }, (_, i) => {
    const patient = `P${String(i >> 1).padStart(2, '0')}`;
    return {
      path: `${i % 4 < 2 ? 'ill' : 'well'}/${patient}/${patient}_${i % 2 === 0 ? 'left' : 'right'}.dcm`,
      patient,
    };
  });
  const location = folderWith(files.map(({ path }) => path));
  const patients = new Map(files.map(({ path, patient }) => [path, `hash of ${patient}`]));
  let asked: string[] = [];
  const readPatients = (_: string, dicom: readonly { path: string }[]) => {
    asked = dicom.map(({ path }) => path);
    return Promise.resolve(patients);
  };

  test.each<[string, Partial<GivenImportChoices>, string]>([
    ['from the folder', { patientFolder: 2 }, 'the folders of level 2'],
    ['from the name', { patientBefore: '_' }, 'the file names up to “_”'],
    ['from the headers', {}, 'the DICOM headers'],
  ])('%s', async (_, choices, from) => {
    const { planImport } = await import('../../../src-main/datasets/sources/index.js');
    const { importChoicesSchema } = await import('../../../src-main/vocabulary/import-plan.js');
    const { plan: planned, images: found } = await planImport(importChoicesSchema.parse({ location, ...choices }), {
      readPatients,
    });
    expect(planned.patientsFrom).toBe(from);
    expect(planned.patients).toEqual([14, 2, 4]);
    expect(planned.images).toEqual([28, 4, 8]);
    expect(new Set(found.map(({ patient }) => patient)).size).toBe(20);
    const parts = new Set(found.map(({ patient, part }) => `${patient!}/${part}`));
    expect(parts.size).toBe(20);
  });

  test('headers are read of the images that are in, once', async () => {
    const { planImport } = await import('../../../src-main/datasets/sources/index.js');
    const { importChoicesSchema } = await import('../../../src-main/vocabulary/import-plan.js');
    const choices = importChoicesSchema.parse({
      location: folderWith([...files.map(({ path }) => path), 'stray.dcm']),
    });
    await planImport({ ...choices, decisions: { 'empty-labels': 'drop' } }, { readPatients });
    expect(asked).toEqual(files.map(({ path }) => path).sort());
  });

  test('names that begin alike are pointed out', async () => {
    const { plan: planned } = await plan({ location });
    expect(planned.notes).toContain(
      'file names begin the same way (“P00_…”: 2 images): if that is the patient, say so with --patient-before _',
    );
  });

  test('a level without folders', async () => {
    const refusal = await refusalOf(() => plan({ location, patientFolder: 3 }));
    expect([refusal.kind, refusal.message]).toEqual([
      'import-patient-folder',
      'No image is in a folder of level 3. Level 1 is the outermost folder that differs between images.',
    ]);
  });
});
