import { openHistory } from '../../../src-main/history/open.js';
import { forkOf } from '../../../src-main/jobs/fork-process.js';
import { startWorkerRun } from '../../../src-main/jobs/worker-run.js';

/** recording-program.js HOME RUN WORKER: records a run that WORKER computes in a process of its own, and says its events. */
const [home = '', run = '', worker = ''] = process.argv.slice(2);
const { history } = await openHistory(home);
const { ended } = startWorkerRun(Number(run), {
  history,
  launch: forkOf(worker, (pid) => console.log(`worker ${pid}`)),
  listener: (_, event) => {
    if (event.type !== 'progress') console.log(event.type === 'epoch' ? `epoch ${event.record.epoch}.` : event.type);
  },
  report: (text) => console.log(text),
});
await ended;
history.close();
