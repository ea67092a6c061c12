import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as catalogueModule from '../../../src-main/datasets/catalogue.js';
import { downloadDataset, type DownloadOptions, type DownloadProgress } from '../../../src-main/datasets/download.js';
import { UserError } from '../../../src-main/errors.js';
import { medmnistArrays, npz, temporaryFolder } from './fixtures.js';

/** The file that the server has, and that the catalogue's MD5 is set to. */
const content = Buffer.concat([npz(medmnistArrays()), Buffer.alloc(200_000, 7)]);
const md5 = createHash('md5').update(content).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answers: Answer[] = [];
const requests: { url: string; range: string | undefined }[] = [];
const server = createServer((request, response) => {
  requests.push({ url: request.url ?? '', range: request.headers.range });
  const answer = answers.shift();
  if (answer) answer(request, response);
  else response.writeHead(500).end();
});
let officialMd5 = '';
const catalogued = () => catalogueModule.findCatalogued('breastmnist')!.file;
let url = '';
let home = '';
let part = '';
let file = '';
const root = temporaryFolder();
let count = 0;

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/breastmnist.npz`;
  officialMd5 = catalogued().md5;
  Object.assign(catalogued(), { md5 });
});
afterAll(() => {
  // other tests share the catalogue
  Object.assign(catalogued(), { md5: officialMd5 });
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = [];
  requests.length = 0;
  home = join(root, String(count++));
  file = join(home, 'datasets', 'breastmnist.npz');
  part = `${file}.part`;
});

const whole: Answer = (_, response) => response.writeHead(200, { 'content-length': content.length }).end(content);
const rest: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')![1]);
  const headers = {
    'content-length': content.length - from,
    'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
  };
  response.writeHead(206, headers).end(content.subarray(from));
};
const cutAfter =
  (bytes: number): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, bytes), () => setTimeout(() => response.destroy(), 50));
  };
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end(body);

function download(options: DownloadOptions = {}): Promise<string> {
  return downloadDataset('BreastMNIST', home, { url, ...options });
}

function keep(bytes: Uint8Array): void {
  mkdirSync(join(home, 'datasets'), { recursive: true });
  writeFileSync(part, bytes);
}

async function refusal(action: Promise<unknown>): Promise<UserError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, saw ${String(error)}`, { cause: error });
  expect(error.message).toMatch(/^[\x20-\x7e]+\. [A-Z].+\.$/);
  return error;
}

test('a whole file arrives under its name, with progress, readable by its owner only', async () => {
  answers = [whole];
  const seen: DownloadProgress[] = [];
  expect(await download({ onProgress: (progress) => seen.push(progress) })).toBe(file);
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(existsSync(part)).toBe(false);
  expect(seen.at(-1)).toEqual({ received: content.length, total: content.length });
  expect(seen.every(({ received }, i) => i === 0 || received > seen[i - 1]!.received)).toBe(true);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that is there and right costs no connection', async () => {
  answers = [whole];
  await download();
  const transport = vi.fn<typeof fetch>();
  expect(await download({ transport })).toBe(file);
  expect(transport).not.toHaveBeenCalled();
  expect(requests.length).toBe(1);
});

test('a file that is there and wrong is replaced', async () => {
  answers = [whole];
  mkdirSync(join(home, 'datasets'), { recursive: true });
  writeFileSync(file, 'something else');
  await download();
  expect(readFileSync(file).equals(content)).toBe(true);
});

test('a cut connection keeps the part, and the next download goes on from there', async () => {
  answers = [cutAfter(90_000), rest];
  const error = await refusal(download());
  expect(error.kind).toBe('download-cut');
  expect(error.message).toMatch(/the connection was cut.*it resumes where it stopped/);
  expect(existsSync(file)).toBe(false);
  const kept = statSync(part).size;
  expect(kept).toBeGreaterThan(0);
  expect(await download()).toBe(file);
  expect(requests.map(({ range }) => range)).toEqual([undefined, `bytes=${kept}-`]);
  expect(readFileSync(file).equals(content)).toBe(true);
});

test('cancelling keeps the part and ends with the reason', async () => {
  answers = [cutAfter(100_000)];
  const controller = new AbortController();
  const running = download({
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('cancelled by the user')),
  });
  await expect(running).rejects.toThrow('cancelled by the user');
  expect(statSync(part).size).toBeGreaterThan(0);
  expect(existsSync(file)).toBe(false);
});

