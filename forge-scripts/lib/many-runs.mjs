/** Large histories for tests and measurements; written with the compiled program (`npm run build`). */
import { join } from 'node:path';
import { config, record, result, retrainResult, retraining } from './example-run.mjs';
import { ROOT } from './project.mjs';

const program = (file) => import(join(ROOT, 'dist', 'main', file));
const dist = (file) => program(join('history', file));

/**
 * Fills an empty data folder with finished searches. The first one goes through the history's own door; the others are
 * copies of its rows, so that 5,000 of them take seconds.
 * @param {string} home
 * @param {{ runs?: number, epochs?: number, models?: number }} [size] `models` of the runs are retrainings of one network
 */
export async function fillHistory(home, { runs = 5000, epochs = 50, models = 0 } = {}) {
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
  if (models > 0) await addModels(home, models);
}

/**
 * Makes the newest runs retrainings of the search that is run 1, each with a network of its own size and figures.
 * @param {string} home
 * @param {number} count
 */
async function addModels(home, count) {
  const { openHistory } = await dist('open.js');
  const { connect, inTransaction } = await dist('database.js');
  const { insertModel } = await dist('tables/models.js');
  const { recipeToText } = await dist('tables/recipes.js');
  const { updateResult } = await dist('tables/runs.js');
  const { RECIPE_DEFAULTS } = await program('vocabulary/recipe.js');
  const retrainConfig = { ...retraining, ...RECIPE_DEFAULTS };
  const { history } = await openHistory(home);
  const runs = history.listRuns({ limit: count }).map(({ run }) => run);
  history.close();
  const database = connect(join(home, 'medforge.db'));
  inTransaction(database, (writable) => {
    const change = database.prepare(
      "UPDATE runs SET kind = 'retrain', name = ?, config = ?, recipe = ?, search_run = 1, budget_lower = NULL, budget_upper = NULL WHERE run = ?",
    );
    for (const [index, run] of runs.entries()) {
      const trained = retrainResult(index);
      change.run(`retrained ${index + 1}`, JSON.stringify(retrainConfig), recipeToText(retrainConfig), run);
      updateResult(writable, run, trained, 600);
      for (const model of trained.models) insertModel(writable, run, model, '2026-11-01T00:00:00.000Z');
    }
  });
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
