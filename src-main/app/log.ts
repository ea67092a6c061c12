import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';

const LARGEST = 4 * 1024 * 1024;

/** The program's own log (faults, crashed processes, times of the start), next to the history; one older file is kept. */
export class ProgramLog {
  constructor(readonly file: string) {}

  /** A fault: goes to the terminal too. */
  write(text: string, error?: unknown): void {
    const detail = error instanceof Error ? (error.stack ?? error.message) : inspectText(error);
    const line = lineOf(`${text}${detail ? `: ${detail}` : ''}`);
    process.stderr.write(line);
    this.#append(line);
  }

  /** What is no fault: goes to the file only. */
  note(text: string): void {
    this.#append(lineOf(text));
  }

  #append(line: string): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST)
        renameSync(this.file, `${this.file}.1`);
      appendFileSync(this.file, line);
    } catch {
      // A full or read-only disk must not turn a logged fault into a second one; stderr has the line.
    }
  }
}

function lineOf(text: string): string {
  return `${new Date().toISOString()} ${text}\n`;
}

function inspectText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : inspect(value);
}
