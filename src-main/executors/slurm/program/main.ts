/*
 * The program that computes a task on a node of a cluster: `node task.mjs FOLDER/runs/RUN` (or `--probe FILE`: what the node is). It is bundled into one file
 * (forge-scripts/build-cluster.mjs), needs no history, and runs the same job as every other process.
 *
 * SIGUSR1, which Slurm sends before the time limit: a checkpoint, and back into Slurm's queue. SIGTERM: a checkpoint.
 */
import { probe } from './probe.js';
import { runTask } from './run-task.js';
import { Signals } from './signals.js';

// Before anything that takes time: a SIGUSR1 that nobody hears opens Node's debugger.
const signals = new Signals();

const [folder, file] = process.argv.slice(2);
if (folder === '--probe' && file !== undefined) probe(file);
else if (folder === undefined) {
  process.stderr.write('usage: node task.mjs FOLDER/runs/RUN\n');
  process.exitCode = 2;
} else {
  runTask(folder, signals).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
}
