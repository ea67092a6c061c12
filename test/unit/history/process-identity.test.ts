import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identityOf, isAlive, ownIdentity } from '../../../src-main/process-identity.js';

const own = ownIdentity();

test.each([
  ['this process', own, true],
  ['a later process with the same number', { ...own, started: '1' }, false],
  ['a process with the same number before the machine was started again', { ...own, boot: 'earlier' }, false],
  ['a process whose start could not be read', { ...own, started: '' }, true],
  ['a number above all processes', { ...own, pid: 4_194_305 }, false],
  ['no process number at all', { ...own, pid: NaN }, false],
  ['a negative number, which would be a group of processes', { ...own, pid: -own.pid }, false],
])('%s is alive: %o', (_, identity, alive) => {
  expect(isAlive(identity)).toBe(alive);
});

test('a child is alive until it is killed', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  expect(identity).toMatchObject({ pid: child.pid, boot: own.boot });
  expect(identity && isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identityOf(child.pid ?? 0)).toBeNull();
  expect(identity && isAlive(identity)).toBe(false);
});
