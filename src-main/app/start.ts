import { BrowserWindow, app, shell } from 'electron';
import { setTimeout } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { openHistory } from '../history/open.js';
import type { WritableHistory } from '../history/interface.js';
import type { Answering, EarlyHandlers } from '../ipc/handle.js';
import { addDatasetFolder } from '../ipc/handlers/datasets.js';
import { frontHandlers } from '../ipc/handlers/front.js';
import { Push } from '../ipc/push.js';
import type { RememberedBounds } from './bounds.js';
import type { Workshop } from './desk.js';
import { showStartError } from './dialogs.js';
import { watchForChanges } from './dev-reload.js';
import type { Faults } from './faults.js';
import { makeFront } from './front.js';
import { HistoryWatch } from './history-watch.js';
import type { ProgramLog } from './log.js';
import { setMenu } from './menu.js';
import { RENDERER } from './program-files.js';
import { Quit } from './quit.js';
import type { startRest } from './rest.js';
import type { StartCounter } from './safe-mode.js';
import { openWindow, placeWindow } from './window.js';

export interface StartContext {
  readonly home: string;
  readonly dev: boolean;
  /** Two starts in a row did not succeed: nothing that was remembered is used. */
  readonly safe: boolean;
  readonly log: ProgramLog;
  readonly faults: Faults;
  readonly starts: StartCounter;
}

type Rest = ReturnType<typeof startRest>;

/** What answers the page: its first questions, and the others when everything is loaded. */
export interface Started {
  readonly early: EarlyHandlers;
  readonly answering: Promise<Answering>;
}

/** The history is opened when the page has its scripts, or so long after everything for that was loaded. */
const PAGE_MILLISECONDS = 1000;
/** When it is looked whether a backup is due: soon after the start, and in a program that stays open for days. */
const FIRST_BACKUP_MILLISECONDS = 60_000;
const BACKUP_MILLISECONDS = 3_600_000;
/** The rest is loaded when the window answers, or so long after the history was opened. */
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
    await showStartError(error instanceof UserError ? error.message : String(error));
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
  const { history, recovery } = await openHistory(home);
  const push = new Push(() => BrowserWindow.getAllWindows().map(({ webContents }) => webContents));
  faults.tellTo((problem) => push.send('app:problem', problem));
  let open: Workshop | null = null;
  const watch = new HistoryWatch(history, push, () => open?.queue.running ?? null, faults);
  const quit = new Quit(history, watch, context);
  const tend = (window: BrowserWindow): void => {
    tendWindow(window, context, history, quit);
    window.on('focus', () => open?.refreshTaskBar());
  };
  app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && tend(openWindow(log)));
  if (context.safe) {
    push.problemAtStart(
      'MedForge started with its defaults',
      'The last two starts did not succeed, so the remembered view and window were not used and the queue is on hold.',
    );
  }
  if (recovery) push.problemAtStart('The history was repaired', recovery.message);

  const load = async (): Promise<Rest> => {
    await Promise.race([front.answered, setTimeout(LATEST_MILLISECONDS)]);
    const { startRest } = await import('./rest.js');
    // When the program ends already, its history is closed and there is nothing more to start.
    if (quit.begun) return new Promise<never>(() => undefined);
    const rest = startRest(context, front, watch);
    open = rest.workshop;
    quit.guard(open);
    open.queue.pump();
    return rest;
  };
  // The next turn, so that the front is there.
  const rest = Promise.resolve().then(load).catch(explain);
  const desk = rest.then(({ workshop }) => workshop.desk);
  const front = makeFront(
    context,
    history,
    push,
    watch,
    desk.then(({ tasks }) => tasks),
  );
  setMenu({
    command: (name) => push.send('app:menu', name),
    addFolder: () => void desk.then(addDatasetFolder).catch((error: unknown) => log.write('menu', error)),
    showHome: () => void shell.openPath(home),
  });
  tend(first);
  if (context.dev) watchForChanges(RENDERER);
  const backUp = faults.guard('The history could not be backed up', async () => {
    const { tasks } = await desk;
    await history.backup(false, (file) => tasks.run({ name: 'history:confirm', file }));
  });
  globalThis.setTimeout(backUp, FIRST_BACKUP_MILLISECONDS).unref();
  setInterval(backUp, BACKUP_MILLISECONDS).unref();
  return { early: frontHandlers(front), answering: rest.then(({ answering }) => answering) };
}

/** Shows a window where it belongs and does what it needs as long as it is there. */
function tendWindow(window: BrowserWindow, context: StartContext, history: WritableHistory, quit: Quit): void {
  const remember = context.faults.guard('The place of the window could not be kept', (bounds: RememberedBounds) => {
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
