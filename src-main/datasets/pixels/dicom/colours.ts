import type { DataSet } from './data-set.js';
import { damaged } from './read-file.js';
import { refusal } from '../../refusal.js';
import type { Stored } from './samples.js';
import { TAG } from './tags.js';

/** YBR_FULL to RGB, eight bits (PS3.3, C.7.6.3.1.2). */
export function ybrToRgb(samples: Stored): Uint8Array {
  const result = new Uint8ClampedArray(samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const y = samples[i]!;
    const [blue, red] = [samples[i + 1]! - 128, samples[i + 2]! - 128];
    result[i] = y + 1.402 * red;
    result[i + 1] = y - (0.114 * 1.772 * blue + 0.299 * 1.402 * red) / 0.587;
    result[i + 2] = y + 1.772 * blue;
  }
  return new Uint8Array(result.buffer);
}

/** Colours of a more than eight bits a sample brought to 16 bits or fewer. */
export function narrowed(samples: Stored, bitsStored: number): { samples: Uint8Array | Uint16Array; bits: number } {
  if (samples instanceof Uint8Array) return { samples, bits: bitsStored };
  if (bitsStored <= 16) {
    return { samples: bitsStored <= 8 ? Uint8Array.from(samples) : Uint16Array.from(samples), bits: bitsStored };
  }
  return { samples: Uint16Array.from(samples, (value) => Math.floor(value / 2 ** (bitsStored - 16))), bits: 16 };
}

interface Palette {
  readonly first: number;
  /** Entries as they are written, and how many bits they have. */
  readonly entries: ArrayLike<number>;
  readonly bits: number;
}

/** Colours of a palette, as many bits as its entries have. @throws UserError `dicom-damaged`, `dicom-unsupported` */
export function paletteToRgb(
  samples: Stored,
  data: DataSet,
  source: string,
): { samples: Uint8Array | Uint16Array; bits: number } {
  if (data.has(TAG.redSegmented) && !data.has(TAG.redData)) {
    throw refusal('dicom-unsupported', source, 'segmented palettes are not supported', 'Export it as RGB');
  }
  const palettes = (
    [
      [TAG.redDescriptor, TAG.redData],
      [TAG.greenDescriptor, TAG.greenData],
      [TAG.blueDescriptor, TAG.blueData],
    ] as const
  ).map(([descriptor, values]) => readPalette(data, descriptor, values, source));
  const wide = palettes.some(({ bits }) => bits > 8);
  const result = wide ? new Uint16Array(samples.length * 3) : new Uint8Array(samples.length * 3);
  palettes.forEach(({ first, entries }, c) => {
    for (let p = 0; p < samples.length; p++) {
      const at = Math.min(Math.max(samples[p]! - first, 0), entries.length - 1);
      result[3 * p + c] = entries[at]!;
    }
  });
  return { samples: result, bits: wide ? 16 : 8 };
}

function readPalette(data: DataSet, descriptorTag: number, valuesTag: number, source: string): Palette {
  const [count, first, bits] = descriptorOf(data, descriptorTag);
  const value = data.elements.get(valuesTag)?.value;
  if (count === undefined || first === undefined || bits === undefined || !value) {
    throw damaged(source, 'its palette is missing');
  }
  if (value.length >= 2 * count) {
    return { first, entries: data.shorts(valuesTag).slice(0, count), bits };
  }
  if (value.length >= count) return { first, entries: packed(value, data.littleEndian).subarray(0, count), bits: 8 };
  throw damaged(source, `its palette has ${String(value.length)} bytes for ${String(count)} colours`);
}

/** Two entries of eight bits in each word. */
function packed(value: Uint8Array, littleEndian: boolean): Uint8Array {
  return littleEndian ? value : Buffer.from(value).swap16();
}

/** Entries (0 stands for 65536), first value mapped, bits of an entry. */
export function descriptorOf(data: DataSet, tag: number, signed = false): (number | undefined)[] {
  const [count, , bits] = data.shorts(tag).map((value) => value & 0xffff);
  const first = data.shorts(tag, signed)[1];
  return [count === 0 ? 65536 : count, first, bits];
}
