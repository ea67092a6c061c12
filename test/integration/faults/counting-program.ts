import { openHistory } from '../../../src-main/history/open.js';
import { runJob } from '../../../src-main/jobs/runner.js';
import { countingJobs } from '../../unit/jobs/counting-job.js';

/** counting-program.js HOME RUN MILLISECONDS-A-STEP: runs or resumes a run with the counting job and says its events. */
const [home = '', run = '', wait = '0'] = process.argv.slice(2);
const { history, recovery } = await openHistory(home);
if (recovery) console.log(recovery.message);
const beforeStep = async (): Promise<void> => {
  if (Number(wait) > 0) await new Promise((resolve) => setTimeout(resolve, Number(wait)));
};
try {
  const end = await runJob({
    history,
    home,
    run: Number(run),
    jobs: countingJobs({ beforeStep, length: 2000 }),
    listener: (event) =>
      console.log(
        event.type === 'epoch' ? `epoch ${event.record.epoch}` : event.type === 'log' ? event.text : event.type,
      ),
  });
  console.log(JSON.stringify(end));
} catch (error) {
  console.log(`failed: ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`);
  process.exitCode = 1;
} finally {
  history.close();
}
