import nodeFs, { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAttempt, type AttemptLogOptions } from '../../../src-main/attempts/attempt-log.js';
import { attemptsOf, readAttempt } from '../../../src-main/attempts/read-attempts.js';
import type { JobEvent } from '../../../src-main/vocabulary/events.js';
import { epochRecord, exampleTrace, searchResult, temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let folder: string;

beforeEach(() => {
  home = temporaryFolder();
  ({ folder } = home);
});
afterEach(() => {
  vi.useRealTimers();
  home.remove();
});

const epoch = (number: number): JobEvent => ({
  type: 'epoch',
  record: epochRecord(number, { loss: 0.1 + number, validationAuc: NaN, validationLoss: -0 }),
  trace: exampleTrace(number),
  checkpoint: `checkpoint-${number}`,
});
const log = (text: string): JobEvent => ({ type: 'log', level: 'info', text });
const progress: JobEvent = { type: 'progress', epoch: 1, step: 2, stepsPerEpoch: 3, loss: 1, imagesPerSecond: 2, secondsLeft: null }; // prettier-ignore
const file = (attempt: number): string => join(folder, 'attempts', `${attempt}.jsonl`);
const eventsOf = (attempt: number): JobEvent[] => readAttempt(folder, attempt, 0).lines.map(({ event }) => event);

/** A log in which these events stand. */
function written(...events: JobEvent[]): void {
  const attempt = openAttempt(folder);
  for (const event of events) attempt.append(event);
  attempt.close();
}

test('a run without a log has no attempts', () => expect(attemptsOf(folder)).toEqual([]));

test('what is appended is read again to the last bit, in order, with its time', () => {
  const events = [log('ä\nb'), epoch(1), epoch(2), { type: 'finished', result: searchResult } as const];
  written(...events);
  const { lines, offset } = readAttempt(folder, 1, 0);
  expect(lines.map(({ event }) => event)).toEqual(events);
  expect(lines.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  const seconds = lines.map((line) => line.seconds);
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  expect(Date.parse(lines[0]!.at)).toBeGreaterThan(Date.now() - 60_000);
  expect(offset).toBe(readFileSync(file(1)).length);
});

test('reading goes on after each line', () => {
  written(log('a'), epoch(1), log('b'));
  const { lines, offset } = readAttempt(folder, 1, 0);
  const rests = lines.map(({ end }) => readAttempt(folder, 1, end).lines.map(({ event }) => event));
  expect(rests).toEqual([[epoch(1), log('b')], [log('b')], []]);
  expect(readAttempt(folder, 1, offset)).toEqual({ lines: [], offset });
});

test('of a race, how far it is stands there, and not its candidates again and again', () => {
  const candidate = { id: 'random-1' } as never;
  written({ type: 'race', done: 3, total: 9, candidates: [candidate] });
  expect(eventsOf(1)).toEqual([{ type: 'race', done: 3, total: 9, candidates: [] }]);
});

describe('attempts', () => {
  test('are numbered, and a later one ends the word of those before', () => {
    const first = openAttempt(folder);
    expect([first.append(log('one')), first.superseded()]).toEqual([true, false]);
    const second = openAttempt(folder);
    expect([first.superseded(), second.superseded()]).toEqual([true, false]);
    expect([first.append(epoch(1)), second.append(log('two'))]).toEqual([false, true]);
    expect([first.number, second.number, ...attemptsOf(folder)]).toEqual([1, 2, 1, 2]);
    expect([eventsOf(1), eventsOf(2)]).toEqual([[log('one')], [log('two')]]);
    first.close();
    second.close();
  });

  test('are in order of their numbers, whatever else lies there', () => {
    for (let attempt = 0; attempt < 11; attempt++) written();
    writeFileSync(join(folder, 'attempts', '3.jsonl.bak'), '');
    expect(attemptsOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('that begin together get different numbers', () => {
    written();
    const taken = vi.spyOn(nodeFs, 'openSync').mockImplementationOnce(() => {
      writeFileSync(file(2), '');
      throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    });
    expect(openAttempt(folder).number).toBe(3);
    taken.mockRestore();
  });

  test('do not bring back the folder of a run that was deleted', () => {
    rmSync(folder, { recursive: true });
    expect(() => openAttempt(folder)).toThrow(/ENOENT/);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('progress', () => {
  test('is not written', () => {
    written(progress, epoch(1), progress);
    expect(eventsOf(1)).toEqual([epoch(1)]);
  });

  test('is written once a second where it is asked for', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const attempt = openAttempt(folder, { progress: true });
    const told = [0, 900, 200, 999, 1].map((milliseconds) => {
      vi.advanceTimersByTime(milliseconds);
      return attempt.append(progress);
    });
    expect(told).toEqual([true, false, true, false, true]);
    attempt.close();
  });
});

describe('a last line', () => {
  test.each([1, 20, 200])('that was cut off %i bytes before its end is not read, and is no error', (cut) => {
    written(epoch(1), epoch(2));
    const whole = readFileSync(file(1));
    writeFileSync(file(1), whole.subarray(0, whole.length - cut));
    expect(eventsOf(1)).toEqual([epoch(1)]);
    written(log('goes on'));
    expect([eventsOf(1), eventsOf(2)]).toEqual([[epoch(1)], [log('goes on')]]);
  });

  test('that is being written is read when it is whole', () => {
    written(epoch(1), epoch(2));
    const whole = readFileSync(file(1));
    const half = whole.length - 9;
    writeFileSync(file(1), whole.subarray(0, half));
    const { offset } = readAttempt(folder, 1, 0);
    appendFileSync(file(1), whole.subarray(half));
    expect(readAttempt(folder, 1, offset).lines.map(({ event }) => event)).toEqual([epoch(2)]);
  });
});

test.each([
  ['no JSON', 'hello', 'it is not JSON'],
  ['another object', '{"sequence":1}', 'at: Invalid input: expected string, received undefined'],
  [
    'an event that does not exist',
    '{"sequence":3,"at":"","seconds":1,"event":{"type":"dance"}}',
    "event.type: Invalid discriminator value. Expected 'started' | 'progress' | 'race' | 'epoch' | 'backend' | 'log' | 'paused' | 'cancelled' | 'finished' | 'failed'",
  ], // prettier-ignore,
  ['an event that lacks something', '{"sequence":3,"at":"","seconds":1,"event":{"type":"log","level":"info"}}', 'event.text: Invalid input: expected string, received undefined'], // prettier-ignore
])('%s in a line is refused with the place', (_, line, problem) => {
  written(log('a'), log('b'));
  const [first] = readAttempt(folder, 1, 0).lines;
  appendFileSync(file(1), `${line}\n`);
  const message = `${file(1)}, line 3 is not an event of the run (${problem}): put back a copy of the file, or delete the line, which loses what it says.`;
  for (const offset of [0, first!.end]) {
    expect(() => readAttempt(folder, 1, offset)).toThrow(
      expect.objectContaining({ kind: 'attempt-unreadable', message }) as Error,
    );
  }
});

describe('a write that fails', () => {
  type Files = NonNullable<AttemptLogOptions['fs']>;
  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  const half: Files['writeSync'] = (descriptor: number, bytes: unknown, ...place: unknown[]) => {
    const [offset, length, position] = place as [number, number, number];
    nodeFs.writeSync(descriptor, bytes as Uint8Array, offset, Math.floor(length / 2), position);
    return full();
  };
  test.each<[string, Partial<Files>]>([
    ['at once', { writeSync: full }],
    ['half-way', { writeSync: half }],
    ['half-way, and cannot be taken back at once', { writeSync: half, ftruncateSync: full }],
    ['on the way to the disk', { fsyncSync: full }],
    ['on the way to the disk, and cannot be taken back at once', { fsyncSync: full, ftruncateSync: full }],
  ])('%s: it is told, and the next line stands behind the last whole one', (_, failing) => {
    const fs = { ...nodeFs };
    const attempt = openAttempt(folder, { fs });
    attempt.append(epoch(1));
    Object.assign(fs, failing);
    expect(() => attempt.append(epoch(2))).toThrow('ENOSPC');
    Object.assign(fs, nodeFs);
    attempt.append(log('short'));
    attempt.close();
    expect(readAttempt(folder, 1, 0).lines.map(({ sequence, event }) => [sequence, event])).toEqual([
      [1, epoch(1)],
      [2, log('short')],
    ]);
    expect(readdirSync(join(folder, 'attempts'))).toEqual(['1.jsonl']);
  });
});
