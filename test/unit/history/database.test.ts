import { afterEach, beforeEach, expect, test } from 'vitest';
import { all, connect, inTransaction, write } from '../../../src-main/history/database.js';
import { explain } from '../../../src-main/history/errors.js';
import { openHistory } from '../../../src-main/history/open.js';
import { temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(async () => {
  home = temporaryFolder();
  const { history } = await openHistory(home.folder);
  ({ file } = history);
  history.close();
});
afterEach(() => home.remove());

const INSERT = `INSERT INTO settings (key, value) VALUES (@key, '1')`;

test('a transaction holds the write lock before it reads, so that what it read stays true until it writes', () => {
  const ours = connect(file);
  const other = connect(file, { timeout: 0 });
  const refused: unknown[] = [];
  inTransaction(ours, (database) => {
    const before = all(database, 'SELECT key FROM settings');
    try {
      inTransaction(other, (theirs) => write(theirs, INSERT, { key: 'theirs' }));
    } catch (error) {
      refused.push(explain(error, file));
    }
    write(database, INSERT, { key: `after ${before.length}` });
  });
  expect(refused).toMatchObject([{ kind: 'history-busy' }]);
  expect(all(ours as never, 'SELECT key FROM settings')).toEqual([{ key: 'after 0' }]);
  ours.close();
  other.close();
});

test('a transaction that throws leaves nothing, and one that is asynchronous is refused', () => {
  const connection = connect(file);
  const failing = (): unknown =>
    inTransaction(connection, (database) => {
      write(database, INSERT, { key: 'half' });
      throw new Error('in the middle');
    });
  expect(failing).toThrow('in the middle');
  expect(() =>
    inTransaction(connection, (database) => Promise.resolve(write(database, INSERT, { key: 'later' }))),
  ).toThrow('Transaction function cannot return a promise');
  expect(all(connection as never, 'SELECT key FROM settings')).toEqual([]);
  connection.close();
});
