import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureDataFolder } from '../../../src-main/actions/data-folder.js';
import { receiveFiles } from '../../../src-main/actions/receive-files.js';
import { temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

/** Makes an empty file, and the folders above it. @returns its path */
function make(name: string, content = ''): string {
  const path = join(home.folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('what is dropped onto the window', () => {
  it('datasets are known by their ending, folders by what is in them', () => {
    const [a, b] = [make('a.npz'), make('B.NPZ')];
    make('sets/c.npz');
    const sets = join(home.folder, 'sets');
    expect(receiveFiles([a, b, sets])).toEqual({ kind: 'datasets', paths: [a, b, sets] });
  });

  it('a bundle is a folder with a manifest, whether it, the manifest or the packed folder is dropped', () => {
    const manifest = make('net-1.0.0/manifest.json');
    const folder = join(home.folder, 'net-1.0.0');
    expect(receiveFiles([folder])).toEqual({ kind: 'bundle', folder });
    expect(receiveFiles([manifest])).toEqual({ kind: 'bundle', folder });
    const packed = make('net.ZIP');
    expect(receiveFiles([packed])).toEqual({ kind: 'bundle', folder: packed });
  });

  it('a folder with images is imported, with the table that is dropped beside it', () => {
    make('chest/normal/1.png');
    const folder = join(home.folder, 'chest');
    expect(receiveFiles([folder])).toEqual({ kind: 'import', folder, table: null });
    const table = make('labels.CSV');
    expect(receiveFiles([folder, table])).toEqual({ kind: 'import', folder, table });
    expect(receiveFiles([table, folder])).toEqual({ kind: 'import', folder, table });
    make('dicom/IM0001', `${'\0'.repeat(128)}DICM`);
    expect(receiveFiles([join(home.folder, 'dicom')])).toMatchObject({ kind: 'import' });
    make('chest/sets/c.npz');
    expect(receiveFiles([join(home.folder, 'chest', 'sets')])).toMatchObject({ kind: 'datasets' });
  });

  it.each(['scan.JPG', 'scan.dcm', 'scan.tiff'])('an image goes to a model: %s', (name) => {
    const path = make(name);
    expect(receiveFiles([path])).toEqual({ kind: 'image', path });
  });

  const wanted =
    'drop a dataset (.npz, or a folder of them), a folder with images (and its table), a bundle (its folder, or a .zip file of it), or an image (PNG, JPEG, TIFF, BMP, WebP or DICOM) to try on a model.';
  it.each([
    ['report.pdf', `report.pdf is a PDF document: ${wanted}`],
    ['scan.gif', `scan.gif is a GIF image: ${wanted}`],
    ['strange.q', `strange.q is not a file that MedForge can read: ${wanted}`],
  ])('%s is refused with what can be dropped', (name, message) => {
    expect(() => receiveFiles([make(name)])).toThrow(expect.objectContaining({ kind: 'drop-unknown', message }));
  });

  it.each([
    ['nothing', () => [], 'drop-nothing', /^No file was dropped/],
    [
      'a folder of something else',
      () => [join(make('x/y.txt'), '..')],
      'drop-unknown',
      /^The folder x contains neither/,
    ],
    ['a file that is gone', () => [join(home.folder, 'gone.npz', 'x.npz')], 'drop-unknown', /^x\.npz cannot be read/],
    [
      'two images',
      () => [make('a.png'), make('b.png')],
      'drop-mixed',
      /^2 items were dropped at once, starting with a\.png/,
    ],
    ['an image and a dataset', () => [make('a.npz'), make('b.png')], 'drop-mixed', /datasets can be dropped together/],
  ])('%s is refused', (_, paths, kind, message) => {
    expect(() => receiveFiles(paths())).toThrow(
      expect.objectContaining({ kind, message: expect.stringMatching(message) as string }),
    );
  });
});

it('the data folder is measured by what it holds, the largest first', async () => {
  make('medforge.db', 'x'.repeat(10));
  make('medforge.db-wal', 'x'.repeat(5));
  make('runs/1/log', 'x'.repeat(300));
  make('datasets/demo.npz', 'x'.repeat(20));
  make('window/state', 'x');
  const measured = await measureDataFolder(home.folder);
  expect(measured).toMatchObject({ path: home.folder, bytes: 336 });
  expect(measured.parts).toEqual([
    { name: 'runs', bytes: 300 },
    { name: 'datasets', bytes: 20 },
    { name: 'history', bytes: 15 },
    { name: 'other', bytes: 1 },
  ]);
  expect(measured.free).toBeGreaterThan(0);
});
