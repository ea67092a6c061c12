import type { Random } from '../compute/random.js';

/** Side of a demo image in pixels. */
export const DEMO_SIZE = 28;
const PIXELS = DEMO_SIZE * DEMO_SIZE;

/**
 * Draws one synthetic grey image: a lesion of the given class over a background like that of an ultrasound, an X-ray
 * or a microscope. Background, polarity (brighter or darker than its surroundings), place, size and contrast say
 * nothing of the class; only the form does, so no weighted sum of pixels can tell the classes apart.
 * @param label 0 smooth nodule, 1 spiculated nodule, 2 ring, 3 cluster of dots
 * @param out 28 × 28 bytes, row-major
 */
export function drawDemoImage(label: number, random: Random, out: Uint8Array): void {
  const image = new Float32Array(PIXELS);
  const background = random.integer(3);
  if (background === 0) ultrasound(image, random);
  else if (background === 1) radiograph(image, random);
  else micrograph(image, random);
  distract(image, random);

  const contrast = (random.integer(2) === 0 ? 1 : -1) * between(random, 0.36, 0.6);
  const shape = LESIONS[label]!(random);
  paint(image, contrast, shape);

  const gain = between(random, 0.75, 1.1);
  const offset = between(random, -0.06, 0.12);
  const noise = between(random, 0.02, 0.06);
  for (let i = 0; i < PIXELS; i++) {
    const value = offset + gain * image[i]! + noise * roughNormal(random);
    out[i] = Math.round(255 * Math.min(1, Math.max(0, value)));
  }
}

/** Coverage of a pixel by a shape: 0 outside, 1 inside, between at the edge. */
type Shape = (x: number, y: number) => number;

const LESIONS: readonly ((random: Random) => Shape)[] = [smoothNodule, spiculatedNodule, ring, cluster];

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** Nearly normal (sum of four uniforms), mean 0, deviation 1: cheap, and exact on every machine. */
function roughNormal(random: Random): number {
  return (random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2) * Math.sqrt(3);
}

function edge(distance: number, softness: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance / softness));
}

