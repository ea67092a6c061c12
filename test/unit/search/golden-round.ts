import { readFileSync } from 'node:fs';
import * as zip from '@zip.js/zip.js';
import type { WorkedRound } from './worked-round.js';

/** Arrays of the worked example by name: numbers in row-major order, with their shape. */
type GoldenArrays = {
  readonly [name: string]: { readonly shape: readonly number[]; readonly data: ArrayLike<number> };
};

const GOLDEN_SPACE = { channels: 4, cells: 2, inputChannels: 1, classes: 3 };

/** The example's weights in the names and layouts of this project: OIHW → HWIO, edges stacked. */
function goldenWeights(golden: GoldenArrays): Record<string, Float32Array> {
  const read = (name: string): { shape: readonly number[]; data: ArrayLike<number> } => golden[`w/${name}`]!;
  const vector = (name: string): Float32Array => Float32Array.from(read(name).data);
  const filter = (name: string): Float32Array => {
    const { shape, data } = read(name);
    const [outputs, inputs, height, width] = shape as [number, number, number, number];
    const result = new Float32Array(data.length);
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        for (let h = 0; h < height; h++)
          for (let w = 0; w < width; w++)
            result[((h * width + w) * inputs + i) * outputs + o] = data[((o * inputs + i) * height + h) * width + w]!;
    return result;
  };
  const stack = (parts: Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));
  const edges = [0, 1, 2, 3, 4, 5];
  const weights: Record<string, Float32Array> = {
    'stem.filter': filter('stem.0.weight'),
    'stem.scale': vector('stem.1.weight'),
    'stem.shift': vector('stem.1.bias'),
    'last.scale': vector('last.weight'),
    'last.shift': vector('last.bias'),
    'classifier.bias': vector('classifier.bias'),
  };
  const { shape, data } = read('classifier.weight');
  const [classes, features] = shape as [number, number];
  weights['classifier.kernel'] = Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % classes) * features + Math.floor(i / classes)]!,
  );
  for (let stage = 0; stage < 3; stage++) {
    for (let cell = 0; cell < GOLDEN_SPACE.cells; cell++) {
      const branches = { one: 'conv1.E', seven: 'convk.E.0', five: 'convk.E.1', three: 'convk.E.2' };
      for (const [branch, path] of Object.entries(branches)) {
        const names = edges.map((edge) => `stages.${stage}.${cell}.${path.replace('E', String(edge))}.conv`);
        weights[`stages.${stage}.${cell}.${branch}.filter`] = stack(names.map((name) => filter(`${name}.weight`)));
        weights[`stages.${stage}.${cell}.${branch}.bias`] = stack(names.map((name) => vector(`${name}.bias`)));
      }
    }
  }
  for (let r = 0; r < 2; r++) {
    for (const block of ['a', 'b']) {
      weights[`reductions.${r}.${block}.filter`] = filter(`reductions.${r}.${block}.conv.weight`);
      weights[`reductions.${r}.${block}.scale`] = vector(`reductions.${r}.${block}.bn.weight`);
      weights[`reductions.${r}.${block}.shift`] = vector(`reductions.${r}.${block}.bn.bias`);
    }
    weights[`reductions.${r}.down.filter`] = filter(`reductions.${r}.down.weight`);
  }
  return weights;
}

/** The worked example that comes with the project's design, for whoever has it. */
export async function goldenRound(path: string): Promise<WorkedRound> {
  const golden = await readGolden(path);
  const list = (name: string): number[] => Array.from(golden[name]!.data);
  const number = (name: string): number => list(name)[0]!;
  const [pixels, labels] = [list('train_x'), list('train_y')];
  return {
    space: GOLDEN_SPACE,
    weights: goldenWeights(golden),
    architecture: Float64Array.from([...list('alpha'), ...list('beta'), ...list('gamma')]),
    direction: Float64Array.from(list('u')),
    distance: number('mu'),
    temperature: number('temperature'),
    learningRate: number('lr'),
    // one channel, so NCHW is already NHWC
    training: [0, 1, 2].map((step) => ({
      pixels: pixels.slice(384 * step, 384 * (step + 1)),
      labels: labels.slice(6 * step, 6 * (step + 1)),
    })),
    validation: { pixels: list('val_x'), labels: list('val_y') },
    answers: {
      operations: list('alpha_p'),
      kernels: list('beta_p'),
      depth: list('gamma_p'),
      trainingLosses: list('train_losses'),
      validationLoss: number('val_loss'),
      architectureGradient: [...list('grad_alpha'), ...list('grad_beta'), ...list('grad_gamma')],
      direct: number('direct'),
      slope: number('slope'),
      gradient: list('estimate'),
    },
  };
}

/** Reads the example, whose names and scalars the strict reader of datasets refuses: float64 and int64, C order. */
async function readGolden(path: string): Promise<GoldenArrays> {
  const reader = new zip.ZipReader(new zip.Uint8ArrayReader(readFileSync(path)));
  const arrays: Record<string, { shape: readonly number[]; data: ArrayLike<number> }> = {};
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    const bytes = await entry.getData(new zip.Uint8ArrayWriter());
    const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
    const header = Buffer.from(bytes.subarray(10, start)).toString('latin1');
    const shape = [...(/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').matchAll(/\d+/g)].map(Number);
    const values = bytes.slice(start).buffer;
    arrays[entry.filename.replace(/\.npy$/, '')] = {
      shape,
      data: header.includes("'<f8'") ? new Float64Array(values) : Array.from(new BigInt64Array(values), Number),
    };
  }
  await reader.close();
  return arrays;
}
