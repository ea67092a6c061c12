import { closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import { writeDurablyInTurns } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';
import { exportParts, type ExportFormat } from './export.js';
import type { ReadableHistory } from './interface.js';

export interface ExportFileOptions {
  /** Ends it; the file is then what it was before. */
  readonly signal?: AbortSignal;
  /** Hears how many runs are complete, at every part. */
  readonly onProgress?: (runs: number) => void;
}

/**
 * Writes runs into `file`, a part at a time, so that the process can do other work in between. A file that is there is replaced
 * as a whole, at the end; a pipe or a device is written to.
 * @throws UserError `export-failed` naming the file and the way out, `run-unknown`; the signal's reason
 */
export async function exportToFile(
  history: ReadableHistory,
  file: string,
  runs: readonly number[],
  format: ExportFormat,
  { signal, onProgress }: ExportFileOptions = {},
): Promise<void> {
  function* bytes(): Generator<Buffer> {
    for (const { text, run } of exportParts(history, runs, format)) {
      yield Buffer.from(text, 'utf8');
      onProgress?.(run);
    }
  }
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there && !there.isFile() && !there.isDirectory()) writeThrough(file, bytes());
    else await writeDurablyInTurns(file, bytes(), signal);
  } catch (error) {
    throw explain(error, file);
  }
}

function writeThrough(file: string, chunks: Iterable<Uint8Array>): void {
  // Opened once: at the end of each its reader would take the pipe for ended.
  const descriptor = openSync(file, 'w');
  try {
    for (const chunk of chunks) writeFileSync(descriptor, chunk);
  } finally {
    closeSync(descriptor);
  }
}

function explain(error: unknown, file: string): unknown {
  const code = fileErrorCode(error);
  if (error instanceof UserError || code === undefined || code === 'ABORT_ERR') return error;
  const cure =
    code === 'ENOSPC' || code === 'EDQUOT' ? 'free some space or choose another place' : 'choose another place';
  const message = `${file} could not be written: ${whyNotWritten(code)}; ${cure}. Nothing was exported.`;
  return new UserError('export-failed', message, { cause: error });
}
