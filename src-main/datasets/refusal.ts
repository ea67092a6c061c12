import { UserError } from '../errors.js';

/** Untrusted text made safe for a one-line message: quoted, control characters escaped, at most 60 characters. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;

  return JSON.stringify(short).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * A refusal of untrusted input: one line that names the file, says what is wrong and what to do.
 * @param source the path, with the member of an archive after a colon; control characters in it are shown as `?`
 */
export function refusal(kind: string, source: string, wrong: string, remedy: string, cause?: unknown): UserError {
  const line = source.replace(/\p{Cc}/gu, '?');
  return new UserError(kind, `${line}: ${wrong}. ${remedy}.`, cause === undefined ? undefined : { cause });
}

/** A size as people read it: bytes, KiB, MiB or GiB. */
export function formatBytes(bytes: number | bigint): string {
  const value = Number(bytes);
  if (value < 1024) return `${String(value)} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let scaled = value;
  let unit = -1;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return scaled >= 1024 ? `${scaled.toExponential(1)} ${units[unit]!}` : `${scaled.toFixed(1)} ${units[unit]!}`;
}
