import { type BrowserWindow, app, nativeTheme, shell } from 'electron';
import { setTimeout } from 'node:timers/promises';
import { UserError, windowText } from '../errors.js';
import { defaultFinding } from '../datasets/finding.js';
import { openHistory } from '../history/open.js';
import { loadStoredSchemas } from '../history/stored-json.js';
import type { WritableHistory } from '../history/interface.js';
import type { CheckedHandlers, StartupHandlers } from '../ipc/handle.js';
import { addDatasetFolder } from '../ipc/handlers/datasets.js';
import { createStartupHandlers } from '../ipc/handlers/startup.js';
import { Push } from '../ipc/push.js';
import type { RememberedBounds } from './bounds.js';
import type { BackgroundServices } from './background-services.js';
import { showStartError } from './dialogs.js';
import { watchForChanges } from './dev-reload.js';
import { createStartupData } from './startup-data.js';
import { HistoryWatch } from './history-watch.js';
import { setMenu } from './menu.js';
import { RENDERER } from './program-files.js';
import { Quit } from './quit.js';
import type { startServices } from './start-services.js';
import type { StartContext } from './start-context.js';
import { openWindow, placeWindow } from './window.js';
import { userWindows } from './windows.js';

type Services = ReturnType<typeof startServices>;

/** What answers the page: its first questions, and the others when everything is loaded. */
export interface Started {
  readonly startupHandlers: StartupHandlers;
  readonly checkedHandlers: Promise<CheckedHandlers>;
}

/** The history is opened when the page has its scripts, or so long after everything for that was loaded. */
const PAGE_MILLISECONDS = 1000;
/** When it is looked whether a backup is due: soon after the start, and in a program that stays open for days. */
const FIRST_BACKUP_MILLISECONDS = 60_000;
const BACKUP_MILLISECONDS = 3_600_000;
/** The background services are loaded when the window answers, or so long after the history was opened. */
const LATEST_MILLISECONDS = 3000;

/**
 * From the window, which is hidden and loads its page, to a program that answers it.
 * @param served settles when the page has its scripts. Opening the history blocks this process for some tenths of a second,
 *   and the page could not get them meanwhile; afterwards it has enough to do with them.
 * @throws what kept the program from starting, after the user was told; the program is on its way out then
 */
export async function start(context: StartContext, window: BrowserWindow, served: Promise<void>): Promise<Started> {
  await Promise.race([served, setTimeout(PAGE_MILLISECONDS)]);
  const explain = async (error: unknown): Promise<never> => {
    context.log.write('the start failed', error);
    await showStartError(error instanceof UserError ? windowText(error) : String(error));
    app.exit(1);
    throw error;
  };
  return begin(context, window, explain).catch(explain);
}

async function begin(
  context: StartContext,
  first: BrowserWindow,
  explain: (error: unknown) => Promise<never>,
): Promise<Started> {
  const { home, log, faults } = context;
  const { history, recovery } = await openHistory(home, { schemas: 'later', defaultFinding });
  const push = new Push(() => userWindows().map(({ webContents }) => webContents));
  faults.reportTo((problem) => push.send('app:problem', problem));
  let services: BackgroundServices | null = null;
  const watch = new HistoryWatch(history, push, () => services?.queue.running ?? null, faults);
  const quit = new Quit(history, watch, context);
  const manage = (window: BrowserWindow): void => {
    manageWindow(window, context, history, quit);
    window.on('focus', () => services?.refreshTaskBar());
  };
  app.on('activate', () => userWindows().length === 0 && manage(openWindow(log)));
  if (context.safe) {
    push.problemAtStart(
      'MedForge started with default settings',
      'The last two starts failed. The saved view and window position were not used, and the queue is on hold.',
    );
  }
  if (recovery) push.problemAtStart('The history was repaired', recovery.message);

  const load = async (): Promise<Services> => {
    await Promise.race([startup.answered, setTimeout(LATEST_MILLISECONDS)]);
    const [{ startServices }] = await Promise.all([import('./start-services.js'), loadStoredSchemas()]);
    // When the program ends already, its history is closed and there is nothing more to start.
    if (quit.begun) return new Promise<never>(() => undefined);
    const started = startServices(context, startup.data, watch);
    ({ services } = started);
    quit.guard(services);
    services.queue.pump();
    return started;
  };
  // The next turn, so that `startup` is there.
  const started = Promise.resolve().then(load).catch(explain);
  const handlerContext = started.then(({ services }) => services.handlerContext);
  const startup = createStartupData(
    context,
    history,
    push,
    watch,
    handlerContext.then(({ tasks }) => tasks),
  );
  // Before the window is shown, so that nothing flashes.
  nativeTheme.themeSource = startup.data.preferences().theme;
  setMenu({
    command: (name) => push.send('app:menu', name),
    addFolder: () => void handlerContext.then(addDatasetFolder).catch((error: unknown) => log.write('menu', error)),
    showHome: () => void shell.openPath(home),
  });
  manage(first);
  if (context.dev) watchForChanges(RENDERER);
  const backUp = faults.guard('The history could not be backed up', async () => {
    const { tasks } = await handlerContext;
    await history.backup(false, (file) => tasks.run({ name: 'history:confirm', file }));
  });
  globalThis.setTimeout(backUp, FIRST_BACKUP_MILLISECONDS).unref();
  setInterval(backUp, BACKUP_MILLISECONDS).unref();
  return {
    startupHandlers: createStartupHandlers(startup.data),
    checkedHandlers: started.then(({ checkedHandlers }) => checkedHandlers),
  };
}

/** Shows a window where it belongs and does what it needs as long as it is there. */
function manageWindow(window: BrowserWindow, context: StartContext, history: WritableHistory, quit: Quit): void {
  const remember = context.faults.guard('The window position could not be saved', (bounds: RememberedBounds) => {
    if (!quit.done) history.setSetting('window', bounds);
  });
  const save = placeWindow(window, context.safe ? null : history.getSetting('window'), remember);
  quit.beforeEnd(save);
  window.on('close', (event) => {
    if (quit.mayClose()) return;
    event.preventDefault();
    void quit.ask();
  });
  window.on('session-end', () => void quit.leave());
}
