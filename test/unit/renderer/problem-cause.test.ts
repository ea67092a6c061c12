import { expect, it } from 'vitest';
import type { UserError } from '../../../src-main/errors.js';
import { explain, fullDisk } from '../../../src-main/history/errors.js';
import { FolderCheckpoints } from '../../../src-main/jobs/checkpoint.js';
import { nodeFileSystem, type FileSystem } from '../../../src-main/durable-file.js';
import { causeOf, withProblem, type Problem } from '../../../src-renderer/logic/problem-cause.js';
import { temporaryFolder } from '../history/fixtures.js';

/** What main says where the disk is full. */
function messagesOfFullDisk(): string[] {
  const sqlite = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  const explained = explain(sqlite, '/data/medforge.db');
  const home = temporaryFolder();
  const statfsSync: FileSystem['statfsSync'] = () => ({ bavail: 0, bsize: 1 });
  const fs = Object.assign(Object.create(nodeFileSystem) as FileSystem, { statfsSync });
  const identity = { run: 1, configSha256: 'a', datasetSha256: 'b' };
  let ofCheckpoint = '';
  try {
    new FolderCheckpoints({ folder: home.folder, identity, fs }).requireRoom(1);
  } catch (error) {
    ofCheckpoint = (error as UserError).message;
  } finally {
    home.remove();
  }
  return [(explained as UserError).message, fullDisk('/data', null).message, ofCheckpoint];
}

it('a full disk is one cause, in all the words that main has for it', () => {
  for (const message of messagesOfFullDisk()) expect([message, causeOf(message)]).toEqual([message, 'full-disk']);
  expect(causeOf('photo.png: not a PNG or JPEG image.')).toBeNull();
});

const after = (...said: readonly (readonly [title: string, message: string, minor?: boolean])[]): readonly Problem[] =>
  said.reduce<readonly Problem[]>(
    (all, [title, message, minor], id) => withProblem(all, { id, title, message }, minor),
    [],
  );

it('what fails on a full disk is one message, which names the others', () => {
  const [history, other, checkpoint] = messagesOfFullDisk() as [string, string, string];
  expect(
    after(
      ['“A” was paused', checkpoint],
      ['The note could not be saved', history],
      ['The current view could not be saved', history, true],
      ['The note could not be saved', other],
      ['“A” was paused', history],
    ),
  ).toEqual([{ id: 4, title: '“A” was paused', message: history, also: ['The note could not be saved'] }]);
  expect(after(['The current view could not be saved', history, true])).toMatchObject([{ also: [] }]);
});

it('other problems stand beside each other, the same one once', () => {
  const titles = after(['A', 'a'], ['B', 'b'], ['A', 'a'], ['A', 'other']).map(({ title, message }) => title + message);
  expect(titles).toEqual(['Bb', 'Aa', 'Aother']);
  expect(after(...Array.from({ length: 9 }, (_, i) => [`${i}`, 'm'] as const))).toHaveLength(5);
});
