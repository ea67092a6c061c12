import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const HERE = dirname(fileURLToPath(import.meta.url));

/** A program of this folder as one file of JavaScript, so that a process of it starts in a tenth of a second. */
export async function buildProgram(name: string): Promise<{ readonly file: string; remove(): void }> {
  // Below the repository, so that its packages are found.
  const cache = join(HERE, '../../../node_modules/.cache/medforge');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'program-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: join(HERE, `${name}.ts`), outDir, minify: false, target: 'node20' },
  });
  return { file: join(outDir, `${name}.js`), remove: () => rmSync(outDir, { recursive: true, force: true }) };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program with all that it says. */
export class Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  private stdout = '';
  private stderr = '';
  private readonly waiting: { readonly text: string; found(): void }[] = [];

  constructor(command: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const [file, ...args] = command as [string, ...string[]];
    this.child = spawn(file, args, { env: { ...process.env, ...environment } });
    this.child.stdout.on('data', (data: Buffer) => this.hear(data.toString()));
    this.child.stderr.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        for (const { found } of this.waiting) found();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Settles when `text` has been printed, or the program has ended. */
  printed(text: string): Promise<void> {
    if (this.stdout.includes(text)) return Promise.resolve();
    return new Promise((found) => this.waiting.push({ text, found }));
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }

  private hear(text: string): void {
    this.stdout += text;
    for (const waiting of this.waiting) if (this.stdout.includes(waiting.text)) waiting.found();
  }
}

/** Runs a program to its end. */
export function run(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Program(command, environment).ended;
}
