import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../src-main/training/safetensors.js';
import { dataset, medforge, newHome } from './medforge.js';

const home = newHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The real command with --json. @returns its last object */
async function said(...args: string[]): Promise<Record<string, unknown>> {
  const { code, events, stderr } = await medforge(...args, '--home', home, '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return events.at(-1)!;
}

describe('the number of parameters', () => {
  it('is one number from the search to the bundle, that of the weights in the file of the model', async () => {
    const settings = ['--epochs', '2', '--channels', '4', '--cells', '2', '--batch', '64', '--budget', '0..40k'];
    const search = await said('search', dataset.path, ...settings, '--no-race');
    const { parameters } = search as { parameters: number };
    expect(parameters).toBeGreaterThan(1000);
    await said('retrain', '1', '--epochs', '1', '--batch', '64', '--seeds', '1', '--no-moving-average');
    const { folder } = (await said('export', '1', '--out', join(home, 'bundles'))) as { folder: string };

    const file = join(home, 'runs', '2', 'model-seed-1.safetensors');
    const { tensors } = decodeSafetensors(readFileSync(file), file);
    // the running statistics of batch norms are measured, not trained
    const trained = [...tensors].filter(([name]) => !/\.(mean|variance)$/.test(name));
    expect(trained.length).toBeLessThan(tensors.size);
    expect(trained.reduce((sum, [, { values }]) => sum + values.length, 0)).toBe(parameters);

    const inBundle = (name: string): string => {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      const entry = entries.find((one) => one.name === name)!;
      return readFileSync(join(entry.parentPath, name), 'utf8');
    };
    const text = parameters.toLocaleString('en-US');
    expect(JSON.parse(inBundle('architecture.json'))).toMatchObject({ parameters });
    expect(inBundle('README.md')).toContain(`${text} trainable parameters`);
    expect(inBundle('metadata.json')).toContain(`Image classifier with ${parameters} parameters`);

    for (const run of ['1', '2']) {
      expect((await medforge('runs', 'show', run, '--home', home)).stdout).toContain(`${text} parameters`);
    }
    const listed = await medforge('runs', 'list', '--home', home);
    expect(listed.stdout.split('\n').filter((line) => line.includes(text))).toHaveLength(2);
    const exported = join(home, 'runs.csv');
    await said('runs', 'export', '--out', exported, '1', '2');
    const [heading = '', ...rows] = readFileSync(exported, 'utf8').trimEnd().split('\r\n');
    const column = heading.split(',').indexOf('parameters');
    const last = [rows.findLast((row) => row.startsWith('1,')), rows.findLast((row) => row.startsWith('2,'))];
    expect(last.map((row) => row?.split(',')[column])).toEqual([String(parameters), String(parameters)]);
  });
});
