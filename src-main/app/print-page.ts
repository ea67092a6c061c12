import { BrowserWindow, session } from 'electron';
import { HOST, SCHEME } from './protocol.js';
import { lockSession } from './security.js';

export interface Page {
  /** A whole page that needs nothing from elsewhere. */
  readonly html: string;
  /** Stands at the head of every page, with `made` at its foot. */
  readonly title: string;
  readonly made: string;
}

const ADDRESS = `${SCHEME}://${HOST}/report`;
/** Nothing runs and nothing is fetched, whatever the page holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";
const MILLIMETRES_PER_INCH = 25.4;
const inches = (millimetres: number): number => millimetres / MILLIMETRES_PER_INCH;

let pages = 0;

/**
 * Prints a page on A4 by a hidden window without rights: its session has no store on the disk and answers this one address.
 * The PDF has text that can be selected and searched, tags for screen readers and an outline.
 * @throws the signal's reason
 */
export async function printPage({ html, title, made }: Page, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const own = session.fromPartition(`print-${++pages}`);
  lockSession(own);
  own.protocol.handle(SCHEME, (request) =>
    request.url === ADDRESS
      ? new Response(html, {
          headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY },
        })
      : new Response(null, { status: 404 }),
  );
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      webgl: false,
      spellcheck: false,
    },
  });
  try {
    return await untilAborted(print(window, title, made), signal);
  } finally {
    window.destroy();
    own.protocol.unhandle(SCHEME);
  }
}

async function print(window: BrowserWindow, title: string, made: string): Promise<Uint8Array> {
  await window.loadURL(ADDRESS);
  return window.webContents.printToPDF({
    pageSize: 'A4',
    printBackground: true,
    margins: { top: inches(19), bottom: inches(18), left: inches(18), right: inches(18) },
    displayHeaderFooter: true,
    headerTemplate: line(
      `<span style="flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap" dir="auto">${escaped(title)}</span>`,
    ),
    footerTemplate: line(
      `<span style="flex: 1">${escaped(made)}</span><span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span>`,
    ),
    generateTaggedPDF: true,
    generateDocumentOutline: true,
  });
}

/** A line at the head or foot of a page; Chromium gives it none of the page's style. */
function line(content: string): string {
  return `<div style="display: flex; width: 100%; margin: 0 18mm; gap: 8mm; color: #4c5a59; font: 8px system-ui, Arial, sans-serif">${content}</div>`;
}

const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // A window that is destroyed while it prints never answers.
  let leave = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
