import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medforge, newHome, start } from './medforge.js';

const root = mkdtempSync(join(tmpdir(), 'medforge-import-'));
const home = newHome();
const folder = join(root, 'hospital');
const table = join(root, 'images.csv');
const IMAGES = 120;

/** Dark and bright squares on noise, two images a patient. */
beforeAll(async () => {
  const rows = ['file;patient;sex;label'];
  for (let n = 0; n < IMAGES; n++) {
    const bright = n % 4 < 2;
    const pixels = Buffer.alloc(20 * 16, 60).map(
      (value, i) => value + ((i * 31 + n * 17) % 40) + (bright && i % 20 < 10 ? 90 : 0),
    );
    const name = `scan ${String(n)}.png`;
    mkdirSync(folder, { recursive: true });
    await sharp(pixels, { raw: { width: 20, height: 16, channels: 1 } })
      .png()
      .toFile(join(folder, name));
    rows.push(`${name};P${String(Math.floor(n / 2))};${n % 8 < 4 ? 'F' : 'M'};${bright ? 'bright' : 'dark'}`);
  }
  writeFileSync(table, `${rows.join('\n')}\n`);
});
afterAll(() => {
  for (const path of [root, home]) rmSync(path, { recursive: true, force: true });
});

const asked = [
  'datasets',
  'import',
  folder,
  '--table',
  table,
  '--size',
  '12',
  '--name',
  'Squares',
  '--home',
  home,
  '--json',
];
const decided = ['--label-column', 'label', '--patient-column', 'patient', '--group-column', 'sex=sex'];

describe('medforge datasets import', () => {
  it('asks what it cannot know, and makes nothing', async () => {
    const { code, stderr } = await medforge(...asked);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Which column has the labels is not clear; “label” looks like it.*--label-column label/s);
  });

  it('says what it would do', async () => {
    const { events } = await medforge(...asked, ...decided, '--plan');
    expect(events[0]).toMatchObject({ event: 'plan', ready: true, images: [84, 12, 24], patients: [42, 6, 12] });
  });

  it('killed in the middle leaves nothing under the name; begun again, it leads to a verified bundle that classifies the images', async () => {
    const { child, answer } = start([...asked, ...decided]);
    const names = (): string[] => (existsSync(join(home, 'datasets')) ? readdirSync(join(home, 'datasets')) : []);
    const isWriting = (): boolean => names().some((name) => name.includes('squares') && name.endsWith('.tmp'));
    while (child.exitCode === null && !isWriting()) await setTimeout(2);
    child.kill('SIGKILL');
    expect((await answer).signal).toBe('SIGKILL');
    expect(names().filter((name) => name.startsWith('squares'))).toEqual([]);
    const { events } = await medforge(...asked, ...decided);
    expect(events.at(-1)).toMatchObject({ event: 'dataset', name: 'Squares', labels: ['bright', 'dark'], size: 12 });
    expect(names().filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await medforge('datasets', 'finding', 'Squares', 'bright', '--home', home);
    const size = ['--channels', '4', '--cells', '1', '--batch', '16'];
    const { events: searched } = await medforge(
      'search',
      'Squares',
      '--epochs',
      '2',
      '--no-race',
      ...size,
      '--home',
      home,
      '--json',
    );
    expect(searched.at(-1)).toMatchObject({ event: 'finished' });
    await medforge('retrain', '1', '--epochs', '10', '--seeds', '1', '--home', home, '--json');
    const { events: evaluated } = await medforge('evaluate', '1', '--home', home, '--json');
    expect(JSON.stringify(evaluated)).toMatch(/"name":"sex"/);
    const out = join(root, 'out');
    await medforge('export', '1', '--out', out, '--home', home, '--json');
    const bundle = join(out, readdirSync(out)[0]!);
    expect((await medforge('verify', bundle, '--json')).code).toBe(0);
    const { events: said } = await medforge(
      'predict',
      bundle,
      join(folder, 'scan 0.png'),
      join(folder, 'scan 2.png'),
      '--json',
    );
    expect(said.map((one) => one['predicted'])).toEqual([['bright'], ['dark']]);
  }, 120_000);
});