function paint(image: Float32Array, contrast: number, shape: Shape): void {
  for (let y = 0, i = 0; y < DEMO_SIZE; y++) {
    for (let x = 0; x < DEMO_SIZE; x++, i++) image[i]! += contrast * shape(x, y);
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly turn: number;
}

function place(random: Random): Place {
  const radius = between(random, 4.2, 7);
  const room = DEMO_SIZE - 2 * radius - 3;
  return {
    x: radius + 1 + room * random.uniform(),
    y: radius + 1 + room * random.uniform(),
    radius,
    turn: 2 * Math.PI * random.uniform(),
  };
}

function smoothNodule(random: Random): Shape {
  const { x: cx, y: cy, radius, turn } = place(random);
  const aspect = between(random, 0.72, 1);
  const size = radius * 0.85;
  const softness = between(random, 1, 2.2);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return (x, y) => {
    const along = (x - cx) * cos + (y - cy) * sin;
    const across = (-(x - cx) * sin + (y - cy) * cos) / aspect;
    return edge(Math.sqrt(along * along + across * across) - size, softness);
  };
}

function spiculatedNodule(random: Random): Shape {
  const { x: cx, y: cy, radius, turn } = place(random);
  const spikes = 5 + random.integer(4);
  const core = radius * between(random, 0.42, 0.55);
  const softness = between(random, 0.9, 1.4);
  const lengths = Array.from({ length: spikes }, () => (radius + 1.2) * between(random, 0.85, 1.1));
  const directions = lengths.map((_, k) => turn + (2 * Math.PI * (k + between(random, -0.2, 0.2))) / spikes);
  const [cos, sin] = [directions.map(Math.cos), directions.map(Math.sin)];
  return (x, y) => {
    const [dx, dy] = [x - cx, y - cy];
    let nearest = Math.sqrt(dx * dx + dy * dy) - core;
    for (let k = 0; k < spikes; k++) {
      const along = dx * cos[k]! + dy * sin[k]!;
      if (along <= 0) continue;
      const across = Math.abs(-dx * sin[k]! + dy * cos[k]!);
      const width = 0.95 * (1 - along / lengths[k]!);
      nearest = Math.min(nearest, Math.max(across - Math.max(width, 0.35), along - lengths[k]!));
    }
    return edge(nearest, softness);
  };
}

function ring(random: Random): Shape {
  const { x: cx, y: cy, radius, turn } = place(random);
  const aspect = between(random, 0.78, 1);
  const thickness = between(random, 0.8, 1.25);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return (x, y) => {
    const along = (x - cx) * cos + (y - cy) * sin;
    const across = (-(x - cx) * sin + (y - cy) * cos) / aspect;
    return edge(Math.abs(Math.sqrt(along * along + across * across) - radius * 0.9) - thickness, 1.1);
  };
}

function cluster(random: Random): Shape {
  const { x: cx, y: cy, radius } = place(random);
  const wanted = 6 + random.integer(5);
  const dots: { x: number; y: number; size: number }[] = [];
  for (let tries = 0; tries < 60 && dots.length < wanted; tries++) {
    const distance = radius * Math.sqrt(random.uniform());
    const angle = 2 * Math.PI * random.uniform();
    const dot = {
      x: cx + distance * Math.cos(angle),
      y: cy + distance * Math.sin(angle),
      size: between(random, 0.75, 1.3),
    };
    if (dots.every(({ x, y }) => (x - dot.x) ** 2 + (y - dot.y) ** 2 > 8)) dots.push(dot);
  }
  return (x, y) => dots.reduce((most, dot) => Math.max(most, edge(Math.hypot(x - dot.x, y - dot.y) - dot.size, 1)), 0);
}

/** Speckle (the magnitude of two smoothed noise fields) that fades with depth. */
function ultrasound(image: Float32Array, random: Random): void {
  const [real, imaginary] = [field(random), field(random)];
  const fade = between(random, 0, 0.35);
  const level = between(random, 0.4, 0.5);
  for (let i = 0; i < PIXELS; i++) {
    const depth = Math.floor(i / DEMO_SIZE) / DEMO_SIZE;
    const speckle = Math.sqrt(real[i]! ** 2 + imaginary[i]! ** 2);
    image[i] = level * (1 - fade * (depth - 0.5)) * (0.75 + 0.2 * speckle);
  }
}

/** A slanted light field crossed by soft bright bands like ribs. */
function radiograph(image: Float32Array, random: Random): void {
  const [slopeX, slopeY] = [between(random, -0.25, 0.25), between(random, -0.25, 0.25)];
  const [period, bend, phase] = [between(random, 7, 12), between(random, -0.02, 0.02), between(random, 0, 2 * Math.PI)];
  const strength = between(random, 0.04, 0.1);
  const tilt = between(random, -0.4, 0.4);
  const level = between(random, 0.42, 0.55);
  for (let y = 0, i = 0; y < DEMO_SIZE; y++) {
    for (let x = 0; x < DEMO_SIZE; x++, i++) {
      const [u, v] = [x / DEMO_SIZE - 0.5, y / DEMO_SIZE - 0.5];
      const band = Math.sin((2 * Math.PI * (y + tilt * x + bend * (x - 14) ** 2)) / period + phase);
      image[i] = level + slopeX * u + slopeY * v + strength * band;
    }
  }
}

/** Cloudy stroma with fine grain. */
function micrograph(image: Float32Array, random: Random): void {
  const cloud = field(random);
  for (let pass = 0; pass < 2; pass++) blur(cloud);
  const level = between(random, 0.42, 0.58);
  for (let i = 0; i < PIXELS; i++) image[i] = level + 0.15 * cloud[i]! + 0.03 * roughNormal(random);
}

/** Things that are in every kind of image and mean nothing: faint smears, a fibre. */
function distract(image: Float32Array, random: Random): void {
  for (let k = random.integer(3); k > 0; k--) {
    const [cx, cy] = [between(random, 0, DEMO_SIZE), between(random, 0, DEMO_SIZE)];
    const [size, strength] = [between(random, 3, 8), between(random, -0.12, 0.12)];
    paint(image, strength, (x, y) => edge(Math.hypot(x - cx, y - cy) - size, 6));
  }
  if (random.integer(2) === 0) return;
  const [cx, cy, turn] = [between(random, 4, 24), between(random, 4, 24), Math.PI * random.uniform()];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [half, strength] = [between(random, 3, 8), between(random, -0.15, 0.15)];
  paint(image, strength, (x, y) => {
    const along = Math.abs((x - cx) * cos + (y - cy) * sin);
    const across = Math.abs(-(x - cx) * sin + (y - cy) * cos);
    return edge(Math.max(across - 0.5, along - half), 1);
  });
}

/** Noise smoothed once over 3 × 3, deviation about 1. */
function field(random: Random): Float32Array {
  const values = new Float32Array(PIXELS);
  for (let i = 0; i < PIXELS; i++) values[i] = 2.4 * roughNormal(random);
  blur(values);
  return values;
}

function blur(values: Float32Array): void {
  const source = values.slice();
  const last = DEMO_SIZE - 1;
  for (let y = 0, i = 0; y < DEMO_SIZE; y++) {
    const [above, here, below] = [Math.max(0, y - 1) * DEMO_SIZE, y * DEMO_SIZE, Math.min(last, y + 1) * DEMO_SIZE];
    for (let x = 0; x < DEMO_SIZE; x++, i++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(last, x + 1)];
      const sides = source[above + x]! + source[below + x]! + source[here + left]! + source[here + right]!;
      const corners = source[above + left]! + source[above + right]! + source[below + left]! + source[below + right]!;
      values[i] = (4 * source[here + x]! + 2 * sides + corners) / 16;
    }
  }
}