test('a silent server counts as cut', async () => {
  answers = [
    (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    },
  ];
  const error = await refusal(download({ stallMilliseconds: 200 }));
  expect(error.kind).toBe('download-cut');
  expect(statSync(part).size).toBe(1000);
});

test.each([
  ['an altered part', (): Uint8Array => Buffer.alloc(1000, 1), [rest, whole], 2],
  ['a part longer than the file: 416', (): Uint8Array => Buffer.alloc(content.length + 5), [status(416), whole], 2],
  ['a server that cannot resume', (): Uint8Array => content.subarray(0, 1000), [whole], 1],
  [
    'a server that resumes elsewhere',
    (): Uint8Array => content.subarray(0, 1000),
    [status(206, { 'content-range': 'bytes 5-9/10' }, 'PKxyz'), whole],
    2,
  ],
])('%s is dropped and the download starts again', async (_, kept, planned, expected) => {
  keep(kept());
  answers = [...planned];
  expect(await download()).toBe(file);
  expect(requests.length).toBe(expected);
  expect(readFileSync(file).equals(content)).toBe(true);
});

const REFUSED: readonly (readonly [string, Answer, string, RegExp, DownloadOptions?])[] = [
  [
    'wrong hash',
    (_, response) => response.end(content.subarray(0, 5000)),
    'download-wrong-hash',
    /has MD5 [0-9a-f]{32}, not the published/,
  ],
  [
    'a web page',
    status(200, { 'content-type': 'text/html; charset=utf-8' }, '<html>Please log in</html>'),
    'download-web-page',
    /sent a web page, not the file/,
  ],
  [
    'a web page that says it is a file',
    status(200, { 'content-type': 'application/octet-stream' }, '<html>Please log in</html>'),
    'download-not-npz',
    /is not an NPZ archive/,
  ],
  ['404', status(404), 'download-status', /answered 404 Not Found/],
  ['503', status(503), 'download-status', /answered 503 Service Unavailable/],
  ['416 to a plain request', status(416), 'download-status', /answered 416/],
  ['announced too large', whole, 'download-too-large', /announces 19\d\.\d KiB; at most 1\.0 KiB/, { maxBytes: 1024 }],
  [
    'too large without saying so',
    (_, response) => void response.write(content, () => response.end()),
    'download-too-large',
    /sends more than 1\.0 KiB/,
    { maxBytes: 1024 },
  ],
];

test.each(REFUSED.map(([input, ...rest]) => ({ input, rest })))('$input: refused, nothing kept', async ({ rest }) => {
  const [answer, kind, message, options] = rest;
  answers = [answer, answer];
  const error = await refusal(download(options));
  expect(error.kind).toBe(kind);
  expect(error.message).toMatch(message);
  expect(existsSync(file)).toBe(false);
  expect(existsSync(part)).toBe(false);
});

test('no connection, an address that is not https, a name that is not known', async () => {
  const nowhere = await refusal(download({ url: 'http://127.0.0.1:1/breastmnist.npz' }));
  expect([nowhere.kind, nowhere.message]).toEqual([
    'download-no-connection',
    expect.stringContaining('no connection to 127.0.0.1:1'),
  ]);
  const transport = vi.fn<typeof fetch>();
  expect((await refusal(download({ url: 'http://example.org/x.npz', transport }))).kind).toBe('download-insecure');
  expect(transport).not.toHaveBeenCalled();
  const redirected = Object.defineProperty(new Response('PK'), 'url', { value: 'http://example.org/x.npz' });
  expect((await refusal(download({ transport: () => Promise.resolve(redirected) }))).kind).toBe('download-insecure');
  expect((await refusal(downloadDataset('mnist', home))).message).toContain(
    'no dataset "mnist" in the catalogue. Choose one of pathmnist, chestmnist',
  );
});

test('a full disk is said by name and leaves nothing', async ({ skip }) => {
  const full = '/dev/full';
  if (!existsSync(full)) skip(`${full} is not on this computer`);
  answers = [whole];
  mkdirSync(join(home, 'datasets'), { recursive: true });
  symlinkSync(full, part);
  const error = await refusal(download());
  expect(error.kind).toBe('download-disk-full');
  expect(existsSync(part)).toBe(false);
});
