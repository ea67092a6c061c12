import { MIGRATIONS } from '../../../src-main/history/migrations/index.js';
import type { Migration } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';

/** Steps as later versions will have them, slow enough to be killed in the middle. */
export const LATER: readonly Migration[] = [1, 2, 3].map((step) => ({
  version: MIGRATIONS.length + step,
  name: `later step ${step}`,
  up: (database) => {
    console.log(`step ${step}`);
    database.exec(`ALTER TABLE runs ADD COLUMN later_${step} INTEGER`);
    database.exec(`CREATE TABLE later_${step} (value INTEGER) STRICT`);
    database.exec(`
      WITH RECURSIVE numbers (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM numbers WHERE value < 40000)
      INSERT INTO later_${step} SELECT value FROM numbers`);
    database.exec(`UPDATE runs SET later_${step} = (SELECT count(*) FROM later_${step})`);
  },
}));

/** migrating-program.js HOME: opens the history with the later steps and says that it could. */
if (process.argv[2] !== undefined) {
  const { history } = await openHistory(process.argv[2], { migrations: [...MIGRATIONS, ...LATER] });
  console.log(`open with ${history.listRuns().length} runs`);
  history.close();
}
