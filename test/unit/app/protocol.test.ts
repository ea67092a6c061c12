import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY, serve } from '../../../src-main/app/protocol.js';

let folder: string;
let root: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medforge-protocol-'));
  root = join(folder, 'renderer');
  mkdirSync(join(root, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'renderer-evil'));
  writeFileSync(join(root, 'index.html'), '<!doctype html>');
  writeFileSync(join(root, 'assets', 'index-1.js'), 'export {};');
  writeFileSync(join(root, 'assets', 'ü b.css'), 'p{}');
  writeFileSync(join(root, 'notes.txt'), 'not served');
  writeFileSync(join(folder, 'secret.json'), '{}');
  writeFileSync(join(folder, 'renderer-evil', 'x.js'), '');
  symlinkSync(join(folder, 'secret.json'), join(root, 'link.json'));
  symlinkSync(join(root, 'index.html'), join(root, 'inside.html'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const served: readonly [string, string][] = [
  ['app://medforge/index.html', 'text/html; charset=utf-8'],
  ['app://medforge/assets/index-1.js', 'text/javascript; charset=utf-8'],
  ['app://medforge/assets/%C3%BC%20b.css', 'text/css; charset=utf-8'],
  ['app://medforge/index.html?v=1#top', 'text/html; charset=utf-8'],
];

const refused: readonly [what: string, url: string, status: number][] = [
  ['a file that is not there', 'app://medforge/missing.js', 404],
  ['a folder', 'app://medforge/assets', 403],
  ['the root', 'app://medforge/', 403],
  ['no path', 'app://medforge', 400],
  ['a type that is not served', 'app://medforge/notes.txt', 403],
  ['.. in plain', 'app://medforge/../secret.json', 404],
  ['.. encoded', 'app://medforge/%2e%2e/secret.json', 404],
  ['.. with an encoded slash', 'app://medforge/..%2fsecret.json', 400],
  ['.. doubly encoded', 'app://medforge/%252e%252e/secret.json', 404],
  ['a backslash', 'app://medforge/..%5csecret.json', 400],
  ['a folder with the same beginning', 'app://medforge/..%2frenderer-evil%2fx.js', 400],
  ['an absolute path', `app://medforge//etc/hosts.json`, 404],
  ['a NUL', 'app://medforge/index.html%00.js', 400],
  ['a drive letter', 'app://medforge/C:%5cwindows.json', 400],
  ['a broken escape', 'app://medforge/%zz.js', 400],
  ['a link that leads out', 'app://medforge/link.json', 403],
  ['a link inside, a second name of a file', 'app://medforge/inside.html', 404],
  ['another case', 'app://medforge/INDEX.html', 404],
  ['a trailing dot', 'app://medforge/index.html.', 400],
  ['a folder with a trailing dot', 'app://medforge/assets./index-1.js', 400],
  ['another host', 'app://evil/index.html', 403],
  ['a host that begins like ours', 'app://medforge.evil.com/index.html', 403],
  ['a host that ends like ours', 'app://evil.medforge/index.html', 403],
  ['a user in front', 'app://medforge@evil/index.html', 400],
  ['a port', 'app://medforge:80/index.html', 400],
  ['another scheme', 'file:///etc/hosts.json', 400],
  ['no address at all', 'medforge', 400],
];

describe('app:// protocol', () => {
  it.each(served)('serves %s', async (url, type) => {
    const response = await serve(root, { method: 'GET', url });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe(type);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it.each(refused)('refuses %s', async (_what, url, status) => {
    const response = await serve(root, { method: 'GET', url });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
  });

  it.each(['POST', 'PUT', 'HEAD', 'OPTIONS'])('refuses %s', async (method) => {
    expect((await serve(root, { method, url: 'app://medforge/index.html' })).status).toBe(405);
  });

  it('sends the policy and nosniff with every answer', async () => {
    for (const url of ['app://medforge/index.html', 'app://medforge/missing.js']) {
      const { headers } = await serve(root, { method: 'GET', url });
      expect(headers.get('Content-Security-Policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
          "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
          "object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html",
      );
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    }
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|http|\*/);
  });
});
