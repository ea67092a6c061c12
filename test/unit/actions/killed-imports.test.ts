import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeKilledImports } from '../../../src-main/actions/killed-imports.js';
import { temporaryName } from '../../../src-main/durable-file.js';

const home = mkdtempSync(join(tmpdir(), 'killed-imports-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('what killed imports left goes, what is being written and what is finished stays', async () => {
  // a folder that is not there yet is no fault
  await removeKilledImports(home);
  const datasets = join(home, 'datasets');
  mkdirSync(datasets);
  const ofThisProcess = temporaryName('own.npz');
  for (const name of ['.own.npz.999999999.tmp', ofThisProcess, 'own.npz']) writeFileSync(join(datasets, name), 'half');
  await removeKilledImports(home);
  expect(readdirSync(datasets).sort()).toEqual([ofThisProcess, 'own.npz'].sort());
});
