import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTinyDataset } from './datasets.js';
import { invokeChannels } from '../../src-main/ipc/channels.js';
import {
  askForPermissions,
  FOREIGN_PLACES,
  nodeNames,
  PREFERENCES,
  preferencesOf,
  REFUSED_PERMISSIONS,
  tryToLeave,
} from './page-rights.js';
import { expect, inMain, ROOT, test } from './program.js';

const places = ['Datasets', 'Search', 'History', 'Models', 'Studies'];

test('the page has no rights beyond its channels', async ({ program }) => {
  const { page, electron } = program;
  const preferences = await preferencesOf(electron, '/index.html');
  expect(preferences).toMatchObject(PREFERENCES);
  expect(preferences['enableBlinkFeatures'] ?? '').toBe('');
  expect(preferences['nodeIntegrationInWorker'] ?? false).toBe(false);

  const found = await page.evaluate(() => ({
    keys: Object.keys(window.medforge).sort(),
    frozen: Object.isFrozen(window.medforge),
    replaced: (() => {
      try {
        Object.assign(window, { medforge: null });
      } catch {
        return false;
      }
      return (window as { medforge: unknown }).medforge === null;
    })(),
  }));
  expect(found).toEqual({ keys: ['invoke', 'listen', 'receive'], frozen: true, replaced: false });
  expect(await nodeNames(page)).toEqual([]);

  const refused = await page.evaluate(async () => {
    const api = window.medforge as unknown as {
      invoke(channel: string, ...args: unknown[]): Promise<unknown>;
      listen(channel: string, listener: () => void): unknown;
    };
    const attempt = (what: () => unknown): Promise<string> =>
      Promise.resolve()
        .then(what)
        .then(
          () => 'done',
          (error: unknown) => (error as Error).message,
        );
    return {
      unknown: await attempt(() => api.invoke('fs:read', '/etc/passwd')),
      received: await attempt(() => api.invoke('files:receive', ['/etc/passwd'], null)),
      prototype: await attempt(() => api.invoke('constructor')),
      internal: await attempt(() => api.listen('ELECTRON_BROWSER_REQUIRE', () => undefined)),
      path: await attempt(() => api.invoke('runs:export', [1], 'csv', '/etc/cron.d/x')),
      event: await new Promise<unknown>((resolve) => {
        window.medforge.listen('datasets:changed', (...heard: unknown[]) => resolve(heard.length));
        void window.medforge.invoke('datasets:remove', 'nothing');
      }),
    };
  });
  expect(refused.unknown).toBe('no channel is called fs:read');
  expect(refused.received).toBe('no channel is called files:receive');
  expect(refused.prototype).toBe('no channel is called constructor');
  expect(refused.internal).toBe('no channel is called ELECTRON_BROWSER_REQUIRE');
  expect(refused.path).toMatch(/^runs:export: /);
  expect(refused.event).toBe(1);
});

test('a preload script under the same preferences is sandboxed', async ({ program }) => {
  const probe = join(program.home, 'probe.cjs');
  writeFileSync(
    probe,
    `const { contextBridge } = require('electron');
     let files = 'no'; try { require('fs'); files = 'yes'; } catch {}
     contextBridge.exposeInMainWorld('probe', { sandboxed: process.sandboxed === true, isolated: process.contextIsolated, files });`,
  );
  const seen: unknown = await program.electron.evaluate(async ({ BrowserWindow }, preload) => {
    const ours = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Electron.WebPreferences;
    };
    const window = new BrowserWindow({ show: false, webPreferences: { ...ours.getLastWebPreferences(), preload } });
    await window.loadURL('app://medforge/index.html');
    const answer: unknown = await window.webContents.executeJavaScript('({ ...window.probe })');
    window.destroy();
    return answer;
  }, probe);
  expect(seen).toEqual({ sandboxed: true, isolated: true, files: 'no' });
});

