import { expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import { datasetChoices } from '../../../src-main/history/migrations/0007-dataset-choices.js';
import { MIGRATIONS, migrate } from '../../../src-main/history/migrations/index.js';

test('entries that had the place of a catalogue set by their name alone are files of their own afterwards', () => {
  const database = connect(':memory:');
  migrate(
    database,
    MIGRATIONS.filter(({ version }) => version < datasetChoices.version),
  );
  const insert = (id: string, name: string, path: string, sha256: string, md5: string, synthetic: number): void => {
    database.exec(
      `INSERT INTO datasets VALUES ('${id}', '${name}', '', '${path}', '${sha256}', 1, ${md5}, 'binary-class',
       '["malignant","normal"]', 1, 28, 1, 1, 1, 'CC BY 4.0', ${synthetic})`,
    );
  };
  insert('breastmnist', 'BreastMNIST', '/data/breastmnist.npz', 'aa', '1', 0);
  insert('organamnist', 'OrganAMNIST', '/data/organamnist.npz', 'bb', '1', 0);
  insert('pathmnist', 'PathMNIST', 'C:\\scans\\pathmnist.npz', 'cc', '0', 0);
  insert('chestmnist', 'ChestMNIST', '/data/chestmnist_64.npz', 'dd', 'NULL', 0);
  insert('file:ee', 'lungs', '/data/lungs.npz', 'ee', 'NULL', 0);
  insert('file:ff', 'Demo', '/home/demo.npz', 'ff', 'NULL', 1);
  migrate(database, [datasetChoices]);
  const rows = database
    .prepare('SELECT id, name, labels, licence, horizontal_flip FROM datasets ORDER BY sha256')
    .all();
  const named = '["malignant","normal"]';
  expect(rows.map((row): unknown[] => Object.values(row as object))).toEqual([
    ['breastmnist', 'BreastMNIST', named, 'CC BY 4.0', 1],
    ['organamnist', 'OrganAMNIST', named, 'CC BY 4.0', 0],
    ['file:cc', 'pathmnist.npz (not official)', '["0","1"]', null, 0],
    ['file:dd', 'chestmnist_64.npz (not official)', '["0","1"]', null, 0],
    ['file:ee', 'lungs', named, 'CC BY 4.0', 0],
    ['file:ff', 'Demo', named, 'CC BY 4.0', 1],
  ]);
  database.close();
});
