import { BrowserWindow, app, ipcMain, protocol, session, shell } from 'electron';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { openHistory } from '../history/open.js';
import type { Recovery, WritableHistory } from '../history/interface.js';
import { registerHandlers } from '../ipc/handle.js';
import { handlersOf } from '../ipc/handlers/index.js';
import { addDatasetFolder } from '../ipc/handlers/datasets.js';
import { Push } from '../ipc/push.js';
import { makeDesk, type Workshop } from './desk.js';
import { showStartError } from './dialogs.js';
import { watchForChanges } from './dev-reload.js';
import { HistoryWatch } from './history-watch.js';
import type { ProgramLog } from './log.js';
import { setMenu } from './menu.js';
import { serve, SCHEME } from './protocol.js';
import { Quit } from './quit.js';
import type { StartCounter } from './safe-mode.js';
import { lockSession } from './security.js';
import { openWindow, type WindowFiles } from './window.js';

export interface StartContext {
  readonly home: string;
  readonly dev: boolean;
  /** Two starts in a row did not succeed: nothing that was remembered is used. */
  readonly safe: boolean;
  readonly log: ProgramLog;
  readonly starts: StartCounter;
}

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const RENDERER = join(PROJECT, 'dist', 'renderer');
const FILES: WindowFiles = {
  preload: join(PROJECT, 'dist', 'preload', 'preload.cjs'),
  icon: join(PROJECT, 'resources', 'icon.png'),
};

/** From `ready` to a window that answers. */
export async function start(context: StartContext): Promise<void> {
  const { home, log } = context;
  lockSession(session.defaultSession);
  protocol.handle(SCHEME, (request) => serve(RENDERER, request));
  const opened = await openOrExplain(home, log);
  if (!opened) {
    app.exit(1);
    return;
  }
  const { history, recovery } = opened;
  history.interruptDeadRuns();

  const push = new Push(() => BrowserWindow.getAllWindows().map(({ webContents }) => webContents));
  const watch = new HistoryWatch(history, push, () => workshop.queue.running);
  const workshop = makeDesk(context, history, push, watch);
  registerHandlers(ipcMain, handlersOf(workshop.desk), (channel, error) => log.write(channel, error));
  const quit = new Quit(workshop, history, watch, context);
  setMenu({
    command: (name) => push.send('app:menu', name),
    addFolder: () => void addDatasetFolder(workshop.desk).catch((error: unknown) => log.write('menu', error)),
    showHome: () => void shell.openPath(home),
  });
  const open = (): void => openMainWindow(context, history, workshop, quit);
  app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && open());
  open();
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
}

function openMainWindow(context: StartContext, history: WritableHistory, workshop: Workshop, quit: Quit): void {
  const window = openWindow(FILES, context.safe ? null : history.getSetting('window'), (bounds) => {
    if (!quit.done) history.setSetting('window', bounds);
  });
  let crashes = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    context.log.write(`the page's process ended (${reason}); runs go on`);
    crashes += 1;
    setTimeout(() => !window.isDestroyed() && window.reload(), crashes > 3 ? 5000 : 0);
  });
  window.on('close', (event) => {
    if (quit.mayClose()) return;
    event.preventDefault();
    void quit.ask();
  });
  window.on('session-end', () => void quit.leave());
  window.on('focus', () => workshop.refreshTaskBar());
}

async function openOrExplain(
  home: string,
  log: ProgramLog,
): Promise<{ history: WritableHistory; recovery: Recovery | null } | null> {
  try {
    return await openHistory(home);
  } catch (error) {
    log.write('the history could not be opened', error);
    await showStartError(error instanceof UserError ? error.message : String(error));
    return null;
  }
}
