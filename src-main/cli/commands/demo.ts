import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { addDataset } from '../../actions/add-dataset.js';
import { predictImages } from '../../actions/predict-images.js';
import { startRetraining } from '../../actions/start-retraining.js';
import { startSearch } from '../../actions/start-search.js';
import { verifyBundle } from '../../bundle/verify.js';
import { datasetsFolder } from '../../datasets/library.js';
import { ensureDemoDataset } from '../../datasets/demo.js';
import { inspectDataset, loadDataset } from '../../datasets/medmnist.js';
import { UserError } from '../../errors.js';
import { imageToPng } from '../../jobs/image-png.js';
import type { JobResult } from '../../vocabulary/results.js';
import { seedOption } from '../common-options.js';
import { count, percent } from '../output.js';
import { testLine } from '../run-columns.js';
import { runInTerminal } from '../run-in-terminal.js';
import { withSession, type Session } from '../session.js';
import { exportToFolder, verifiedLines } from './bundle.js';

/** Sizes that keep the whole demo within a few minutes on two cores. */
const SEARCH = { channels: 8, cells: 2, epochs: 10, batch: 64, budget: { lower: 20_000, upper: 60_000 }, race: null };
const TRAINING = { epochs: 24, batch: 64, movingAverage: 0.99 };
/** Test images that the exported network is shown at the end. */
const SHOWN = 4;

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('the whole workflow on a procedural dataset: search → retrain → export → verify → predict, in minutes')
    .addOption(seedOption('the search and the training'))
    .action((options: { seed: number }, command: Command) =>
      withSession(command, (session) => demo(session, options.seed)),
    );
}

async function demo(session: Session, seed: number): Promise<void> {
  const { home, history, output } = session;
  output.text('Synthetic images drawn by MedForge: no patient, no clinical meaning.');
  const path = await ensureDemoDataset(datasetsFolder(home));
  const description = await inspectDataset(path);
  addDataset(history, description);

  output.text();
  output.text('1. Search');
  const searchRun = startSearch(history, description, { ...SEARCH, seed }, { name: 'Demo search' });
  const search = await ended(session, searchRun, 'search');

  output.text();
  output.text('2. Retrain what was found');
  const trainingRun = await startRetraining(
    { history, inspect: () => Promise.resolve(description) },
    { run: searchRun },
    { ...TRAINING, seeds: [seed] },
    { name: 'Demo retraining' },
  );
  await ended(session, trainingRun, 'retrain');

  output.text();
  output.text('3. Export');
  const model = history.listModels(trainingRun)[0]!;
  const folder = await exportToFolder(session, model.model, { out: join(home, 'bundles'), triton: false });

  output.text();
  output.text('4. Verify');
  const dataset = await loadDataset(path);
  const report = await verifyBundle(folder, { dataset });
  output.object({ event: 'verified', ...report });
  for (const line of verifiedLines(report)) output.text(line);

  output.text();
  output.text('5. Predict');
  const images = join(home, 'demo-images');
  await mkdir(images, { recursive: true });
  const files: string[] = [];
  for (let i = 0; i < SHOWN; i++) {
    const label = dataset.labels[dataset.parts.test.labels.values[i]!]!;
    const file = join(images, `test-${i + 1}-${label.replace(/\W+/g, '-')}.png`);
    await writeFile(file, await imageToPng(dataset.parts.test.images, i));
    files.push(file);
  }
  for (const result of await predictImages(folder, files)) {
    if ('error' in result) throw new UserError(result.error.kind, result.error.message);
    output.object({ event: 'prediction', ...result });
    const best = Math.max(...result.probabilities.map(({ probability }) => probability));
    output.text(`${result.image}: ${result.predicted.join(', ')} (${percent(best)})`);
  }

  output.text();
  output.text(
    `Done. ${count(search.parameters)} parameters, budget ${count(SEARCH.budget.lower)}..${count(SEARCH.budget.upper)} ` +
      `${search.budget.met ? 'met' : 'NOT met'}; ${testLine({ networks: 1, ...model.test })}.`,
  );
  output.text(`Runs ${searchRun} and ${trainingRun} are kept in ${home}`);
  output.text(`The bundle is ${folder}`);
}

/** Runs to the end; the demo goes on only with a result. */
async function ended<K extends JobResult['kind']>(
  session: Session,
  run: number,
  kind: K,
): Promise<Extract<JobResult, { kind: K }>> {
  const result = await runInTerminal(session, run);
  if (result?.kind !== kind) {
    throw new UserError(
      'demo-stopped',
      `run ${run} was stopped before it finished: 'medforge resume ${run}' continues it`,
    );
  }
  return result as Extract<JobResult, { kind: K }>;
}
