import { inflateRawSync } from 'node:zlib';
import { refusal } from '../../refusal.js';
import { DataSet } from './data-set.js';
import { SEQUENCE_TAGS, TAG } from './tags.js';
import { SYNTAX } from './transfer-syntax.js';

/** Bounds on what an untrusted file may unfold to. */
const MAX_DEPTH = 24;
const MAX_INFLATED = 1024 ** 3;
const UNDEFINED = 0xffffffff;

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

/** Value representations whose length has four bytes. */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** Of their elements, those whose bytes are no plain text. */
const VR = /^[A-Z]{2}$/;

interface Encoding {
  readonly littleEndian: boolean;
  readonly explicit: boolean;
}

export interface DicomFile {
  readonly transferSyntax: string;
  readonly dataSet: DataSet;
}

/** Whether bytes begin as a DICOM file does: with its mark after 128 bytes, or at once with an element of group 2 or 8. */
export function isDicom(bytes: Uint8Array): boolean {
  return startOf(bytes) !== null;
}

function startOf(bytes: Uint8Array): number | null {
  if (bytes.length >= 132 && Buffer.from(bytes.subarray(128, 132)).toString('latin1') === 'DICM') return 132;
  if (bytes.length < 8) return null;
  const little = bytes[1] === 0 && bytes[3] === 0 && (bytes[0] === 2 || bytes[0] === 8);
  const big = bytes[0] === 0 && bytes[1] === 8 && bytes[2] === 0;
  if (!little && !big) return null;
  if (VR.test(vrAt(bytes, 4))) return 0;
  // without value representations: the length of a first element is short
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(4, little) <= 256 && view.getUint32(4, little) > 0 ? 0 : null;
}

const vrAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0);

/**
 * Reads all elements of a DICOM file: explicit and implicit, little and big endian, deflated, with and without preamble and
 * file meta information. Every length is checked against what is there.
 * @param stop names the first element that is not read; default: all are
 * @throws UserError `dicom-truncated`, `dicom-damaged`
 */
export function readDicomFile(
  bytes: Uint8Array,
  source: string,
  stop: (tag: number) => boolean = () => false,
): DicomFile {
  const start = startOf(bytes);
  if (start === null) throw damaged(source, 'it does not begin like a DICOM file');
  const meta = new Reader(bytes, start, { littleEndian: true, explicit: VR.test(vrAt(bytes, start + 4)) }, source);
  const information = bytes[start] === 2 ? meta.dataSet((tag) => tag >>> 16 !== 2) : null;
  const named = information?.text(TAG.transferSyntax) ?? null;
  const at = information ? meta.at : start;
  const transferSyntax = named ?? guess(bytes, at);
  if (transferSyntax === SYNTAX.deflated) {
    const inflated = inflate(bytes.subarray(at), source);
    return {
      transferSyntax,
      dataSet: new Reader(inflated, 0, { littleEndian: true, explicit: true }, source).dataSet(stop),
    };
  }
  const encoding = {
    littleEndian: transferSyntax !== SYNTAX.explicitBig,
    explicit: transferSyntax !== SYNTAX.implicitLittle,
  };
  return { transferSyntax, dataSet: new Reader(bytes, at, encoding, source).dataSet(stop) };
}

function guess(bytes: Uint8Array, at: number): string {
  if (!VR.test(vrAt(bytes, at + 4))) return SYNTAX.implicitLittle;
  return bytes[at] === 0 ? SYNTAX.explicitBig : SYNTAX.explicitLittle;
}

function inflate(bytes: Uint8Array, source: string): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_INFLATED });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR')
      throw truncated(source, 'its compressed data is cut off');
    throw damaged(source, 'its compressed data cannot be unpacked', error);
  }
}

class Reader {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly encoding: Encoding,
    private readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Elements to the end of the file, or up to one that `stop` names. */
  dataSet(stop: (tag: number) => boolean): DataSet {
    return this.elements(this.bytes.length, this.encoding, 0, stop);
  }

  private elements(end: number, encoding: Encoding, depth: number, stop: (tag: number) => boolean): DataSet {
    if (depth > MAX_DEPTH) throw damaged(this.source, 'its sequences are nested without end');
    const result = new DataSet(encoding.littleEndian);
    while (this.at < end) {
      if (depth === 0 && this.isPadding(end)) break;
      this.demand(8, end);
      const tag = this.tag(encoding);
      if (stop(tag)) break;
      this.at += 4;
      if (tag === ITEM_END || tag === SEQUENCE_END) {
        this.at += 4;
        // some writers end what they gave a length
        if (tag === ITEM_END && depth > 0) break;
        continue;
      }
      this.element(result, tag, end, encoding, depth);
    }
    return result;
  }

