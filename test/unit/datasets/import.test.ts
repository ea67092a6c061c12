import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importDataset, parseImport, pathOfImport } from '../../../src-main/actions/import-images.js';
import { UNKNOWN_VALUE } from '../../../src-main/datasets/dataset.js';
import { importImages, type ImportOptions } from '../../../src-main/datasets/import/import-images.js';
import { loadDataset, type DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import { readNpz } from '../../../src-main/datasets/npz.js';
import { applyRule, openImage } from '../../../src-main/datasets/pixels/index.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';

const root = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Pixels = readonly number[];
/** A grey picture of 16 × 12 pixels. @param bits 8 or 16 */
async function picture(path: string, value: (i: number) => number, bits: 8 | 16 = 8): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const samples = bits === 8 ? new Uint8Array(192) : new Uint16Array(192);
  samples.forEach((_, i) => (samples[i] = value(i)));
  const image = sharp(samples, { raw: { width: 16, height: 12, channels: 1 } });
  await image
    .toColourspace(bits === 8 ? 'b-w' : 'grey16')
    .png()
    .toFile(path);
}

let files = 0;
const target = (): string => join(root, `made-${String(files++)}.npz`);
const run = (
  location: string,
  change: { choices?: object; pixels?: object } & Record<string, unknown> = {},
  options: ImportOptions = {},
  path = target(),
): Promise<DatasetDescription> => {
  const { choices, ...others } = change;
  return importImages(parseImport({ name: 'Own', choices: { location, ...choices }, ...others }), path, options);
};

/** Room for every class in each part of twelve images. */
const EVEN = { split: { shares: { train: 50, val: 25, test: 25 } } };
const classes = join(root, 'classes');
beforeAll(async () => {
  for (let n = 0; n < 20; n++) {
    await picture(join(classes, n % 2 ? 'ill' : 'well', `scan-${String(n)}.png`), (i) => (i + 10 * n) % 256);
  }
});

