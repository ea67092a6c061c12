import { nativeTheme, shell } from 'electron';
import { basename } from 'node:path';
import { listDevices } from '../actions/list-devices.js';
import { removeKilledImports } from '../actions/killed-imports.js';
import { UserError } from '../errors.js';
import type { JobEvent } from '../ipc/contract.js';
import type { HandlerContext, StartupData } from '../ipc/handler-context.js';
import { launchUtility } from '../jobs/worker-process.js';
import { GRACE_MILLISECONDS, RunQueue } from '../jobs/run-queue.js';
import { startWorkerRun } from '../jobs/worker-run.js';
import { isRequestedPause } from '../jobs/pause-reasons.js';
import { TaskRunner } from '../jobs/task-runner.js';
import { CheckDesk } from './check-desk.js';
import { findCard, openComputePage } from './compute-page.js';
import { notify, showTaskBarProgress } from './desktop.js';
import { systemDialogs } from './dialogs.js';
import { figureOutlets } from './figure-outlets.js';
import { ImportDesk } from './import-desk.js';
import { ModelExporter } from './model-exporter.js';
import type { HistoryWatch } from './history-watch.js';
import type { OngoingWork } from './ongoing-work.js';
import { taskBarProgress } from './run-notification.js';
import { Power } from './power.js';
import { ReportWriter } from './report-writer.js';
import { RunExporter } from './run-exporter.js';
import type { StartContext } from './start-context.js';
import { StudyDesk } from './study-desk.js';
import { focusWindow } from './window.js';
import { userWindows } from './windows.js';

/** Everything that works behind the window. */
export interface BackgroundServices {
  readonly handlerContext: HandlerContext;
  readonly queue: RunQueue;
  refreshTaskBar(): void;
  ongoingWork(): OngoingWork;
  /** Checkpoints, then the end of every process. */
  shutDown(): Promise<void>;
}

export function createBackgroundServices(
  context: StartContext,
  startup: StartupData,
  watch: HistoryWatch,
): BackgroundServices {
  const { history, push } = startup;
  const { faults } = context;
  // What the user can act on is told; the rest is for the log.
  const report = (text: string, error?: unknown): void =>
    error instanceof UserError ? faults.report(text, error) : context.log.write(text, error);
  const tasks = new TaskRunner(launchUtility);
  void removeKilledImports(context.home);
  let stepShare = 0;
  let shownAt = 0;
  const refreshTaskBar = (): void => {
    const { running } = queue;
    showTaskBarProgress(
      taskBarProgress(running === null ? null : (history.findRun(running)?.summary ?? null), stepShare),
    );
  };
  // What cannot be shown must not end the run that is shown.
  const listener = faults.guard('The progress of a run could not be shown', (run: number, event: JobEvent) => {
    if (event.type === 'epoch') watch.epochWritten(run);
    else push.jobEvent(run, event);
    if (event.type === 'log' && event.level === 'warning') {
      push.send('app:problem', { title: `“${history.getRun(run).summary.name}”`, message: event.text });
    }
    if (event.type === 'progress') stepShare = event.step / event.stepsPerEpoch;
    if (event.type === 'started' || event.type === 'epoch') stepShare = 0;
    if (event.type !== 'log' && performance.now() - shownAt > 1000) {
      shownAt = performance.now();
      watch.changedHere([run]);
      refreshTaskBar();
    }
  });
  const queue: RunQueue = new RunQueue(
    history,
    (run) =>
      startWorkerRun(run, {
        history,
        launch: launchUtility,
        openPage: () => openComputePage(report),
        listener,
        report,
      }),
    {
      changed: faults.guard('The list of runs could not be updated', (runs: readonly number[]) => {
        keepAwake();
        studies.turns.queueChanged();
        push.flush();
        watch.changedHere(runs);
        refreshTaskBar();
      }),
      ended: faults.guard('The end of a run could not be shown', (run: number) => {
        const { summary } = history.getRun(run);
        notify(summary, focusWindow);
        if (summary.state === 'paused' && summary.error !== null && !isRequestedPause(summary.error)) {
          push.send('app:problem', { title: `“${summary.name}” was paused`, message: summary.error });
        }
        push.send('models:changed', history.listModels());
      }),
      problem(title, message) {
        report(title, message);
        push.send('app:problem', { title, message });
      },
    },
    GRACE_MILLISECONDS,
    () => studies.turns.going === null,
  );
  const keepAwake = (): void => power.keepAwake(queue.running !== null || studies.turns.going !== null);
  const devices = () =>
    listDevices(
      () => tasks.run({ name: 'devices' }),
      () => findCard(report),
    );
  const studies: StudyDesk = new StudyDesk({
    ...{ history, tasks, push, devices, listener, report },
    launch: launchUtility,
    openPage: () => openComputePage(report),
    queue: () => queue,
    runsChanged: faults.guard('The list of runs could not be updated', (runs: readonly number[]) => {
      push.flush();
      watch.changedHere(runs);
    }),
    turnChanged: faults.guard('The program could not be kept awake', () => keepAwake()),
  });
  const power = new Power(
    faults.guard('What is computed could not be paused before sleep', async () => {
      await Promise.all([queue.suspend(), studies.turns.suspend()]);
    }),
    faults.guard('What was computed could not be continued after sleep', () => {
      queue.wake();
      studies.turns.wake();
    }),
  );
  studies.watch();
  const exporter = new ModelExporter(history, tasks, push);
  const runsExporter = new RunExporter(history, push);
  const reports = new ReportWriter(history, tasks, push, startup.version);
  const imports = new ImportDesk(history, tasks, startup.datasets, push);
  const checks = new CheckDesk(history, tasks, startup.datasets, push);
  const handlerContext: HandlerContext = {
    ...startup,
    queue,
    tasks,
    exporter,
    runsExporter,
    dialogs: systemDialogs(),
    figures: figureOutlets,
    reports,
    imports,
    checks,
    studies,
    devices,
    showFolder: async (folder) => {
      const reason = await shell.openPath(folder);
      if (reason !== '') throw new UserError('folder-not-shown', `${folder} could not be opened: ${reason}`);
    },
    showTheme: (theme) => void (nativeTheme.themeSource = theme),
    runsChanged: (runs) => watch.changedHere(runs),
    runDeleted: (run) => watch.forget(run),
  };
  return {
    handlerContext,
    queue,
    refreshTaskBar,
    ongoingWork: () => ({
      runs: [
        ...[queue.running ?? []].flat().map((run) => nameOr(`Run ${run}`, () => history.getRun(run).summary.name)),
        ...(studies.turns.going === null ? [] : [studies.turns.going]),
      ],
      exports: exporter.running.map((model) => nameOr(`Model ${model}`, () => history.getModel(model).summary.name)),
      files: [reports.writing, runsExporter.writing, imports.importing, ...checks.writing]
        .filter((file) => file !== null)
        .map((file) => basename(file)),
    }),
    async shutDown() {
      await Promise.all([
        queue.shutDown(),
        studies.shutDown(),
        exporter.stopAll(),
        reports.stop(),
        runsExporter.stop(),
        imports.stop(),
        checks.stopAll(),
      ]);
      tasks.killAll();
      power.keepAwake(false);
      for (const window of userWindows()) window.setProgressBar(-1);
    },
  };
}

/** What cannot be named, because it was deleted or the history cannot be read, is no reason to stay. */
function nameOr(otherwise: string, name: () => string): string {
  try {
    return name();
  } catch {
    return otherwise;
  }
}
