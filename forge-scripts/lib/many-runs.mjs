/** Large histories for tests and measurements; written with the compiled program (`npm run build`). */
import { join } from 'node:path';
import { ROOT } from './project.mjs';

const dist = (file) => import(join(ROOT, 'dist', 'main', 'history', file));

const config = {
  kind: 'search',
  dataset: { name: 'breastmnist', path: '/data/breastmnist.npz', sha256: 'ab'.repeat(32), bytes: 559580 },
  space: { channels: 16, cells: 3, inputChannels: 1, classes: 2 },
  budget: { lower: 0, upper: 222000 },
  epochs: 50,
  batch: 16,
  seed: 3,
  backend: 'native',
  threads: 2,
  method: 'zo-darts++',
  estimator: 'exact',
  sparse: true,
};

const operations = ['conv_3x3', 'none', 'skip_connect', 'conv_7x7', 'avg_pool_3x3', 'conv_1x1'];

const result = {
  kind: 'search',
  genotype: { stages: [1, 2, 3].map((depth) => ({ depth, operations })) },
  parameters: 200001,
  multiplyAccumulates: 12345678,
  expectedParameters: 199000.25,
  budget: { lower: 0, upper: 222000, met: true },
  seconds: 12.5,
};

const record = (epoch) => ({
  seed: 3,
  epoch,
  loss: 1 / epoch,
  accuracy: 0.5 + epoch / 1000,
  validationLoss: 2 / epoch,
  validationAccuracy: 0.4 + epoch / 1000,
  validationAuc: null,
  expectedParameters: 1e6 / epoch,
  operationsInSupport: 5,
  temperature: 1.5,
  phase: 1,
  learningRate: 0.1,
  imagesPerSecond: 1000,
  seconds: 0.25,
});

/**
 * Fills an empty data folder with finished searches. The first one goes through the history's own door; the others are
 * copies of its rows, so that 5,000 of them take seconds.
 * @param {string} home
 * @param {{ runs?: number, epochs?: number }} [size]
 */
export async function fillHistory(home, { runs = 5000, epochs = 50 } = {}) {
  const { openHistory } = await dist('open.js');
  const { history } = await openHistory(home);
  const run = history.createRun({ ...config, epochs });
  history.claimRun(run);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    history.appendEpoch(run, record(epoch), null, { checkpoint: `c${epoch}`, seconds: epoch, secondsLeft: 1 });
  }
  history.finishRun(run, result, 900);
  history.close();

  const { connect } = await dist('database.js');
  const database = connect(join(home, 'medforge.db'));
  for (const table of ['runs', 'epochs']) copyRows(database, table, runs);
  database.close();
}

/**
 * Copies the rows of run 1 until there are `count` runs.
 * @param {import('better-sqlite3').Database} database
 */
function copyRows(database, table, count) {
  const columns = database
    .pragma(`table_info(${table})`)
    .map(({ name }) => name)
    .filter((name) => name !== 'run' && name !== 'id')
    .join(', ');
  database.exec(
    `WITH RECURSIVE copies(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM copies WHERE n < ${count})
     INSERT INTO ${table} (run, ${columns}) SELECT n, ${columns} FROM copies, ${table} WHERE run = 1`,
  );
}