test('it cannot navigate away, open windows or embed pages', async ({ program }) => {
  const { page, electron } = program;
  const address = page.url();
  expect(address).toBe('app://medforge/index.html');
  for (const target of FOREIGN_PLACES) {
    expect(await tryToLeave(page, target), target).toEqual({ opened: false, at: address });
  }
  // Nothing can keep a page from about:blank; ours is there for a blink only, and without its channels.
  await page.evaluate(() => location.assign('about:blank')).catch(() => undefined);
  await expect.poll(() => page.url()).toBe(address);
  await expect(page.getByRole('navigation')).toBeVisible();
  expect(await inMain(electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(await page.evaluate(() => document.querySelector('h1')?.textContent)).toBeTruthy();
  const contents = await inMain(electron, ({ webContents }) => webContents.getAllWebContents().length);
  expect(contents).toBe(1);
});

test('its content security policy stops foreign code, styles, pictures and connections', async ({ program }) => {
  const { page } = program;
  const results = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      violations.push(effectiveDirective),
    );
    const attempt = async (what: () => unknown): Promise<string> => {
      // The debugger lifts the policy from code that it runs itself, not from what comes later.
      await new Promise((resolve) => setTimeout(resolve, 0));
      try {
        await what();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const outcomes = {
      evaluated: await attempt(() => (0, eval)('1 + 1')),
      made: await attempt(() => Reflect.construct(Function, ['return 1'])),
      html: await attempt(() => {
        document.createElement('div').innerHTML = '<b>x</b>';
      }),
      fetched: await attempt(() => fetch('https://example.com/')),
      read: await attempt(() => fetch('file:///etc/passwd')),
      socket: await attempt(
        () =>
          new Promise((_resolve, reject) => {
            const socket = new WebSocket('ws://127.0.0.1:9/');
            socket.onerror = () => reject(new Error('refused'));
          }),
      ),
      worker: await attempt(() => new Worker('data:text/javascript,1')),
    };
    const image = new Image();
    image.src = 'https://example.com/x.png';
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    document.body.append(frame);
    const styled = document.createElement('p');
    styled.setAttribute('style', 'color: red');
    const sheet = document.createElement('style');
    sheet.textContent = 'p { color: red }';
    document.head.append(sheet);
    await new Promise((resolve) => setTimeout(resolve, 500));
    frame.remove();
    sheet.remove();
    return { outcomes, violations: [...new Set(violations)].sort(), inlined: styled.style.color };
  });
  expect(results.outcomes).toEqual({
    evaluated: 'EvalError',
    made: 'EvalError',
    html: 'TypeError',
    fetched: 'TypeError',
    read: 'TypeError',
    socket: expect.stringMatching(/Error/) as unknown,
    worker: expect.stringMatching(/Error|done/) as unknown,
  });
  expect(results.violations).toEqual(
    expect.arrayContaining(['connect-src', 'frame-src', 'img-src', 'require-trusted-types-for', 'style-src-elem']),
  );
  expect(results.inlined).toBe('');
});

test('no permission is granted', async ({ program }) => {
  const answers = await askForPermissions(program.page);
  expect(answers).toMatchObject(REFUSED_PERMISSIONS);
  expect(answers['camera']).toMatch(/NotAllowedError|NotFoundError/);
});

test('in normal use nothing is asked of the network and the policy is never offended', async ({ program }) => {
  const { page } = program;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.reload();
  await expect(page.getByRole('navigation')).toBeVisible();
  await addTinyDataset(program);
  for (const place of places) {
    await page.getByRole('button', { name: place, exact: true }).first().click();
    await page.waitForTimeout(400);
  }
  expect(requests.length).toBeGreaterThan(2);
  expect(requests.filter((url) => !/^(app:\/\/medforge\/|data:image\/png;base64,)/.test(url))).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the built page names no address of the network', () => {
  const folders = ['dist/renderer', 'dist/preload'].map((folder) => join(ROOT, folder));
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|cjs|css|html)$/.test(name)) continue;
      const text = readFileSync(join(folder, name), 'utf8');
      // Names of XML vocabularies look like addresses; the framework's messages point to its manual.
      const addresses = (text.match(/\b(https?|wss?):\/\/[^\s"'`)]+/g) ?? []).filter(
        (url) => !/^http:\/\/www\.w3\.org\//.test(url) && !/^https:\/\/(svelte\.dev\/e|www\.chartjs\.org)/.test(url),
      );
      expect(addresses, name).toEqual([]);
      expect(text, name).not.toContain('<webview');
    }
  }
});

