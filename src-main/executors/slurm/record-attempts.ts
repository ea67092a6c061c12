import type { WritableHistory } from '../../history/interface.js';
import { attemptsOf, readAttempt } from '../../attempts/read-attempts.js';
import { RunRecorder } from '../../jobs/recorder.js';
const recorders = new WeakMap<WritableHistory, Map<number, { r: RunRecorder; at: Map<number, number> }>>();
export function recordAttempts(history: WritableHistory, run: number): boolean {
  const map = recorders.get(history) ?? new Map<number, { r: RunRecorder; at: Map<number, number> }>();
  recorders.set(history, map);
  let entry = map.get(run);
  if (!entry) {
    if (attemptsOf(history.runFolder(run)).length === 0) return false;
    const placed = { ...history, claimRun: (n: number) => history.claimPlacedRun(n) };
    entry = { r: new RunRecorder(placed, run), at: new Map() };
    entry.r.begin();
    map.set(run, entry);
  }
  for (const n of attemptsOf(history.runFolder(run))) {
    const { lines, offset } = readAttempt(history.runFolder(run), n, entry.at.get(n) ?? 0);
    entry.at.set(n, offset);
    for (const { event } of lines) entry.r.apply(event);
  }
  const { state } = history.getRun(run).summary;
  const ended = state !== 'running' && state !== 'queued';
  if (ended) map.delete(run);
  return ended;
}
