/** Large histories for tests and measurements; written with the compiled program (`npm run build`). */
import { join } from 'node:path';
import { config, record, result } from './example-run.mjs';
import { ROOT } from './project.mjs';

const dist = (file) => import(join(ROOT, 'dist', 'main', 'history', file));

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
