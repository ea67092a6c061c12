import { byteSize } from '../number-text.js';
import type { ProcessEnd } from './worker-process.js';

/** In a shell's way of speaking: 128 and the number of the signal. */
const SIGKILL = 137;
const SIGNALS: { readonly [code: number]: string } = {
  4: 'an illegal instruction',
  6: 'an abort',
  7: 'a bus error',
  8: 'an arithmetic fault',
  11: 'a memory fault',
};

/** What V8 and the C++ library write before they give up for want of memory. */
const OUT_OF_MEMORY = /out of memory|bad_alloc|Array buffer allocation failed|Allocation failed/i;

/**
 * One line that says how a worker process ended and, where it is known, what to do about it.
 * @param residentBytes the most memory that it was seen to have, 0 when it was not seen
 * @param remedy what to do about too little memory, where more is known of the work: the end of a sentence
 */
export function describeEnd(
  who: string,
  { code, reason, lastOutput }: ProcessEnd,
  residentBytes = 0,
  remedy: string | null = null,
): string {
  if (reason === 'oom' || reason === 'memory-eviction' || OUT_OF_MEMORY.test(lastOutput)) {
    const needs = residentBytes === 0 ? '' : `; it needs more than the ${byteSize(residentBytes)} that it had`;
    return `${who} ran out of memory${needs}: ${remedy ?? 'use a smaller batch or fewer channels, or close other programs.'}`;
  }
  if (reason === 'launch-failed') return `${who} could not be started: start MedForge again.`;
  if (reason === 'killed' || code === SIGKILL) {
    const had = residentBytes === 0 ? '' : ` It had ${byteSize(residentBytes)}.`;
    const then = remedy === null ? '' : ` If memory was the cause, ${remedy}`;
    return `${who} was stopped from outside: by a user, or by the system when memory ran short.${had}${then}`;
  }
  const words = lastLine(lastOutput);
  // Electron gives the bare number of the signal, and says `crashed` with it.
  const how = SIGNALS[code - 128] ?? (reason === 'crashed' ? SIGNALS[code] : undefined);
  return `${who} crashed (${how ?? `exit code ${code}`})${words === '' ? '' : `: ${words.replace(/\.$/, '')}`}.`;
}

function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const error = lines.findLast((line) => /^(\w*Error|FATAL|terminate)\b/.test(line));
  return (error ?? lines.findLast((line) => line !== '') ?? '').slice(0, 300);
}
