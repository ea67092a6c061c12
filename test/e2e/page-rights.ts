import type { ElectronApplication, Page } from '@playwright/test';
import { inMain } from './program.js';

/** What every page of the program is opened with. */
export const PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
};

/** Places that no page of the program may go to. */
export const FOREIGN_PLACES = [
  'https://example.com/',
  'http://127.0.0.1:9/',
  'file:///etc/passwd',
  'data:text/html,<h1>other</h1>',
  'app://evil/index.html',
  'app://medforge.evil.com/index.html',
  'app://medforge/other.html',
  'chrome://version',
];

/** @param file the page's, at the end of its address */
export function preferencesOf(electron: ElectronApplication, file: string): Promise<Record<string, unknown>> {
  return inMain(
    electron,
    ({ BrowserWindow }, end) => {
      const contents = BrowserWindow.getAllWindows()
        .map(({ webContents }) => webContents)
        .find((found) => found.getURL().endsWith(end));
      return (contents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences();
    },
    file,
  );
}

/** Names of Node and Electron that the page knows. */
export function nodeNames(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    ['require', 'process', 'module', 'global', 'Buffer', '__dirname', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
  );
}

/** Follows a link, moves, and opens a window. @returns whether a window was opened, and where the page is then */
export async function tryToLeave(page: Page, target: string): Promise<{ opened: boolean; at: string }> {
  await page
    .evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
      link.remove();
      location.assign(url);
    }, target)
    .catch(() => undefined);
  const opened = await page.evaluate((url) => window.open(url) !== null, target);
  return { opened, at: page.url() };
}

/** Asks for what needs a permission. */
export function askForPermissions(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const state = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name: name as PermissionName })).state;
    const nameOf = (error: unknown): string => (error as Error).name;
    return {
      notifications: await Notification.requestPermission(),
      geolocation: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          ({ code }) => resolve(code),
        );
      }),
      camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'granted', nameOf),
      midi: await state('midi'),
      clipboard: await navigator.clipboard.readText().then(() => 'granted', nameOf),
    };
  });
}

/** How `askForPermissions` is answered, but for the camera: whether there is one is told by the machine. */
export const REFUSED_PERMISSIONS = {
  notifications: 'denied',
  geolocation: 1,
  midi: 'denied',
  clipboard: 'NotAllowedError',
};
