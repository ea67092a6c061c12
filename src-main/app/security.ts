import type { App, Session, WebContents, WebPreferences } from 'electron';
import { SCHEME, START_PAGE } from './protocol.js';

/** Rights of the page: none. What is off by default is written out, so that a test and a reader see it. */
export function pagePreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    safeDialogs: true,
  };
}

/** Addresses that may be opened in the user's browser: exactly these. */
export const EXTERNAL_PAGES = {
  medmnist: 'https://medmnist.com/',
  paper: 'https://arxiv.org/abs/2503.06092',
} as const;

export function isExternalPage(address: string): boolean {
  return Object.values(EXTERNAL_PAGES).some((page) => page === address);
}

/** The page may load again what it is; everything else is another place. */
export function mayNavigate(address: string): boolean {
  return address === START_PAGE;
}

/** Permissions: all denied, both when asked for and when looked up. Requests: our own scheme and what the page made itself. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !mayRequest(details.url) }));
}

export function mayRequest(address: string): boolean {
  return /^(app:\/\/medforge\/|data:|blob:app:\/\/medforge\/|devtools:)/.test(address);
}

/** For every page that ever comes to be: no navigation, no new windows, no webviews. */
export function lockContents(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_event, contents) => lockOne(contents));
}

function lockOne(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Said before `ready`, once. */
export const PRIVILEGED_SCHEMES = [
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
];
