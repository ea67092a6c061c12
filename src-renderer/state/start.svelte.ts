import { datasetChecks } from './dataset-checks.svelte.js';
import { imageImport } from './image-import.svelte.js';
import { main } from './main-state.svelte.js';
import { preferences } from './preferences.svelte.js';
import { attempt, messages } from './problems.svelte.js';
import { tellEnds } from './run-ends.js';
import { searchForm } from './search-form.svelte.js';
import { studies } from './studies.svelte.js';
import { view } from './view.svelte.js';

/** Listens first, then asks once: what changes in between is heard, and the whole lists that were asked for win. */
export function connect(): () => void {
  const api = window.medforge;
  const early: (() => void)[] = [];
  const whenReady = (change: () => void): void => void (main.ready ? change() : early.push(change));
  const stops = [
    api.listen('runs:changed', (runs) =>
      whenReady(() => {
        tellEnds(runs);
        main.changeRuns(runs);
      }),
    ),
    api.listen('runs:deleted', (runs) => whenReady(() => main.deleteRuns(runs))),
    api.listen('datasets:changed', (datasets) => whenReady(() => (main.datasets = datasets))),
    api.listen('models:changed', (models) => whenReady(() => (main.models = models))),
    api.listen('runs:exporting', (progress) => (main.exportingRuns = progress)),
    api.listen('models:timing', (progress) => (main.timing = progress)),
    api.listen('models:exporting', ({ model, progress }) => main.changeExport(model, progress)),
    api.listen('reports:writing', (progress) => (main.reporting = progress)),
    api.listen('import:progress', (progress) => imageImport.tell(progress)),
    api.listen('datasets:working', ({ dataset, progress }) => datasetChecks.tell(dataset, progress)),
    api.listen('studies:changed', (entries) => studies.change(entries)),
    api.listen('studies:estimating', ({ study, progress }) => studies.tellEstimate(study, progress)),
    api.listen('app:problem', ({ title, message }) => messages.add(title, message)),
  ];
  void attempt('The window could not read its state', async () => {
    const state = await api.invoke('app:state');
    main.version = state.version;
    main.home = state.home;
    main.cores = state.cores;
    main.limits = state.limits;
    main.raceDefaults = state.raceDefaults;
    preferences.take(state.preferences);
    searchForm.prefer(state.preferences);
    main.runs = state.runs;
    main.datasets = state.datasets;
    main.models = state.models;
    if (state.lastView) {
      view.place = state.lastView.place;
      const { run } = state.lastView;
      view.run = run !== null && main.runsByNumber.has(run) ? run : null;
    }
    early.forEach((change) => change());
    main.ready = true;
    await drawn();
    await api.invoke('app:shown');
    await studies.load();
  });
  return () => stops.forEach((stop) => stop());
}

/** Two frames: in the first the page is laid out and drawn, and when the second begins it is on the screen. */
async function drawn(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}
