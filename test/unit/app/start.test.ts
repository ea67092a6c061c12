import { EventEmitter } from 'node:events';
import { existsSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GpuGuard, hasGraphicsDevice } from '../../../src-main/app/gpu-guard.js';
import { ProgramLog } from '../../../src-main/app/log.js';
import { startOptions } from '../../../src-main/app/options.js';
import { StartCounter } from '../../../src-main/app/safe-mode.js';
import { processAge, startTime } from '../../../src-main/app/start-time.js';
import { homeFolder } from '../../../src-main/home.js';
import { temporaryFolder } from '../history/fixtures.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('the command line of the window', () => {
  it.each([
    [[], undefined],
    [['--home', '/data'], '/data'],
    [['--home=/data'], '/data'],
    [['--no-sandbox', '--home', '/with a blank/ü'], '/with a blank/ü'],
    [['--home='], undefined],
    [['--homely', '/data'], undefined],
  ])('%j: home %s', (argv, home) => {
    expect(startOptions(['electron', ...argv], {})).toEqual({ home, dev: false });
  });

  it('MEDFORGE_DEV=1 reloads on change', () => expect(startOptions([], { MEDFORGE_DEV: '1' }).dev).toBe(true));
});

describe('the data folder', () => {
  it.each([
    ['given', '/given', { MEDFORGE_HOME: '/variable' }, 'linux', '/given'],
    ['by variable', undefined, { MEDFORGE_HOME: '/variable' }, 'linux', '/variable'],
    ['on Linux', undefined, { XDG_DATA_HOME: '/x/data' }, 'linux', '/x/data/medforge'],
    ['on Windows', undefined, { APPDATA: '/roaming' }, 'win32', join('/roaming', 'MedForge')],
  ] as const)('%s', (_, given, environment, platform, expected) => {
    expect(homeFolder(given, environment, platform)).toBe(expected);
  });

  it('of macOS is among its application data, of Linux under ~/.local/share', () => {
    expect(homeFolder(undefined, {}, 'darwin')).toMatch(/Library.Application Support.MedForge$/);
    expect(homeFolder(undefined, { XDG_DATA_HOME: 'relative' }, 'linux')).toMatch(/\.local.share.medforge$/);
  });
});

describe('after two starts that failed', () => {
  it('the next one is a safe one, and success forgets them', () => {
    const start = (): boolean => new StartCounter(folder.folder).begin();
    expect([start(), start(), start(), start()]).toEqual([false, false, true, true]);
    new StartCounter(folder.folder).succeeded();
    expect(start()).toBe(false);
  });

  it('a damaged counter counts as none', () => {
    mkdirSync(join(folder.folder, 'window'));
    writeFileSync(join(folder.folder, 'window', 'starts'), 'many');
    expect(new StartCounter(folder.folder).begin()).toBe(false);
  });
});

describe('hardware to draw with', () => {
  it.each([
    ['linux', ['null', 'dri'], true],
    ['linux', ['nvidia0', 'nvidiactl'], true],
    ['linux', ['dxg'], true],
    ['linux', ['null', 'nvidia-caps', 'tty'], false],
    ['win32', [], true],
    ['darwin', [], true],
  ] as const)('%s with the devices %j: %s', (platform, devices, expected) => {
    for (const name of devices) writeFileSync(join(folder.folder, name), '');
    expect(hasGraphicsDevice(platform, folder.folder)).toBe(expected);
  });

  it('is tried where the devices cannot be listed', () => {
    expect(hasGraphicsDevice('linux', join(folder.folder, 'absent'))).toBe(true);
  });
});

describe('three crashes of the drawing process', () => {
  const log = { write: () => undefined } as unknown as ProgramLog;

  it.each([
    ['within half a minute: the next start draws in software, once', [0, 10_000, 20_000], true],
    ['over a longer time: nothing', [0, 20_000, 40_000], false],
    ['two only: nothing', [0, 1], false],
  ] as const)('%s', (_, times, expected) => {
    mkdirSync(join(folder.folder, 'window'));
    const guard = new GpuGuard(folder.folder);
    for (const time of times) guard.crashed(time);
    expect(new GpuGuard(folder.folder).failed()).toBe(expected);
    expect(new GpuGuard(folder.folder).failed()).toBe(false);
  });

  it('are those of the GPU, and not of other processes or of an end', () => {
    mkdirSync(join(folder.folder, 'window'));
    const app = new EventEmitter();
    new GpuGuard(folder.folder).watch(app as never, log);
    for (let i = 0; i < 3; i++) {
      app.emit('child-process-gone', {}, { type: 'Utility', reason: 'crashed' });
      app.emit('child-process-gone', {}, { type: 'GPU', reason: 'clean-exit' });
    }
    expect(new GpuGuard(folder.folder).failed()).toBe(false);
    for (let i = 0; i < 3; i++) app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed' });
    expect(new GpuGuard(folder.folder).failed()).toBe(true);
  });
});

describe("the program's log", () => {
  it('keeps one older file and never throws', () => {
    const file = join(folder.folder, 'medforge.log');
    writeFileSync(file, Buffer.alloc(4 * 1024 * 1024 + 1, 'x'));
    new ProgramLog(file).write('something broke', new TypeError('x is undefined'));
    expect(existsSync(`${file}.1`)).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z something broke: TypeError: x is undefined\n/,
    );
    expect(() => new ProgramLog('/dev/null/medforge.log').write('lost')).not.toThrow();
  });

  it('takes notes that are no faults, and keeps them from the terminal', () => {
    const file = join(folder.folder, 'medforge.log');
    const stderr = vi.spyOn(process.stderr, 'write');
    new ProgramLog(file).note('all is well');
    expect(readFileSync(file, 'utf8')).toMatch(/^[\d-]{10}T[\d:.]+Z all is well\n$/);
    expect(stderr).not.toHaveBeenCalled();
    stderr.mockRestore();
  });

  it('has the time of the start once, however often the page says that it answers', () => {
    const note = vi.fn();
    const answered = startTime({ note }, () => 1.504);
    answered();
    answered();
    expect(note.mock.calls).toEqual([['the window answered 1.50 s after the start']]);
  });

  it('has no time where the system does not tell when the process began', () => {
    const note = vi.fn();
    startTime({ note }, () => null)();
    expect(note).not.toHaveBeenCalled();
  });

  it.runIf(process.platform === 'linux')('reads the age of a process to hundredths of a second', () => {
    const [before, age, after] = [process.uptime(), processAge() ?? 0, process.uptime()];
    // the system counts from the process's beginning, Node from a little later
    expect(age).toBeGreaterThan(before - 0.02);
    expect(age).toBeLessThan(after + 1);
  });
});
