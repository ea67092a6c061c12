import { BrowserWindow, nativeTheme, screen } from 'electron';
import { windowBounds, SMALLEST, type RememberedBounds } from './bounds.js';
import { START_PAGE } from './protocol.js';
import { pagePreferences } from './security.js';

export interface WindowFiles {
  readonly preload: string;
  readonly icon: string;
}

/** Backgrounds of the page, so that nothing flashes before it is drawn. */
const BACKGROUND = { light: '#f6f7f8', dark: '#16181b' } as const;

/**
 * Opens the window where it last was.
 * @param remember is told the bounds when the user has moved, sized or closed it
 */
export function openWindow(
  files: WindowFiles,
  savedBounds: unknown,
  remember: (bounds: RememberedBounds) => void,
): BrowserWindow {
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const { maximized, ...bounds } = windowBounds(savedBounds, areas);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'MedForge',
    icon: files.icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: pagePreferences(files.preload),
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());

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
  // A page may always go to about:blank, which no event lets us prevent; it is brought back.
  window.webContents.on('did-navigate', (_event, url) => {
    if (url !== START_PAGE) void window.loadURL(START_PAGE);
  });
  void window.loadURL(START_PAGE);
  return window;
}

/** Brings the window to the front, wherever it is. */
export function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
