import { BrowserWindow, app, shell } from 'electron';
import { UserError } from '../errors.js';
import { openHistory } from '../history/open.js';
import type { WritableHistory } from '../history/interface.js';
import type { Answering } from '../ipc/handle.js';
import { handlersOf } from '../ipc/handlers/index.js';
import { addDatasetFolder } from '../ipc/handlers/datasets.js';
import { Push } from '../ipc/push.js';
import { argumentSchemas } from '../ipc/schemas.js';
import { makeDesk, type Workshop } from './desk.js';
import { showStartError } from './dialogs.js';
import { watchForChanges } from './dev-reload.js';
import { HistoryWatch } from './history-watch.js';
import type { ProgramLog } from './log.js';
import { setMenu } from './menu.js';
import { RENDERER } from './program-files.js';
import { Quit } from './quit.js';
import type { StartCounter } from './safe-mode.js';
import { openWindow, placeWindow } from './window.js';

export interface StartContext {
  readonly home: string;
  readonly dev: boolean;
  /** Two starts in a row did not succeed: nothing that was remembered is used. */
  readonly safe: boolean;
  readonly log: ProgramLog;
  readonly starts: StartCounter;
}

/**
 * From the window, which is hidden and loads its page, to a program that answers it.
 * @returns what answers the page's calls
 * @throws what kept the program from starting, after the user was told; the program is on its way out then
 */
export async function start(context: StartContext, window: BrowserWindow): Promise<Answering> {
  try {
    return await begin(context, window);
  } catch (error) {
    context.log.write('the start failed', error);
    await showStartError(error instanceof UserError ? error.message : String(error));
    app.exit(1);
    throw error;
  }
}

async function begin(context: StartContext, first: BrowserWindow): Promise<Answering> {
  const { home, log } = context;
  const { history, recovery } = await openHistory(home);
  history.interruptDeadRuns();

  const push = new Push(() => BrowserWindow.getAllWindows().map(({ webContents }) => webContents));
  const watch = new HistoryWatch(history, push, () => workshop.queue.running);
  const workshop = makeDesk(context, history, push, watch);
  const quit = new Quit(workshop, history, watch, context);
  setMenu({
    command: (name) => push.send('app:menu', name),
    addFolder: () => void addDatasetFolder(workshop.desk).catch((error: unknown) => log.write('menu', error)),
    showHome: () => void shell.openPath(home),
  });
  const tend = (window: BrowserWindow): void => tendWindow(window, context, history, workshop, quit);
  app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && tend(openWindow(log)));
  tend(first);
  watch.start();
  if (context.safe) {
    workshop.queue.hold('safe start');
    push.problemAtStart(
      'MedForge started with its defaults',
      'The last two starts did not succeed, so the remembered view and window were not used and the queue is on hold.',
    );
  }
  if (recovery) push.problemAtStart('The history was repaired', recovery.message);
  workshop.queue.pump();
  if (context.dev) watchForChanges(RENDERER);
  setTimeout(() => void history.backup().catch((error: unknown) => log.write('backup', error)), 60_000).unref();
  return { handlers: handlersOf(workshop.desk), schemas: argumentSchemas };
}

/** Shows a window where it belongs and does what it needs as long as it is there. */
function tendWindow(
  window: BrowserWindow,
  context: StartContext,
  history: WritableHistory,
  workshop: Workshop,
  quit: Quit,
): void {
  placeWindow(window, context.safe ? null : history.getSetting('window'), (bounds) => {
    if (!quit.done) history.setSetting('window', bounds);
  });
  window.on('close', (event) => {
    if (quit.mayClose()) return;
    event.preventDefault();
    void quit.ask();
  });
  window.on('session-end', () => void quit.leave());
  window.on('focus', () => workshop.refreshTaskBar());
}