describe('an import of class folders', () => {
  it('makes a dataset with the pixels of the rule, its classes and where each image came from', async () => {
    const steps = new Set<string>();
    const made = await run(classes, { pixels: { size: 12 } }, { onProgress: ({ step }) => steps.add(step) });
    expect(made).toMatchObject({ name: 'Own', labels: ['ill', 'well'], size: 12, channels: 1, horizontalFlip: false });
    expect(made.samples).toEqual({ train: 14, val: 2, test: 4 });
    expect(steps).toEqual(new Set(['checking the images', 'reading the images']));
    const { parts, pixelRule } = await loadDataset(made.path);
    const sources = Buffer.from((await readNpz(made.path)).get('medforge_sources')!.data as Uint8Array).toString();
    const rows = sources
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(rows).toHaveLength(20);
    for (const [part, number, file] of rows as [keyof typeof parts, string, string][]) {
      const { images, labels } = parts[part];
      const wanted = applyRule(pixelRule!, await openImage(join(classes, file))).pixels;
      expect(images.pixels.subarray(144 * Number(number), 144 * (Number(number) + 1))).toEqual(wanted);
      expect(labels.values[Number(number)]).toBe(file.startsWith('ill') ? 0 : 1);
    }
  });

  it('gives the same bytes for the same files and choices wherever they lie, others for another seed', async () => {
    const copy = join(root, 'elsewhere', 'classes');
    cpSync(classes, copy, { recursive: true });
    const bytesOf = async (made: Promise<DatasetDescription>): Promise<Buffer> => readFileSync((await made).path);
    const first = await bytesOf(run(classes));
    expect((await bytesOf(run(copy))).equals(first)).toBe(true);
    const other = { choices: { split: { seed: 7 } } };
    expect((await bytesOf(run(classes, other))).equals(first)).toBe(false);
  });

  it('that is stopped leaves nothing', async () => {
    const folder = join(root, 'stopped');
    const stop = new AbortController();
    const onProgress: ImportOptions['onProgress'] = ({ step, done }) => {
      if (step === 'reading the images' && done === 5) stop.abort(new Error('enough'));
    };
    const path = join(folder, 'own.npz');
    await expect(run(classes, {}, { signal: stop.signal, onProgress }, path)).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the samples of a set', () => {
  it('are scaled by the bits in use of all images together, not of each', async () => {
    const folder = join(root, 'deep');
    const levels = [1000, 4000, 600, 3000, 500, 2000];
    for (const [n, level] of [...levels, ...levels].entries()) {
      await picture(join(folder, n % 2 ? 'a' : 'b', `${String(n)}.png`), () => level, 16);
    }
    const made = await run(folder, { pixels: { size: 12, fit: 'crop' }, choices: EVEN });
    expect(made.pixelRule?.intensity).toEqual({ kind: 'bits', bits: 12 });
    const { parts } = await loadDataset(made.path);
    const seen = new Set(Object.values(parts).flatMap(({ images }) => [...images.pixels]));
    expect(seen).toEqual(new Set(levels.map((level) => Math.round((level * 255) / 4095))));
  });

  it('are colours where one image is coloured, grey where colours are equal', async () => {
    const folder = join(root, 'coloured');
    const paint = async (name: string, colour: Pixels): Promise<void> => {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const [r, g, b] = colour as [number, number, number];
      await sharp({ create: { width: 12, height: 12, channels: 3, background: { r, g, b } } })
        .png()
        .toFile(path);
    };
    for (let n = 0; n < 12; n++) await paint(`${n % 2 ? 'a' : 'b'}/${String(n)}.png`, [20 * n, 20 * n, 20 * n]);
    const grey = await run(folder, { pixels: { size: 12 }, choices: EVEN });
    expect(grey.channels).toBe(1);
    await paint('a/13.png', [200, 10, 10]);
    const coloured = await run(folder, { pixels: { size: 12 }, choices: EVEN });
    expect(coloured.channels).toBe(3);
    expect((await run(folder, { pixels: { size: 12, channels: 1 }, choices: EVEN })).channels).toBe(1);
  });
});

describe('files that cannot be read', () => {
  const folder = join(root, 'damaged');
  beforeAll(() => {
    cpSync(classes, folder, { recursive: true });
    writeFileSync(join(folder, 'ill', 'scan-1.png'), 'no picture');
    const cut = readFileSync(join(folder, 'well', 'scan-2.png'));
    writeFileSync(join(folder, 'well', 'scan-2.png'), cut.subarray(0, cut.length - 30));
  });

  it('are all named, and nothing is made', async () => {
    const path = target();
    const refused = run(folder, { pixels: { unreadable: 'refuse' } }, {}, path);
    await expect(refused).rejects.toMatchObject({
      kind: expect.stringMatching(/^(import-unreadable|image-)/) as string,
    });
    await expect(run(folder, {}, {}, path)).rejects.toThrow(/scan-1\.png/);
    expect(existsSync(path)).toBe(false);
  });

  it('are left out where that is chosen, and the dataset says so', async () => {
    const made = await run(folder, { pixels: { unreadable: 'drop' } });
    expect(made.samples.train + made.samples.val + made.samples.test).toBe(18);
    const manifest = Buffer.from((await readNpz(made.path)).get('medforge_dataset')!.data as Uint8Array).toString();
    expect(manifest).toMatch(/left out: [^"]*scan-1\.png/);
    expect(manifest).toMatch(/left out: [^"]*scan-2\.png/);
  });
});

describe('an import with a table', () => {
  it('knows patients, never in two parts, and groups; their names stay out of the file', async () => {
    const table = join(root, 'table.csv');
    const rows = Array.from({ length: 20 }, (_, n) => {
      return `scan-${String(n)}.png;Meier-${String(Math.floor(n / 4))};${n % 8 < 4 ? 'F' : n === 4 ? '' : 'M'}`;
    });
    writeFileSync(table, `\ufefffile;who;sex\n${rows.join('\n')}\n`);
    const choices = { table, columns: { label: null, patient: 'who', part: null, groups: { sex: 'sex' } } };
    const made = await run(classes, { choices });
    const { parts } = await loadDataset(made.path);
    const patients = Object.values(parts).map(({ labels }) => new Set(labels.subjects!.patients));
    expect(patients.reduce((sum, { size }) => sum + size, 0)).toBe(5);
    expect(new Set(patients.flatMap((set) => [...set])).size).toBe(5);
    const all = Object.values(parts).flatMap(({ labels }) => [...labels.subjects!.groupings[0]!.valueOf]);
    expect(all.filter((value) => value === UNKNOWN_VALUE)).toHaveLength(1);
    expect(readFileSync(made.path).includes('Meier')).toBe(false);
    const named = await run(classes, { choices, keepPatients: true });
    expect(readFileSync(named.path).includes('Meier-3')).toBe(true);
  });

  it('goes on only when everything is decided', async () => {
    const table = join(root, 'short.csv');
    writeFileSync(
      table,
      `file,label\n${Array.from({ length: 12 }, (_, n) => `scan-${String(n)}.png,x${String(n % 2)}`).join('\n')}\n`,
    );
    const choices = { table, columns: { label: 'label' }, ...EVEN };
    await expect(run(classes, { choices })).rejects.toMatchObject({
      kind: 'import-undecided',
      message: expect.stringContaining('--files-without-row drop') as string,
    });
    const made = await run(classes, { choices: { ...choices, decisions: { 'files-without-row': 'drop' } } });
    expect(made.samples.train + made.samples.val + made.samples.test).toBe(12);
  });
});

describe('the name of an import', () => {
  const history = { addDataset: () => undefined } as unknown as WritableHistory;

  it('is never that of another, and what a killed import left behind goes', async () => {
    const home = join(root, 'home');
    const context = { home, history, importImages };
    const leftover = join(home, 'datasets', '.own.npz.999999999.tmp');
    mkdirSync(dirname(leftover), { recursive: true });
    writeFileSync(leftover, 'half');
    const wanted = parseImport({ name: 'Öwn / 1', choices: { location: classes } });
    const { entry } = await importDataset(context, wanted);
    expect(entry.name).toBe('Öwn / 1');
    expect(existsSync(leftover)).toBe(false);
    await expect(importDataset(context, wanted)).rejects.toMatchObject({
      kind: 'import-name-taken',
      message: `An imported dataset named “Öwn / 1” already exists (${entry.path}). Give another name, or delete that file first.`,
    });
    expect(pathOfImport(home, 'öwn-1')).not.toBe(entry.path);
  });

  it.each([
    ['no name', { name: ' ' }, /name/],
    ['a size that does not fit', { pixels: { size: 30 } }, /size/],
    [
      'shares of more than all',
      { choices: { location: 'x', split: { shares: { train: 70, val: 20, test: 20 } } } },
      /must add up to 100/,
    ],
  ])('and all choices are checked: %s', (_, change, message) => {
    expect(() => parseImport({ name: 'Own', choices: { location: 'x' }, ...change })).toThrow(message);
  });
});
