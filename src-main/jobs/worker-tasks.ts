import type { TaskName, TaskRequest, TaskResult } from './tasks.js';
import type { TaskProgress } from './task-progress.js';

type TaskTable = {
  readonly [K in TaskName]: (
    request: TaskRequest<K>,
    progress: (progress: TaskProgress) => void,
    signal: AbortSignal,
  ) => Promise<TaskResult<K>>;
};

/** Milliseconds between two reports of work that has many small steps. */
const REPORT_MILLISECONDS = 100;

/** Passes on what is done at most ten times a second, and the last of each step. */
function seldom(progress: (progress: TaskProgress) => void): (progress: TaskProgress) => void {
  let told = -Infinity;
  return (done) => {
    if (done.done < done.total && performance.now() - told < REPORT_MILLISECONDS) return;
    told = performance.now();
    progress(done);
  };
}

/** What each task does. Modules are loaded when they are needed, so that a look at a file does not wait for the engine. */
const tasks: TaskTable = {
  async 'dataset:inspect'({ path }) {
    const { inspectDataset } = await import('../datasets/medmnist.js');
    return inspectDataset(path);
  },
  async 'dataset:prepare'({ path, home, labels }, _, signal) {
    const { prepareDataset } = await import('../datasets/prepare.js');
    return prepareDataset(path, { home, labels, signal });
  },
  async 'dataset:find'({ reference, place }, _, signal) {
    const { findFile } = await import('../datasets/find-file.js');
    return findFile(reference, place, signal);
  },
  async 'dataset:samples'({ path, perClass }) {
    const { datasetSamples } = await import('./dataset-samples.js');
    return datasetSamples(path, perClass);
  },
  async 'dataset:check'(file, progress, signal) {
    const { checkDatasetFile } = await import('./dataset-health.js');
    return checkDatasetFile(file, seldom(progress), signal);
  },
  async 'dataset:pairs'(request) {
    const { pairPictures } = await import('./pair-pictures.js');
    return pairPictures(request);
  },
  async 'dataset:clean'(request, progress, signal) {
    const { cleanDatasetFile } = await import('./dataset-health.js');
    return cleanDatasetFile(request, progress, signal);
  },
  async 'dataset:demo'({ folder }) {
    const { ensureDemoDataset } = await import('../datasets/demo.js');
    const { inspectDataset } = await import('../datasets/medmnist.js');
    return inspectDataset(await ensureDemoDataset(folder));
  },
  async 'dataset:download'({ id, home }, progress) {
    const { downloadDataset } = await import('../datasets/download.js');
    const { inspectDataset } = await import('../datasets/medmnist.js');
    const onProgress = ({ received, total }: { received: number; total: number }): void => {
      progress({ step: 'download', done: received, total });
    };
    return inspectDataset(await downloadDataset(id, home, { onProgress }));
  },
  async 'import:inspect'(choices, _, signal) {
    const { inspectUnlabelled } = await import('../datasets/sources/index.js');
    return inspectUnlabelled(choices, signal);
  },
  async 'import:plan'({ choices }, _, signal) {
    const { planWithHeaders } = await import('../datasets/import/import-images.js');
    return (await planWithHeaders({ choices }, signal)).plan;
  },
  async 'import:preview'(request, progress, signal) {
    const { previewImport } = await import('../datasets/import/preview-import.js');
    return previewImport(request, { signal, onProgress: seldom(progress) });
  },
  async 'import:run'({ wanted, path }, progress, signal) {
    const { importImages } = await import('../datasets/import/import-images.js');
    return importImages(wanted, path, { signal, onProgress: seldom(progress) });
  },
  async 'search:estimate'({ config, home, door }) {
    const { estimateSearch } = await import('./search-estimate.js');
    return estimateSearch(config, { home, door });
  },
  async 'retrain:estimate'({ config, home, door }, _, signal) {
    const { measureRetraining } = await import('./retrain-estimate.js');
    return measureRetraining(config, { home, door }, signal);
  },
  async 'model:export'(request, progress, signal) {
    const { writeModelBundle } = await import('./bundle-writer.js');
    return writeModelBundle(request, progress, signal);
  },
  async 'bundle:verify'({ folder }) {
    const { verifyBundle } = await import('../bundle/verify.js');
    return verifyBundle(folder);
  },
  async 'model:predict'({ model, image, operatingPoint }) {
    const { predictWithModel } = await import('./model-prediction.js');
    return predictWithModel(model, image, operatingPoint);
  },
  async 'model:diagnose'(request) {
    const { diagnoseModel } = await import('./model-diagnosis.js');
    return diagnoseModel(request);
  },
  async 'model:operatingPoint'(request) {
    const { chooseOnValidation } = await import('./model-diagnosis.js');
    return chooseOnValidation(request);
  },
  async 'model:evaluate'(request) {
    const { evaluateAndKeep } = await import('./model-evaluation.js');
    return (await evaluateAndKeep(request)).measured;
  },
  async 'model:compare'(request, _, signal) {
    const { compareModelFiles } = await import('./model-comparison.js');
    return compareModelFiles(request, signal);
  },
  async 'model:front'(request, _, signal) {
    const { decideFront } = await import('./model-front.js');
    return decideFront(request, signal);
  },
  async 'model:majority'(request) {
    const { majorityOf } = await import('./model-comparison.js');
    return majorityOf(request);
  },
  async 'model:time'(request, _, signal) {
    const { timeModel } = await import('./model-timing.js');
    return timeModel(request, signal);
  },
  async 'model:images'(request, progress, signal) {
    const { readModelImages } = await import('./model-images.js');
    return readModelImages(request, progress, signal);
  },
  async 'report:evidence'(request, progress, signal) {
    const { reportEvidence } = await import('./report-evidence.js');
    return reportEvidence(request, progress, signal);
  },
  async 'history:confirm'({ file }) {
    const { confirmCopy } = await import('../history/backups.js');
    return confirmCopy(file);
  },
  async devices() {
    const { listBackends } = await import('../compute/index.js');
    return listBackends();
  },
};

export function runTask<K extends TaskName>(
  request: TaskRequest<K>,
  progress: (progress: TaskProgress) => void,
  signal: AbortSignal,
): Promise<TaskResult<K>> {
  const task = tasks[request.name] as (typeof tasks)[K];
  return task(request, progress, signal);
}
