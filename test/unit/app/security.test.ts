import { EventEmitter } from 'node:events';
import type { Session } from 'electron';
import { describe, expect, it } from 'vitest';
import {
  EXTERNAL_PAGES,
  isExternalPage,
  lockContents,
  lockSession,
  mayNavigate,
  mayRequest,
  pagePreferences,
} from '../../../src-main/app/security.js';

const elsewhere = [
  'app://evil/index.html',
  'app://medforge.evil.com/index.html',
  'app://medforge/other.html',
  'app://medforge/',
  'file:///etc/passwd',
  'data:text/html,<h1>hi</h1>',
  'javascript:alert(1)',
  'about:blank',
  'http://127.0.0.1/',
  'https://medmnist.com/',
  'chrome://gpu',
  'blob:app://medforge/1',
  '',
];

describe('page preferences', () => {
  it('give the page no rights', () => {
    expect(pagePreferences('/p.cjs')).toEqual({
      preload: '/p.cjs',
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
    });
  });
});

describe('navigation', () => {
  it.each(elsewhere)('to "%s" is refused', (address) => expect(mayNavigate(address)).toBe(false));
  it('to the page itself is a reload', () => expect(mayNavigate('app://medforge/index.html')).toBe(true));

  it('is prevented in every page that comes to be, and so are windows and webviews', () => {
    const app = new EventEmitter();
    lockContents(app as never);
    let opener: (() => { action: string }) | undefined;
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: () => { action: string }) => (opener = handler),
    });
    app.emit('web-contents-created', {}, contents);
    for (const url of elsewhere) {
      for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
        let prevented = false;
        contents.emit(name, { url, isMainFrame: true, preventDefault: () => (prevented = true) });
        expect(prevented, `${name} ${url}`).toBe(true);
      }
    }
    let prevented = false;
    contents.emit('will-frame-navigate', {
      url: 'app://medforge/index.html',
      isMainFrame: false,
      preventDefault: () => (prevented = true),
    });
    expect(prevented).toBe(true);
    expect(opener?.()).toEqual({ action: 'deny' });
  });
});

describe('external pages', () => {
  it.each(Object.values(EXTERNAL_PAGES))('%s may be opened', (page) => expect(isExternalPage(page)).toBe(true));
  it.each([
    ...elsewhere.filter((address) => address !== 'https://medmnist.com/'),
    'https://medmnist.com',
    'https://medmnist.com/?x',
    'https://medmnist.com/../evil',
    'smb://server/share',
    'ms-msdt:/id',
  ])('"%s" may not', (address) => expect(isExternalPage(address)).toBe(false));
});

describe('session', () => {
  const handlers: Record<string, (...args: never[]) => unknown> = {};
  const keep =
    (name: string) =>
    (handler: (...args: never[]) => unknown): void => {
      handlers[name] = handler;
    };
  lockSession({
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setSpellCheckerEnabled: () => undefined,
    webRequest: { onBeforeRequest: keep('before') },
  } as unknown as Session);

  it.each([
    'clipboard-read',
    'clipboard-sanitized-write',
    'display-capture',
    'fullscreen',
    'geolocation',
    'hid',
    'idle-detection',
    'media',
    'mediaKeySystem',
    'midi',
    'midiSysex',
    'notifications',
    'openExternal',
    'pointerLock',
    'keyboardLock',
    'serial',
    'storage-access',
    'top-level-storage-access',
    'usb',
    'window-management',
    'fileSystem',
    'unknown',
  ])('denies the permission %s', (permission) => {
    let answer: boolean | undefined;
    (handlers['request'] as (...args: unknown[]) => void)(null, permission, (granted: boolean) => (answer = granted));
    expect(answer).toBe(false);
    expect((handlers['check'] as (...args: unknown[]) => boolean)(null, permission, 'app://medforge')).toBe(false);
    expect((handlers['device'] as (...args: unknown[]) => boolean)({ deviceType: permission })).toBe(false);
  });

  it.each([
    ['app://medforge/index.html', true],
    ['data:image/png;base64,AA==', true],
    ['blob:app://medforge/1-2', true],
    ['app://evil/x.js', false],
    ['http://example.com/', false],
    ['https://medmnist.com/', false],
    ['ws://127.0.0.1:1/', false],
    ['file:///etc/passwd', false],
    ['blob:https://evil/1', false],
  ])('request for %s: %s', (url, allowed) => {
    let cancel: boolean | undefined;
    (handlers['before'] as (...args: unknown[]) => void)(
      { url },
      (answer: { cancel: boolean }) => (cancel = answer.cancel),
    );
    expect(cancel).toBe(!allowed);
    expect(mayRequest(url)).toBe(allowed);
  });
});
