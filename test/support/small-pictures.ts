import { crc32, deflateSync } from 'node:zlib';

/** An uncompressed little-endian TIFF file of one strip: grey floats. */
export function floatTiff(width: number, height: number, values: readonly number[]): Buffer {
  const entries: readonly (readonly [tag: number, type: number, value: number])[] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, 4 * values.length],
    // samples are IEEE floats
    [339, 3, 3],
  ];
  const start = 8 + 4 * values.length;
  const file = Buffer.alloc(start + 2 + 12 * entries.length + 4);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(start, 4);
  values.forEach((value, i) => file.writeFloatLE(value, 8 + 4 * i));
  file.writeUInt16LE(entries.length, start);
  entries.forEach(([tag, type, value], i) => {
    const at = start + 2 + 12 * i;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  });
  return file;
}

/** A BMP file of 24 bits a pixel, or of 8 with the palette of all greys. @param pixels red, green, blue of each, the top row first */
export function bitmap(width: number, height: number, pixels: readonly number[], bits: 8 | 24 = 24): Buffer {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const start = 54 + (bits === 8 ? 1024 : 0);
  const file = Buffer.alloc(start + stride * height);
  file.write('BM', 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(start, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  if (bits === 8) for (let i = 0; i < 256; i++) file.fill(i, 54 + 4 * i, 57 + 4 * i);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = start + stride * (height - 1 - y) + (x * bits) / 8;
      const pixel = pixels.slice(3 * (y * width + x), 3 * (y * width + x) + 3);
      if (bits === 8) file[at] = pixel[0]!;
      else pixel.forEach((value, c) => (file[at + 2 - c] = value));
    }
  }
  return file;
}

/** A PNG file of 16 bits a sample, whose values are exactly those given: image libraries convert what they write. */
export function deepPng(width: number, height: number, values: readonly number[], channels: 1 | 3 = 1): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([16, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  const stride = 1 + 2 * channels * width;
  const rows = Buffer.alloc(stride * height);
  values.forEach((value, i) => {
    const row = Math.floor(i / (width * channels));
    rows.writeUInt16BE(value, row * stride + 1 + 2 * (i % (width * channels)));
  });
  const mark = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([mark, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
