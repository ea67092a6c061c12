import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medforge, newHome } from './medforge.js';

const root = mkdtempSync(join(tmpdir(), 'medforge-large-'));
const home = newHome();
const folder = join(root, 'photos');
const CLASSES = ['left', 'right'];

/** A bright stripe to the left or to the right on noise, 80 × 72 pixels in colours. */
beforeAll(async () => {
  for (const [label, name] of CLASSES.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let n = 0; n < 30; n++) {
      const pixels = Buffer.alloc(80 * 72 * 3, 40).map((value, i) => {
        const x = Math.floor(i / 3) % 80;
        return value + ((i * 31 + n * 17) % 40) + (Math.floor(x / 20) === (label === 0 ? 0 : 3) ? 120 : 0);
      });
      const picture = sharp(pixels, { raw: { width: 80, height: 72, channels: 3 } });
      await picture.png().toFile(join(folder, name, `${String(n)}.png`));
    }
  }
});
afterAll(() => {
  for (const path of [root, home]) rmSync(path, { recursive: true, force: true });
});

describe('images larger than 28 pixels', () => {
  it.each([64, 224])(
    '%i: import, estimate, search, retraining, export, verification and prediction',
    async (size) => {
      const name = `Photos ${String(size)}`;
      const run = async (...args: string[]) => {
        const { code, stderr, events } = await medforge(...args, '--home', home, '--json');
        expect(code, stderr).toBe(0);
        return events;
      };
      const imported = await run('datasets', 'import', folder, '--size', String(size), '--name', name);
      expect(imported.at(-1)).toMatchObject({ event: 'dataset', size, channels: 3 });
      const search = ['search', name, '--epochs', '2', '--channels', '4', '--cells', '1', '--batch', '8', '--no-race'];
      const [estimate] = await run(...search, '--estimate');
      const { memory } = (estimate as unknown as { needs: { memory: { needed: number } } }).needs;
      expect(memory.needed).toBeLessThan(1e9);
      const found = (await run(...search)).at(-1)!;
      expect(found).toMatchObject({ event: 'finished' });
      const trained = (await run('retrain', String(found['run']), '--epochs', '8', '--batch', '8')).at(-1)!;
      const [{ model }] = trained['models'] as [{ model: number }];
      const out = join(root, `out ${String(size)}`);
      await run('export', String(model), '--out', out);
      const bundle = join(out, readdirSync(out)[0]!);
      await run('verify', bundle);
      const said = await run('predict', bundle, ...CLASSES.map((label) => join(folder, label, '7.png')));
      expect(said.map((one) => one['predicted'])).toEqual(CLASSES.map((label) => [label]));
    },
    240_000,
  );
});
