import { openHistory } from '../../../src-main/history/open.js';
import { searchConfig } from '../../unit/history/fixtures.js';

/** creating-program.js HOME COUNT: opens the history, creates runs in it and says their numbers. */
const [home = '', count = '1'] = process.argv.slice(2);
const { history, recovery } = await openHistory(home);
const runs = Array.from({ length: Number(count) }, () => history.createRun(searchConfig));
history.close();
console.log(JSON.stringify({ runs, recovery }));
