import { BrowserWindow, nativeTheme, screen } from 'electron';
import { windowBounds, SMALLEST, type RememberedBounds } from './bounds.js';
import { showContextMenu } from './context-menu.js';
import type { ProgramLog } from './log.js';
import { ICON, PRELOAD } from './program-files.js';
import { START_PAGE } from './protocol.js';
import { pagePreferences } from './security.js';
import { userWindows } from './windows.js';

/** Backgrounds of the page, so that nothing flashes before it is drawn. */
const BACKGROUND = { light: '#f6f7f8', dark: '#16181b' } as const;

/** Windows that were never shown, each with the promise that its page is drawn. */
const hidden = new WeakMap<BrowserWindow, Promise<void>>();

/** Makes the window and loads the page. It stays hidden until {@link placeWindow} has said where it belongs. */
export function openWindow(log: ProgramLog): BrowserWindow {
  const { maximized: _, ...bounds } = windowBounds(null, workAreas());
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'MedForge',
    icon: ICON,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: pagePreferences(PRELOAD),
  });
  hidden.set(window, new Promise((resolve) => window.once('ready-to-show', resolve)));
  // A page may always go to about:blank, which no event lets us prevent; it is brought back.
  window.webContents.on('did-navigate', (_event, url) => {
    if (url !== START_PAGE) void window.loadURL(START_PAGE);
  });
  showContextMenu(window.webContents);
  let crashes = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    log.write(`the renderer process ended (${reason}); runs continue`);
    crashes += 1;
    setTimeout(() => !window.isDestroyed() && window.reload(), crashes > 3 ? 5000 : 0);
  });
  void window.loadURL(START_PAGE);
  return window;
}

/**
 * Puts the window where it last was, and shows it as soon as its page is drawn.
 * @param remember gets the bounds when the user has moved, sized or closed it
 * @returns remembers them at once, for an end of the program that comes before that
 */
export function placeWindow(
  window: BrowserWindow,
  savedBounds: unknown,
  remember: (bounds: RememberedBounds) => void,
): () => void {
  const { maximized, x, y, ...size } = windowBounds(savedBounds, workAreas());
  window.setBounds(x === undefined || y === undefined ? size : { x, y, ...size });
  if (x === undefined || y === undefined) window.center();
  void hidden.get(window)?.then(() => {
    hidden.delete(window);
    if (window.isDestroyed()) return;
    // It shows a window as well, so it must not come earlier.
    if (maximized) window.maximize();
    window.show();
  });

  const save = (): void => {
    if (window.isDestroyed() || window.isMinimized()) return;
    const { x, y, width, height } = window.getNormalBounds();
    remember({ x, y, width, height, maximized: window.isMaximized() });
  };
  let timer: NodeJS.Timeout | undefined;
  const saveSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  };
  window.on('resize', saveSoon);
  window.on('move', saveSoon);
  window.on('close', () => {
    clearTimeout(timer);
    save();
  });
  return save;
}

/** Brings the window to the front, wherever it is; one that is not ready yet will show itself. */
export function focusWindow(): void {
  const [window] = userWindows();
  if (!window || hidden.has(window)) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function workAreas(): Electron.Rectangle[] {
  return [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
}
