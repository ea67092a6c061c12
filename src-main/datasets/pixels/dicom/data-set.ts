/** One element of a data set. */
export interface DicomElement {
  /** Two letters; `UN` where the file names none. */
  readonly vr: string;
  /** Its bytes, without copying; empty for sequences and encapsulated pixels. */
  readonly value: Uint8Array;
  /** Items of a sequence. */
  readonly items: readonly DataSet[];
  /** Pieces of encapsulated pixels, the offset table first; null where pixels are not encapsulated. */
  readonly fragments: readonly Uint8Array[] | null;
}

/** Elements of a DICOM file, or of an item of a sequence, by tag: group × 65536 + element. */
export class DataSet {
  readonly elements = new Map<number, DicomElement>();

  constructor(readonly littleEndian: boolean) {}

  has(tag: number): boolean {
    return this.elements.has(tag);
  }

  /** First value as text, null when there is none. */
  text(tag: number): string | null {
    return this.texts(tag)[0] ?? null;
  }

  /** All values of an element of text. */
  texts(tag: number): string[] {
    const value = this.elements.get(tag)?.value;
    if (!value || value.length === 0) return [];
    const parts = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1').split('\\');
    return parts.map((part) => part.replace(/[\0 ]+$/, '').trim()).filter((part) => part !== '');
  }

  /** First value of an element of decimal text. */
  decimal(tag: number): number | null {
    const text = this.text(tag);
    const value = text === null ? NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  }

  /** Values of an element of 16-bit numbers. @param signed whether they are where the file does not say */
  shorts(tag: number, signed = false): number[] {
    const element = this.elements.get(tag);
    if (!element) return [];
    const { value, vr } = element;
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    const isSigned = vr === 'SS' || (vr !== 'US' && signed);
    return Array.from({ length: value.length >> 1 }, (_, i) =>
      isSigned ? view.getInt16(2 * i, this.littleEndian) : view.getUint16(2 * i, this.littleEndian),
    );
  }

  short(tag: number): number | null {
    return this.shorts(tag)[0] ?? null;
  }

  /** Values of an element of 64-bit floats, first one. */
  double(tag: number): number | null {
    const value = this.elements.get(tag)?.value;
    if (!value || value.length < 8) return null;
    return new DataView(value.buffer, value.byteOffset, value.length).getFloat64(0, this.littleEndian);
  }

  items(tag: number): readonly DataSet[] {
    return this.elements.get(tag)?.items ?? [];
  }
}
