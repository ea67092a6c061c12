import type { ProgramLog } from './log.js';

/**
 * Notes in the program's log how long it took from the start of the process until the window answered
 * (`forge-scripts/bench-start.mjs` waits for that line).
 * @returns what is to be called when the window answers; the page may say so again after a reload, which is no start
 */
export function startTime(log: Pick<ProgramLog, 'note'>, created = process.getCreationTime()): () => void {
  let told = false;
  return () => {
    if (told || created === null) return;
    told = true;
    log.note(`the window answered ${((Date.now() - created) / 1000).toFixed(2)} s after the start`);
  };
}
