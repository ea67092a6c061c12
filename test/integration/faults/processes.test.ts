import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { countingConfig, trace, withHistory } from './home.js';
import { Program, buildProgram, run as runProgram } from './program.js';

let counting: Awaited<ReturnType<typeof buildProgram>>;
let creating: Awaited<ReturnType<typeof buildProgram>>;
let home: ReturnType<typeof temporaryFolder>;

beforeAll(async () => {
  counting = await buildProgram('counting-program');
  creating = await buildProgram('creating-program');
});
afterAll(() => {
  counting.remove();
  creating.remove();
});
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

const count = (run: number, wait: number): string[] => [
  process.execPath,
  counting.file,
  home.folder,
  String(run),
  String(wait),
];
const newRun = (epochs = 6): Promise<number> =>
  withHistory(home.folder, (history) => history.createRun(countingConfig(home.folder, epochs)));

describe('several processes with the same history', () => {
  test('may open a new one at the same moment and write to it: every run has its own number', async () => {
    const ended = await Promise.all(
      [1, 2, 3, 4].map(() => runProgram([process.execPath, creating.file, home.folder, '10'])),
    );
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(4).fill({ code: 0, stderr: '' }));
    const said = ended.map(({ stdout }) => JSON.parse(stdout) as { runs: number[]; recovery: unknown });
    expect(said.map(({ recovery }) => recovery)).toEqual([null, null, null, null]);
    const numbers = said.flatMap(({ runs }) => runs).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(await withHistory(home.folder, (history) => history.listRuns().length)).toBe(40);
  });

  test('see the same runs: one runs, the other reads it, and does not take it for dead', async () => {
    const run = await newRun();
    const program = new Program(count(run, 5));
    await program.printed('epoch 1');
    await withHistory(home.folder, (history) => {
      expect(history.getRun(run)).toMatchObject({ summary: { state: 'running' }, owner: { pid: program.child.pid } });
      expect(() => history.claimRun(run)).toThrow(`Run ${run} is running in process ${program.child.pid}`);
      history.setNote(run, 'written while it runs');
    });
    expect(await program.ended).toMatchObject({ code: 0 });
    await withHistory(home.folder, (history) => {
      expect(history.getRun(run).summary).toMatchObject({ state: 'finished', note: 'written while it runs' });
    });
  });
});

describe('a run in another process', () => {
  test.each([
    ['pause', 'paused'],
    ['cancel', 'cancelled'],
  ] as const)('can be asked to %s', async (request, state) => {
    const run = await newRun(1000);
    const program = new Program(count(run, 5));
    await program.printed('epoch 1');
    await withHistory(home.folder, (history) => expect(history.requestControl(run, request)).toBe('requested'));
    expect(await program.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(state) as string });
    await withHistory(home.folder, (history) => expect(history.getRun(run).summary.state).toBe(state));
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('pauses with a checkpoint on %s', async (signal) => {
    const run = await newRun(1000);
    const program = new Program(count(run, 5));
    await program.printed('epoch 1');
    program.kill(signal);
    expect(await program.ended).toMatchObject({ code: 0 });
    await withHistory(home.folder, (history) => {
      expect(history.getRun(run)).toMatchObject({ summary: { state: 'paused' }, reason: `stopped by ${signal}` });
    });
  });

  test('ends at once on a second Ctrl-C, and is interrupted', async () => {
    const run = await newRun(1000);
    const program = new Program(count(run, 1500));
    await program.printed('started');
    program.kill('SIGINT');
    await sleep(100);
    program.kill('SIGINT');
    expect(await program.ended).toMatchObject({ code: 130 });
    await withHistory(home.folder, (history) => {
      expect(history.getRun(run)).toMatchObject({
        summary: { state: 'interrupted' },
        reason: 'ended by a second Ctrl-C',
      });
    });
  });

  test('that is stopped for a while is not taken for dead, and goes on', async () => {
    const expected = await newRun();
    await runProgram(count(expected, 0));
    const run = await newRun();
    const program = new Program(count(run, 5));
    await program.printed('epoch 1');
    program.kill('SIGSTOP');
    await sleep(1500);
    await withHistory(home.folder, (history) => {
      expect(history.interruptDeadRuns()).toEqual([]);
      expect(history.getRun(run).summary.state).toBe('running');
    });
    program.kill('SIGCONT');
    expect(await program.ended).toMatchObject({ code: 0 });
    await withHistory(home.folder, (history) => expect(trace(history, run)).toEqual(trace(history, expected)));
  });
});
