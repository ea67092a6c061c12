import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunExporter } from '../../../src-main/app/run-exporter.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { PushChannels } from '../../../src-main/ipc/contract.js';
import { epochRecord, searchConfig, exampleTrace, temporaryFolder } from '../history/fixtures.js';

const RUNS = 200;
let folder: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let runs: number[];
let told: PushChannels['runs:exporting'][];
let exporter: RunExporter;
let file: string;

beforeEach(async () => {
  folder = temporaryFolder();
  ({ history } = await openHistory(join(folder.folder, 'home')));
  runs = Array.from({ length: RUNS }, () => {
    const run = history.createRun(searchConfig);
    history.claimRun(run);
    history.appendEpoch(run, epochRecord(1), exampleTrace(1), { checkpoint: 'c', seconds: 1, secondsLeft: null });
    return run;
  });
  told = [];
  exporter = new RunExporter(history, { send: (_channel, payload) => void told.push(payload as never) });
  mkdirSync(join(folder.folder, 'out'));
  file = join(folder.folder, 'out', 'runs');
});
afterEach(() => {
  history.close();
  folder.remove();
});

const files = (): string[] => readdirSync(join(folder.folder, 'out'));

describe('runs that are exported from the window', () => {
  it('are in the file as a whole, and other work has its turn meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    expect(await exporter.export(file, runs, 'json')).toBe(true);
    clearInterval(timer);
    const { runs: written } = JSON.parse(readFileSync(file, 'utf8')) as { runs: { run: number; epochs: unknown[] }[] };
    expect(written.map(({ run }) => run)).toEqual(runs);
    expect(written[0]?.epochs).toHaveLength(1);
    expect(turns).toBeGreaterThan(5);
    expect(told.at(-1)).toBeNull();
  });

  it('that are cancelled leave what was there, and no half of a file', async () => {
    writeFileSync(file, 'earlier');
    const exporting = exporter.export(file, runs, 'csv');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(exporter.export(file, runs, 'csv')).rejects.toMatchObject({
      kind: 'export-running',
      message: 'Runs are already being exported: wait, or cancel that export.',
    });
    exporter.cancel();
    expect(await exporting).toBe(false);
    expect(files()).toEqual(['runs']);
    expect(readFileSync(file, 'utf8')).toBe('earlier');
    expect(await exporter.export(file, runs, 'csv')).toBe(true);
  });

  it('whose place cannot take them are refused by name, with the way out', async () => {
    const gone = join(folder.folder, 'gone', 'runs.csv');
    await expect(exporter.export(gone, runs, 'csv')).rejects.toMatchObject({
      kind: 'export-failed',
      message: `${gone} could not be written: its folder does not exist; choose another place. Nothing was exported.`,
    });
    await expect(exporter.export(file, [1, 999], 'csv')).rejects.toThrow('There is no run 999 in the history');
    expect(files()).toEqual([]);
  });
});
