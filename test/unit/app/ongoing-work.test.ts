import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FileWriting } from '../../../src-main/app/file-writing.js';
import { isWorking, NO_WORK, quitQuestion } from '../../../src-main/app/ongoing-work.js';

it.each([
  [{ runs: ['A'] }, '“A” is running. Quit anyway?', 'Pause and Quit', /^MedForge writes a checkpoint first/],
  [{ exports: ['M'] }, '“M” is being exported. Quit anyway?', 'Cancel the Export and Quit', /leaves no files/],
  [{ files: ['r.pdf'] }, '“r.pdf” is being written. Quit anyway?', 'Cancel and Quit', /leaves no file\.$/],
  [
    { runs: ['A'], files: ['r.pdf'] },
    '“A” is running, “r.pdf” is being written. Quit anyway?',
    'Pause and Quit',
    /^MedForge writes a checkpoint .* Writing will be cancelled/,
  ],
])('quitting during %j asks', (change, message, quit, detail) => {
  const work = { ...NO_WORK, ...change };
  expect(isWorking(work)).toBe(true);
  expect(quitQuestion(work)).toMatchObject({ message, quit, detail: expect.stringMatching(detail) as string });
});

it('without work nothing is asked', () => {
  expect(isWorking(NO_WORK)).toBe(false);
});

it('a file that is being written is named, and its end is waited for when it is stopped', async () => {
  const writing = new FileWriting();
  let removed = false;
  const written = writing.run('/tmp/r.pdf', async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await sleep(20);
    removed = true;
    signal.throwIfAborted();
  });
  expect(writing.file).toBe('/tmp/r.pdf');
  await writing.stop();
  expect([removed, writing.file, await written]).toEqual([true, null, null]);
  await expect(writing.run('x', () => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
  expect(writing.file).toBeNull();
});
