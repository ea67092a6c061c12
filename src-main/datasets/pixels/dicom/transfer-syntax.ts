/** Transfer syntaxes that this file speaks of by name. */
export const SYNTAX = {
  implicitLittle: '1.2.840.10008.1.2',
  explicitLittle: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBig: '1.2.840.10008.1.2.2',
  deflatedFrames: '1.2.840.10008.1.2.8.1',
} as const;

export type Codec = 'none' | 'deflate' | 'rle' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

const JPEG = '1.2.840.10008.1.2.4.';

/** How the pixels of each syntax are packed, and whether something may have been lost. */
const CODECS: ReadonlyMap<string, { readonly codec: Codec; readonly lossy: boolean; readonly name: string }> = new Map([
  [SYNTAX.implicitLittle, { codec: 'none', lossy: false, name: 'uncompressed' }],
  [SYNTAX.explicitLittle, { codec: 'none', lossy: false, name: 'uncompressed' }],
  [SYNTAX.deflated, { codec: 'none', lossy: false, name: 'deflated' }],
  [SYNTAX.explicitBig, { codec: 'none', lossy: false, name: 'uncompressed, big endian' }],
  [SYNTAX.deflatedFrames, { codec: 'deflate', lossy: false, name: 'deflated frames' }],
  ['1.2.840.10008.1.2.5', { codec: 'rle', lossy: false, name: 'RLE' }],
  [`${JPEG}50`, { codec: 'jpeg', lossy: true, name: 'JPEG' }],
  [`${JPEG}51`, { codec: 'jpeg', lossy: true, name: 'JPEG of 12 bits' }],
  [`${JPEG}57`, { codec: 'jpeg', lossy: false, name: 'JPEG lossless' }],
  [`${JPEG}70`, { codec: 'jpeg', lossy: false, name: 'JPEG lossless' }],
  [`${JPEG}80`, { codec: 'jpeg-ls', lossy: false, name: 'JPEG-LS' }],
  [`${JPEG}81`, { codec: 'jpeg-ls', lossy: true, name: 'JPEG-LS near-lossless' }],
  [`${JPEG}90`, { codec: 'jpeg-2000', lossy: false, name: 'JPEG 2000 lossless' }],
  [`${JPEG}91`, { codec: 'jpeg-2000', lossy: true, name: 'JPEG 2000' }],
  [`${JPEG}201`, { codec: 'htj2k', lossy: false, name: 'HTJ2K lossless' }],
  [`${JPEG}202`, { codec: 'htj2k', lossy: false, name: 'HTJ2K lossless' }],
  [`${JPEG}203`, { codec: 'htj2k', lossy: true, name: 'HTJ2K' }],
] as const);

/** How pixels of a transfer syntax are packed; null when it is none that is read. */
export const codecOf = (transferSyntax: string): { codec: Codec; lossy: boolean; name: string } | null =>
  CODECS.get(transferSyntax) ?? null;
