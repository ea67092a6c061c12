import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE } from '../run-folder.js';
import type { ComputedOn } from '../vocabulary/evidence.js';
import type { JobEvent } from '../vocabulary/events.js';

/** Appends to `<folder>/log`, the text that people read. A log that cannot be written never stops a run. */
export function appendLog(folder: string, level: string, text: string, at = new Date().toISOString()): void {
  try {
    appendFileSync(join(folder, LOG_FILE), `${at} ${level.padEnd(7)} ${text}\n`);
  } catch {
    // The events are in the log of the attempt and in the history, which tells of a full disk itself.
  }
}

interface Said {
  readonly event: JobEvent;
  /** ISO 8601. */
  readonly at: string;
}

/** Appends the lines of events, of those that have one. */
export function appendEvents(folder: string, events: readonly Said[]): void {
  for (const { event, at } of events) {
    const line = logLine(event);
    if (line) appendLog(folder, line.level, line.text, at);
  }
}

/** As {@link appendEvents} after processes that were killed: what is there is not said twice. */
export function appendMissingEvents(folder: string, events: readonly Said[]): void {
  if (events.length === 0) return;
  let log = '';
  try {
    log = readFileSync(join(folder, LOG_FILE), 'utf8');
  } catch {
    // There is none yet.
  }
  const lines = log.split('\n');
  const isThere = ({ event, at }: Said): boolean => {
    const start = `${at} ${logLine(event)?.level.padEnd(7)} `;
    return lines.some((line) => line.startsWith(start));
  };
  appendEvents(
    folder,
    events.filter((said) => !isThere(said)),
  );
}

/** The line of an event, null for one that is not logged. */
export function logLine(event: JobEvent): { readonly level: string; readonly text: string } | null {
  switch (event.type) {
    case 'started':
      return {
        level: 'info',
        text: `started at epoch ${event.epoch} of ${event.epochs} on ${event.device} (${event.backend}, ${event.threads} threads)`,
      };
    case 'epoch': {
      const { record, trace } = event;
      const { validationAccuracy } = record;
      const validation = validationAccuracy === null ? '' : `, validation accuracy ${validationAccuracy}`;
      const expected = trace?.values['expectedParameters'] ?? null;
      const budget = expected === null ? '' : `, expected parameters ${Math.round(expected)}`;
      return {
        level: 'info',
        text: `epoch ${record.epoch} (seed ${record.seed}): training loss ${record.loss}, training accuracy ${record.accuracy}${validation}${budget}, ${Math.round(record.imagesPerSecond)} images/s, ${record.seconds.toFixed(2)} s`,
      };
    }
    case 'race':
      return { level: 'info', text: `race: ${event.done} of ${event.total} trainings` };
    case 'log':
      return { level: event.level, text: event.text };
    case 'paused':
      return { level: 'info', text: `paused after epoch ${event.epoch}: ${event.reason}` };
    case 'cancelled':
      return { level: 'info', text: `cancelled after epoch ${event.epoch}` };
    case 'finished':
      return { level: 'info', text: 'finished' };
    case 'failed':
      return { level: 'error', text: event.error.stack ?? event.error.message };
    case 'progress':
    case 'backend':
      return null;
  }
}

/** As `logLine` writes it. */
const STARTED = / started at epoch \d+ of \d+ on (.+) \((\w+), (\d+) threads\)$/;

/** The machines of a run, each once, in the order in which they computed; read from its log. */
export function computedOn(log: string): ComputedOn[] {
  const found = new Map<string, ComputedOn>();
  for (const line of log.split('\n')) {
    const [, device, backend, threads] = STARTED.exec(line) ?? [];
    if (device === undefined || backend === undefined) continue;
    found.set(`${device} ${backend} ${threads!}`, { device, backend, threads: Number(threads) });
  }
  return [...found.values()];
}
