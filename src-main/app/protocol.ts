import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** Scheme and host of the only page; a standard scheme of its own, so that it has an origin and needs no file rights. */
export const SCHEME = 'app';
export const HOST = 'medforge';
export const START_PAGE = `${SCHEME}://${HOST}/index.html`;

const MIME_TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/**
 * Answers a request for a file of the built renderer.
 * @param root folder of the built renderer
 * @returns 200 with the file; 400 for an address that cannot be read; 403 for another host, a path that leaves `root` or a
 *   file type that is not served; 404; 405 for anything but GET
 */
export async function serve(
  root: string,
  request: { readonly method: string; readonly url: string },
): Promise<Response> {
  if (request.method !== 'GET') return refuse(405);
  const address = readAddress(request.url);
  if (address === null) return refuse(400);
  if (address.host !== HOST) return refuse(403);
  const type = MIME_TYPES[extname(address.path)];
  if (type === undefined) return refuse(403);
  try {
    const folder = await realpath(root);
    const file = await realpath(join(folder, address.path));
    if (!file.startsWith(folder + sep)) return refuse(403);
    // On file systems that ignore case another spelling would reach the same file under a second address.
    if (file.slice(folder.length).replaceAll(sep, '/') !== address.path) return refuse(404);
    if (!(await stat(file)).isFile()) return refuse(404);
    return new Response(new Uint8Array(await readFile(file)), { status: 200, headers: headers(type) });
  } catch {
    return refuse(404);
  }
}

function readAddress(text: string): { host: string; path: string } | null {
  try {
    const url = new URL(text);
    if (url.protocol !== `${SCHEME}:` || url.username || url.password || url.port) return null;
    const path = decodeURIComponent(url.pathname);
    const segments = path.split('/').slice(1);
    if (!path.startsWith('/') || /[\\\0:]/.test(path)) return null;
    if (segments.some((segment) => segment === '..' || segment === '.' || /[. ]$/.test(segment))) return null;
    return { host: url.host, path };
  } catch {
    return null;
  }
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: headers('text/plain; charset=utf-8') });
}

function headers(type: string): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
    'Referrer-Policy': 'no-referrer',
  };
}