test('the program listens on no port', async ({ program }) => {
  const metrics = await inMain(program.electron, ({ app }) => app.getAppMetrics().map(({ pid }) => pid));
  expect(metrics.length).toBeGreaterThan(2);
  const sockets = readFileSync('/proc/net/tcp', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const listening = new Set(sockets.filter((fields) => fields[3] === '0A').map((fields) => fields[9]));
  const open = metrics
    .flatMap((pid) => {
      try {
        return execFileSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' }).split('\n');
      } catch {
        return [];
      }
    })
    .flatMap((line) => /socket:\[(\d+)\]/.exec(line)?.[1] ?? [])
    .filter((inode) => listening.has(inode));
  // The two that Playwright itself asked for: the debugger of main and that of the page.
  expect(open.length).toBeLessThanOrEqual(2);
});

test('ten thousand random messages of the page change nothing and are no fault of main', async ({ program, home }) => {
  const { page, electron } = program;
  await addTinyDataset(program);
  // Dialogs are cancelled, and asked for often: some channels open one.
  await electron.evaluate(({ dialog, shell }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' });
    dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
    shell.openPath = () => Promise.resolve('');
  });
  // The demo and the list of devices ask for nothing and start a process each time, which is right and slow.
  const channels = Object.keys(invokeChannels).filter((name) => !['datasets:demo', 'devices:list'].includes(name));
  const folders = (): string[] => readdirSync(home).filter((name) => !/^medforge\.(db|log)/.test(name));
  const before = folders();
  const answers = await page.evaluate(async (names) => {
    let seed = 20_261_125;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const value = (depth: number): unknown => {
      const kinds: (() => unknown)[] = [
        () => random(2 ** 31) - 2 ** 30,
        () => -1 * random(10) * Number.MIN_VALUE,
        () => [Number.NaN, Infinity, -0, 2 ** 53, 1e308, 1.5][random(6)],
        () =>
          ['', '../../etc/passwd', 'a\u0000b', '__proto__', 'x'.repeat(random(5000)), '\uD800', 'breastmnist'][
            random(7)
          ],
        () => [null, undefined, true, false][random(4)],
        () => new Uint8Array(random(64)),
        () => new Date(Number.NaN),
        () => new Map([[1, 2]]),
        () => BigInt(random(1000)),
        () => (depth === 0 ? 0 : Array.from({ length: random(5) }, () => value(depth - 1))),
        () =>
          depth === 0
            ? {}
            : Object.fromEntries(
                ['run', 'path', 'dataset', 'budget', 'epochs', 'constructor', 'home'].map((key) => [
                  key,
                  value(depth - 1),
                ]),
              ),
      ];
      return kinds[random(kinds.length)]?.();
    };
    const invoke = window.medforge.invoke as (name: string, ...values: unknown[]) => Promise<unknown>;
    const counted = { accepted: 0, refused: 0, texts: [] as string[] };
    for (let batch = 0; batch < 100; batch++) {
      const asked = Array.from({ length: 100 }, () =>
        invoke(names[random(names.length)] ?? '', ...Array.from({ length: random(4) }, () => value(3))),
      );
      for (const reply of await Promise.allSettled(asked)) {
        if (reply.status === 'fulfilled') counted.accepted++;
        else {
          counted.refused++;
          counted.texts.push(String(reply.reason));
        }
      }
    }
    return { ...counted, texts: [...new Set(counted.texts)] };
  }, channels);
  expect(answers.accepted + answers.refused).toBe(10_000);
  expect(answers.refused).toBeGreaterThan(5000);
  expect(answers.texts.filter((text) => /TypeError|RangeError|is not a function|undefined is not/.test(text))).toEqual(
    [],
  );
  expect(program.output()).not.toContain('Internal error');
  expect(folders()).toEqual(before);
  expect(await page.evaluate(() => window.medforge.invoke('runs:list'))).toEqual([]);
  const datasets = await page.evaluate(() => window.medforge.invoke('datasets:list'));
  expect(datasets.filter(({ file }) => file).map(({ name }) => name)).toEqual(['tiny']);
});