  private element(result: DataSet, tag: number, end: number, encoding: Encoding, depth: number): void {
    const { vr, length } = this.header(encoding, end);
    const isPixels = tag === TAG.pixelData;
    if (isPixels && length === UNDEFINED) {
      result.elements.set(tag, {
        vr,
        value: this.bytes.subarray(0, 0),
        items: [],
        fragments: this.fragments(encoding),
      });
      return;
    }
    if (vr === 'SQ' || length === UNDEFINED || (vr === 'UN' && SEQUENCE_TAGS.has(tag))) {
      // a sequence without its name is written implicitly (PS3.5, 6.2.2)
      const inner = vr === 'UN' && encoding.explicit ? { littleEndian: true, explicit: false } : encoding;
      const limit = length === UNDEFINED ? end : this.at + length;
      if (limit > end) throw this.cut();
      const items = this.items(limit, length !== UNDEFINED, inner, depth);
      result.elements.set(tag, { vr: 'SQ', value: this.bytes.subarray(0, 0), items, fragments: null });
      return;
    }
    this.demand(length, end);
    const value = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    result.elements.set(tag, { vr, value, items: [], fragments: null });
  }

  /** Reads what stands between tag and value. */
  private header({ littleEndian, explicit }: Encoding, end: number): { vr: string; length: number } {
    if (!explicit) {
      const length = this.view.getUint32(this.at, littleEndian);
      this.at += 4;
      return { vr: 'UN', length };
    }
    const vr = vrAt(this.bytes, this.at);
    if (LONG.has(vr) || !VR.test(vr)) {
      this.demand(8, end);
      const length = this.view.getUint32(this.at + 4, littleEndian);
      this.at += 8;
      return { vr, length };
    }
    const length = this.view.getUint16(this.at + 2, littleEndian);
    this.at += 4;
    return { vr, length };
  }

  private items(end: number, known: boolean, encoding: Encoding, depth: number): DataSet[] {
    const items: DataSet[] = [];
    while (known ? this.at < end : true) {
      this.demand(8, end);
      const tag = this.tag(encoding);
      const length = this.view.getUint32(this.at + 4, encoding.littleEndian);
      this.at += 8;
      if (tag === SEQUENCE_END) return items;
      if (tag !== ITEM) throw damaged(this.source, 'a sequence contains something other than items');
      const limit = length === UNDEFINED ? end : this.at + length;
      if (limit > end) throw this.cut();
      items.push(this.elements(limit, encoding, depth + 1, () => false));
    }
    return items;
  }

  private fragments(encoding: Encoding): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (;;) {
      this.demand(8, this.bytes.length);
      const tag = this.tag(encoding);
      const length = this.view.getUint32(this.at + 4, encoding.littleEndian);
      this.at += 8;
      if (tag === SEQUENCE_END) return pieces;
      if (tag !== ITEM) throw damaged(this.source, 'its compressed pixels are not encapsulated');
      this.demand(length, this.bytes.length);
      pieces.push(this.bytes.subarray(this.at, this.at + length));
      this.at += length;
    }
  }

  private tag({ littleEndian }: Encoding): number {
    return this.view.getUint16(this.at, littleEndian) * 65536 + this.view.getUint16(this.at + 2, littleEndian);
  }

  /** Whether nothing but zeros follows, as some archives add. */
  private isPadding(end: number): boolean {
    return (
      this.bytes[this.at] === 0 &&
      this.bytes[this.at + 1] === 0 &&
      this.bytes.subarray(this.at, end).every((byte) => byte === 0)
    );
  }

  private demand(length: number, end: number): void {
    if (this.at + length > end) throw this.cut();
  }

  private cut(): Error {
    return truncated(this.source, `it ends at ${String(this.bytes.length)} bytes in the middle of an element`);
  }
}

export function truncated(source: string, what: string): Error {
  return refusal(
    'dicom-truncated',
    source,
    `the DICOM file is not complete: ${what}`,
    'Copy it again from its archive',
  );
}

export function damaged(source: string, what: string, cause?: unknown): Error {
  return refusal(
    'dicom-damaged',
    source,
    `the DICOM file cannot be read: ${what}`,
    'Export it again from its archive',
    cause,
  );
}
