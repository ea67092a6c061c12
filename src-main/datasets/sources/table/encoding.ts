import type { Encoding } from '../../../vocabulary/import-plan.js';

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  readonly byteOrderMark: boolean;
  /** Bytes that the encoding gives no character to: it is probably another one. */
  readonly undefinedBytes: number;
}

const MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Characters of Windows-1252 at 0x80 to 0x9f, where it differs from Latin-1; space: not defined. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const SAMPLE_BYTES = 64 * 1024;

/**
 * Decodes a text file: by its byte-order mark; else UTF-16 where every other byte of the beginning is mostly zero; else UTF-8 where all of it is
 * valid; else Windows-1252.
 * @param named read it so, whatever it looks like
 */
export function decodeText(bytes: Uint8Array, named?: Encoding): DecodedText {
  const mark = MARKS.find(([encoding, starts]) => {
    return (named ?? encoding) === encoding && starts.every((byte, i) => bytes[i] === byte);
  });
  const body = mark === undefined ? bytes : bytes.subarray(mark[1].length);
  const encoding = named ?? mark?.[0] ?? utf16Order(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
  return { ...decodeAs(body, encoding), encoding, byteOrderMark: mark !== undefined };
}

function decodeAs(bytes: Uint8Array, encoding: Encoding): { text: string; undefinedBytes: number } {
  if (encoding !== 'windows-1252') {
    const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
    return { text, undefinedBytes: text.match(/\ufffd/g)?.length ?? 0 };
  }
  let undefinedBytes = 0;
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const text = latin.replace(/[\x80-\x9f]/g, (character) => {
    const mapped = WINDOWS_1252[character.charCodeAt(0) - 0x80]!;
    if (mapped !== ' ') return mapped;
    undefinedBytes++;
    return '\ufffd';
  });
  return { text, undefinedBytes };
}

function utf16Order(bytes: Uint8Array): Encoding | null {
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1]!++;
  const [even, odd] = zeros as [number, number];
  if (odd > length / 5 && even < odd / 10) return 'utf-16le';
  return even > length / 5 && odd < even / 10 ? 'utf-16be' : null;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
