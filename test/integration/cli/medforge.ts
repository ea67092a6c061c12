import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawDemoDataset } from '../../../src-main/datasets/demo.js';
import type { Part } from '../../../src-main/datasets/dataset.js';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';

/** The real command. */
export const ENTRY = fileURLToPath(new URL('../../../forge-scripts/medforge.mjs', import.meta.url));
const BREAST = fileURLToPath(new URL('../../../../shared/data/breastmnist.npz', import.meta.url));

/** What the commands work on: BreastMNIST where it is, elsewhere as many images of the demo dataset. */
export const dataset = existsSync(BREAST)
  ? { path: BREAST, id: 'breastmnist' }
  : { path: smallDemo({ train: 546, val: 78, test: 156 }), id: 'demo' };

/** The first images of the demo dataset, as a file that is gone with this process. @returns its path */
export function smallDemo(counts: { readonly [part in Part]: number }): string {
  const arrays = drawDemoDataset();
  for (const [part, count] of Object.entries(counts)) {
    for (const name of [`${part}_images`, `${part}_labels`]) {
      const { dtype, shape, data } = arrays[name]!;
      const each = data.length / shape[0]!;
      arrays[name] = { dtype, shape: [count, ...shape.slice(1)], data: data.slice(0, count * each) };
    }
  }
  const path = join(mkdtempSync(join(tmpdir(), 'medforge-demo-')), 'demo.npz');
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  process.once('exit', () => {
    rmSync(dirname(path), { recursive: true, force: true });
  });
  return path;
}

export interface Answer {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout that are JSON objects. */
  readonly events: readonly Event[];
}

export type Event = { readonly event: string } & { readonly [key: string]: unknown };

export interface Started {
  readonly child: ChildProcess;
  readonly answer: Promise<Answer>;
}

export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'medforge-cli-'));
}

/** Starts the real command in a process of its own. @param onEvent hears each JSON line as it comes */
export function start(args: readonly string[], onEvent?: (event: Event, child: ChildProcess) => void): Started {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let seen = 0;
  const events: Event[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (let end = stdout.indexOf('\n', seen); end >= 0; end = stdout.indexOf('\n', seen)) {
      const line = stdout.slice(seen, end);
      seen = end + 1;
      if (!line.startsWith('{')) continue;
      const event = JSON.parse(line) as Event;
      events.push(event);
      onEvent?.(event, child);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const answer = new Promise<Answer>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr, events }));
  });
  return { child, answer };
}

export function medforge(...args: readonly string[]): Promise<Answer> {
  return start(args).answer;
}
