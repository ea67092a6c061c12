/** How a matrix product is cut: a workgroup makes `rows` × `columns` numbers, a thread `perThread` rows of four columns. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly perThread: number;
}

const CANDIDATES: readonly Tile[] = [
  { rows: 128, columns: 64, perThread: 8 },
  { rows: 64, columns: 64, perThread: 8 },
  { rows: 128, columns: 32, perThread: 8 },
  { rows: 64, columns: 32, perThread: 8 },
  { rows: 128, columns: 16, perThread: 8 },
  { rows: 32, columns: 32, perThread: 4 },
  { rows: 64, columns: 16, perThread: 8 },
  { rows: 32, columns: 16, perThread: 4 },
];

/** Workgroups that keep a large card busy. */
const ENOUGH = 400;

/**
 * The largest tile that still gives enough workgroups.
 * @param times how many such products run side by side  @param fits what a shader allows; the smallest tile must
 */
export function chooseTile(rows: number, columns: number, times: number, fits = (_: Tile): boolean => true): Tile {
  const wide = columns > 32 ? 64 : columns > 16 ? 32 : 16;
  const fitting = CANDIDATES.filter((tile) => tile.columns <= wide && fits(tile));
  const groups = (tile: Tile): number => Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * times;
  return fitting.find((tile) => groups(tile) >= ENOUGH) ?? fitting[fitting.length - 1]!;
}

export const threadsOf = ({ rows, columns, perThread }: Tile): number => (rows / perThread) * (columns / 4);

/** Channels that are taken into shared memory at once: 4, 8 or 16. */
export const depthOf = (channels: number): number => (channels <= 4 ? 4 : channels <= 8 ? 8 : 16);

/** `text(0)` to `text(count − 1)`, a line each. */
export const repeat = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('\n');

/**
 * A condition of WGSL that holds where all do. They are all computed: `&&` would be a branch each, and from a few of them in an inner loop
 * SwiftShader takes minutes to compile what otherwise takes half a second.
 */
export const all = (...conditions: readonly string[]): string => conditions.map((one) => `(${one})`).join(' & ');

/** Type of the elements of an array whose rows have so many channels. */
export const elementOf = (channels: number): 'vec4<f32>' | 'f32' => (channels % 4 === 0 ? 'vec4<f32>' : 'f32');

/**
 * A function that reads four neighbouring channels of a row, zeros where there are none.
 * @param body what gives the array's name, when several are meant
 */
export function readFour(name: string, array: string, channels: number): string {
  if (channels % 4 === 0) {
    return `fn ${name}(row: u32, channel: u32) -> vec4<f32> {
  if (channel >= ${channels}u) { return vec4<f32>(); }
  return ${array}[row * ${channels / 4}u + channel / 4u];
}`;
  }
  return `fn ${name}(row: u32, channel: u32) -> vec4<f32> {
  var v = vec4<f32>();
  let start = row * ${channels}u + channel;
  ${repeat(4, (i) => `if (channel + ${i}u < ${channels}u) { v[${i}] = ${array}[start + ${i}u]; }`)}
  return v;
}`;
}

/**
 * `name(which, row, first, channel)`: four neighbouring channels of a 1×1 convolution at a pixel, through the ReLU. `first` is the row
 * of the filter's first input channel.
 * @param value four channels of the pixel  @param filters reads four channels of a row
 */
export const projection = (
  name: string,
  channels: number,
  value: (row: string, channel: string) => string,
  filters: string,
): string => `fn ${name}(which: u32, row: u32, first: u32, channel: u32) -> vec4<f32> {
  var v = vec4<f32>();
  for (var c = 0u; c < ${channels}u; c += 4u) {
    let a = max(${value('row', 'c')}, vec4<f32>());
${repeat(4, (i) => `    ${channels % 4 === 0 ? '' : `if (c + ${i}u < ${channels}u) `}{ v = fma(vec4<f32>(a[${i}]), ${filters}(first + c + ${i}u, channel), v); }`)}
  }
  return v;
}`;

/** A function that writes four neighbouring channels of a row. */
export function writeFour(name: string, array: string, channels: number): string {
  if (channels % 4 === 0) {
    return `fn ${name}(start: u32, row: u32, channel: u32, v: vec4<f32>) {
  if (channel < ${channels}u) { ${array}[start / 4u + row * ${channels / 4}u + channel / 4u] = v; }
}`;
  }
  return `fn ${name}(start: u32, row: u32, channel: u32, v: vec4<f32>) {
  let at = start + row * ${channels}u + channel;
  ${repeat(4, (i) => `if (channel + ${i}u < ${channels}u) { ${array}[at + ${i}u] = v[${i}]; }`)}
}`;
}

/** A function that reads four neighbours from one of several arrays of filters, from an offset on. */
export function readFilters(name: string, count: number, channels: number): string {
  const choose = (read: (array: string) => string): string =>
    count === 1
      ? `return ${read('filter0')};`
      : `switch (which) {\n${repeat(count - 1, (i) => `case ${i}u: { return ${read(`filter${i}`)}; }`)}
default: { return ${read(`filter${count - 1}`)}; }\n}`;
  if (channels % 4 === 0) {
    return `fn ${name}(which: u32, start: u32, row: u32, channel: u32) -> vec4<f32> {
  if (channel >= ${channels}u) { return vec4<f32>(); }
  let at = start / 4u + row * ${channels / 4}u + channel / 4u;
  ${choose((array) => `${array}[at]`)}
}`;
  }
  return `fn ${name}One(which: u32, at: u32) -> f32 {
  ${choose((array) => `${array}[at]`)}
}
fn ${name}(which: u32, start: u32, row: u32, channel: u32) -> vec4<f32> {
  var v = vec4<f32>();
  let at = start + row * ${channels}u + channel;
  ${repeat(4, (i) => `if (channel + ${i}u < ${channels}u) { v[${i}] = ${name}One(which, at + ${i}u); }`)}
  return v;
}`;
}

/** A function that reads four channels of a row of the array `dz`, which begins at `start`. */
export function readDz(channels: number): string {
  if (channels % 4 === 0) {
    return `fn readDz(start: u32, row: u32, channel: u32) -> vec4<f32> {
  if (channel >= ${channels}u) { return vec4<f32>(); }
  return dz[start / 4u + row * ${channels / 4}u + channel / 4u];
}`;
  }
  return `fn readDz(start: u32, row: u32, channel: u32) -> vec4<f32> {
  var v = vec4<f32>();
  let at = start + row * ${channels}u + channel;
  ${repeat(4, (i) => `if (channel + ${i}u < ${channels}u) { v[${i}] = dz[at + ${i}u]; }`)}
  return v;
}`;
}

/** WGSL: returns one of these values, by `which`. */
export const oneOf = (values: readonly string[]): string =>
  `switch (which) {\n${values.map((value, i) => `${i === values.length - 1 ? 'default' : `case ${i}u`}: { return ${value}; }`).join('\n')}\n}`;
