import { BrowserWindow, MessageChannelMain, session, type Session, type WebContents } from 'electron';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { parseFromPage, type ToPage } from '../jobs/page/messages.js';
import { fromJobError } from '../jobs/job-error.js';
import type { PageEnd } from '../jobs/page/page-jobs.js';
import type { ComputingPage } from '../jobs/worker-run.js';
import { computes, computesNoMore } from './compute-pages.js';
import { COMPUTE_PAGE, COMPUTE_PRELOAD } from './program-files.js';
import { HOST, SCHEME } from './protocol.js';
import { lockSession, pagePreferences } from './security.js';

const ADDRESS = `${SCHEME}://${HOST}/compute.html`;
/** All that the page can load. */
const FILES: { readonly [address: string]: { readonly file: string; readonly type: string } } = {
  [ADDRESS]: { file: 'compute.html', type: 'text/html; charset=utf-8' },
  [`${SCHEME}://${HOST}/compute.js`]: { file: 'compute.js', type: 'text/javascript; charset=utf-8' },
};
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const PROBE_MILLISECONDS = 30_000;

let own: Session | null = null;

/** A session that keeps nothing on the disk, and in which there is nothing but the page. */
function pageSession(): Session {
  if (own) return own;
  own = session.fromPartition('compute');
  lockSession(own);
  own.protocol.handle(SCHEME, async ({ url, method }) => {
    const found = method === 'GET' ? FILES[url] : undefined;
    if (!found) return new Response(null, { status: 404 });
    return new Response(new Uint8Array(await readFile(join(COMPUTE_PAGE, found.file))), {
      headers: {
        'Content-Type': found.type,
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      },
    });
  });
  return own;
}

/** Nothing but the one document: no other page, no connection of its own. */
function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}

/**
 * Opens a hidden page with the rights to compute on the graphics card and to speak through one port, and nothing else.
 * @param report told when its process is gone
 */
export function openComputePage(report: (text: string) => void): ComputingPage {
  const window = new BrowserWindow({
    show: false,
    skipTaskbar: true,
    title: 'MedForge computes',
    webPreferences: {
      ...pagePreferences(COMPUTE_PRELOAD),
      session: pageSession(),
      // It is always in the background.
      backgroundThrottling: false,
      webgl: false,
      images: false,
    },
  });
  const { port1, port2 } = new MessageChannelMain();
  const { webContents } = window;
  confine(webContents);
  let end: (end: PageEnd) => void = () => undefined;
  const ended = new Promise<PageEnd>((resolve) => (end = resolve));
  webContents.once('render-process-gone', (_event, { reason }) => {
    if (window.isDestroyed() || reason === 'clean-exit') return;
    report(`the page that computes ended (${reason})`);
    end(pageEnd(reason));
  });
  webContents.on('did-fail-load', (_event, code, description, _address, isMainFrame) => {
    // A frame that its policy refuses is no loss of the page.
    if (!isMainFrame) return;
    report(`the page that computes did not load: ${description} (${code})`);
    end({ kind: 'compute-page-ended', how: 'The page that computes on the graphics card could not be loaded.' });
  });
  webContents.once('did-finish-load', () => {
    webContents.postMessage('compute-port', null, [port2]);
    // `confine` cannot keep it from about:blank. Without its program nobody would answer.
    webContents.once('did-navigate', (_event, address) => {
      report(`the page that computes went to ${address}`);
      end({ kind: 'compute-page-ended', how: 'The page that computes on the graphics card left its program.' });
      window.destroy();
    });
  });
  window.once('closed', () => computesNoMore(window));
  computes(window);
  void window.loadURL(ADDRESS).catch(() => undefined);
  return {
    port: port1,
    ended,
    close: () => {
      if (!window.isDestroyed()) window.destroy();
    },
  };
}

/** In the words of a user. @param reason Electron's */
export function pageEnd(reason: string): PageEnd {
  const who = 'The page that computes on the graphics card';
  if (reason === 'oom' || reason === 'memory-eviction')
    return { kind: 'out-of-memory', how: `${who} ran out of memory.` };
  if (reason === 'killed') {
    return {
      kind: 'compute-page-ended',
      how: `${who} was stopped from outside: by a user, or by the system when memory ran short.`,
    };
  }
  return { kind: 'compute-page-ended', how: `${who} crashed.` };
}

/**
 * Looks which card a page can use.
 * @returns what it calls itself  @throws UserError with the reason and what to do
 */
export async function findCard(report: (text: string) => void): Promise<string> {
  const page = openComputePage(report);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (how: string): void => reject(new UserError('backend-unavailable', how));
      page.port.on('message', ({ data }) => {
        try {
          const message = parseFromPage(data);
          if (message.type === 'found') resolve(message.device);
          else if (message.type === 'failed') reject(fromJobError(message.error));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      page.port.start();
      page.port.postMessage({ type: 'probe' } satisfies ToPage);
      void page.ended.then(({ how }) => fail(how));
      timer = setTimeout(() => fail(`The card did not answer for ${PROBE_MILLISECONDS / 1000} s.`), PROBE_MILLISECONDS);
    });
  } finally {
    clearTimeout(timer);
    page.close();
  }
}
