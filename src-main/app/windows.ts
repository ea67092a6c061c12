import { BrowserWindow, session } from 'electron';

/** The windows that a user sees; pages that compute or are printed have sessions of their own. */
export function userWindows(): BrowserWindow[] {
  return BrowserWindow.getAllWindows().filter(({ webContents }) => webContents.session === session.defaultSession);
}
