import type { Page } from '@playwright/test';
import { addSmallestDataset, computePages, LONG, startOnCard, test as base } from './graphics-card.js';
import {
  askForPermissions,
  FOREIGN_PLACES,
  nodeNames,
  PREFERENCES,
  preferencesOf,
  REFUSED_PERMISSIONS,
  tryToLeave,
} from './page-rights.js';
import { expect, inMain, runOf, type Program } from './program.js';
import { reaches } from './run-states.js';

const ADDRESS = 'app://medforge/compute.html';

/** The program while a run computes in its hidden page. */
const test = base.extend<{ computing: { program: Program; hidden: Page; run: number } }>({
  computing: async ({ card: program }, use) => {
    const { run } = await startOnCard(program, await addSmallestDataset(program), { epochs: LONG, name: 'Confined' });
    const found = (): Page | undefined => program.electron.windows().find((page) => page.url() === ADDRESS);
    await expect.poll(found).toBeDefined();
    const hidden = found()!;
    await use({ program, hidden, run });
  },
});

test('the page that computes has the rights of none: no Node, no channel, no permission, no window', async ({
  computing: { program, hidden },
}) => {
  const { electron } = program;
  const preferences = await preferencesOf(electron, '/compute.html');
  expect(preferences).toMatchObject(PREFERENCES);
  expect(preferences['nodeIntegrationInWorker'] ?? false).toBe(false);
  expect(await nodeNames(hidden)).toEqual([]);
  expect(await hidden.evaluate(() => document.createElement('canvas').getContext('webgl'))).toBeNull();
  // Nothing of the bridge of the window, and nothing else that the page was not born with.
  const own = await hidden.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const born = new Set(Object.getOwnPropertyNames(frame.contentWindow));
    frame.remove();
    return Object.getOwnPropertyNames(window).filter((name) => !born.has(name) && !/^\d+$/.test(name));
  });
  expect(own.filter((name) => /medforge|ipc|electron|port|invoke/i.test(name))).toEqual([]);
  const answers = await askForPermissions(hidden);
  expect(answers).toMatchObject(REFUSED_PERMISSIONS);
  expect(answers['camera']).toMatch(/NotAllowedError|NotFoundError/);
  const shown = await inMain(electron, ({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .filter(({ webContents }) => webContents.getURL().endsWith('/compute.html'))
      .map((window) => window.isVisible()),
  );
  expect(shown).toEqual([false]);
});

test('it reaches no network and no file, and runs no code but its own', async ({ computing: { program, hidden } }) => {
  const found = await hidden.evaluate(async () => {
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
    const fetched = async (address: string): Promise<string> => attempt(() => fetch(address));
    const outcomes = {
      evaluated: await attempt(() => (0, eval)('1 + 1')),
      made: await attempt(() => Reflect.construct(Function, ['return 1'])),
      network: await fetched('https://example.com/'),
      file: await fetched('file:///etc/passwd'),
      itself: await fetched('app://medforge/compute.js'),
      window: await fetched('app://medforge/index.html'),
      script: await attempt(
        () =>
          new Promise((resolve, reject) => {
            const script = document.createElement('script');
            script.onload = resolve;
            script.onerror = () => reject(new Error('there is none'));
            script.src = 'app://medforge/index.js';
            document.head.append(script);
          }),
      ),
      worker: await attempt(
        () =>
          new Promise((_resolve, reject) => {
            const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
            worker.onmessage = _resolve;
            worker.onerror = () => reject(new Error('refused'));
          }),
      ),
      socket: await attempt(
        () =>
          new Promise((_resolve, reject) => {
            const socket = new WebSocket('ws://127.0.0.1:9/');
            socket.onerror = () => reject(new Error('refused'));
          }),
      ),
    };
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    const script = document.createElement('script');
    script.src = 'https://example.com/x.js';
    document.body.append(frame, script);
    const style = document.createElement('style');
    style.textContent = 'p { color: red }';
    document.head.append(style);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const element of [frame, script, style]) element.remove();
    return { outcomes, violations: [...new Set(violations)].sort() };
  });
  expect(found.outcomes).toEqual({
    ...{ evaluated: 'EvalError', made: 'EvalError' },
    ...{ network: 'TypeError', file: 'TypeError', itself: 'TypeError', window: 'TypeError' },
    script: 'Error',
    ...{ worker: expect.stringMatching(/Error/) as unknown, socket: expect.stringMatching(/Error/) as unknown },
  });
  expect(found.violations).toEqual(
    expect.arrayContaining(['connect-src', 'frame-src', 'script-src-elem', 'style-src-elem']),
  );
  // Its session has two files, and no way out even for main.
  const served = await inMain(
    program.electron,
    async ({ session }, addresses) => {
      const own = session.fromPartition('compute');
      const status = (address: string, method: string): Promise<number> =>
        own.fetch(address, { method, bypassCustomProtocolHandlers: false }).then(
          (response) => response.status,
          () => 0,
        );
      return Promise.all(addresses.map(([method, address]) => status(address!, method!)));
    },
    [
      ['GET', ADDRESS],
      ['GET', 'app://medforge/compute.js'],
      ['POST', ADDRESS],
      ['GET', 'app://medforge/index.html'],
      ['GET', 'app://medforge/preload.cjs'],
      ['GET', 'https://example.com/'],
    ],
  );
  expect(served).toEqual([200, 200, 404, 404, 404, 0]);
});

test('it stays where it is; one that leaves its document is closed, and its run says so', async ({
  computing: { program, hidden, run },
}) => {
  for (const target of [...FOREIGN_PLACES, 'app://medforge/index.html']) {
    expect(await tryToLeave(hidden, target), target).toEqual({ opened: false, at: ADDRESS });
  }
  expect(await inMain(program.electron, ({ webContents }) => webContents.getAllWebContents().length)).toBe(2);
  expect((await runOf(program.page, run)).state).toBe('running');
  // Nothing can keep a page from about:blank.
  await hidden.evaluate(() => location.assign('about:blank')).catch(() => undefined);
  await reaches(program.page, run, 'failed');
  expect((await runOf(program.page, run)).error).toMatch(
    /^The page that computes on the graphics card left its program/,
  );
  expect(await computePages(program)).toEqual([]);
});
