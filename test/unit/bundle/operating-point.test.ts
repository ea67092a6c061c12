import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictImages } from '../../../src-main/actions/predict-images.js';
import { exportBundle, type ExportRequest } from '../../../src-main/bundle/export.js';
import { encodeManifest, sha256, type Manifest } from '../../../src-main/bundle/manifest.js';
import { decodeModel, encodeModel } from '../../../src-main/bundle/onnx-schema.js';
import { openBundle } from '../../../src-main/bundle/open-bundle.js';
import type { ImagePrediction } from '../../../src-main/bundle/predict.js';
import { verifyBundle } from '../../../src-main/bundle/verify.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { encodeNpy } from '../../../src-main/datasets/npy.js';
import type { Diagnostics } from '../../../src-main/vocabulary/diagnostics.js';
import type { OperatingPoint } from '../../../src-main/vocabulary/operating-point.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { tinyModel } from '../training/tiny-model.js';

const home = mkdtempSync(join(tmpdir(), 'operating-point-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const dataset = tinyDataset({ task: 'binary-class', classes: 2 });
/** Class 0 is predicted for all but a few images. */
const point: OperatingPoint = {
  finding: 0,
  label: 'class a',
  rule: { rule: 'threshold' },
  threshold: 0,
};
let request: ExportRequest;
let folder: string;
let images: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
  request = {
    model: await tinyModel(dataset),
    dataset,
    out: home,
    name: 'tiny',
    version: '1.0.0',
    triton: true,
    run: 2,
    searchRun: null,
    budget: null,
    seeds: null,
    finding: 0,
    operatingPoint: point,
    createdAt: '2026-01-02T03:04:05.000Z',
    threads: 1,
  };
  ({ folder } = await exportBundle(request));
  images = join(home, 'images.npy');
  const { pixels, height, width } = dataset.parts.test.images;
  const data = pixels.slice(0, 6 * height * width);
  writeFileSync(images, encodeNpy({ dtype: 'uint8', shape: [6, height, width], data }));
});

const text = (path: string, of = folder): string => readFileSync(join(of, path), 'utf8');

function copy(name: string): string {
  cpSync(folder, join(home, name), { recursive: true });
  return join(home, name);
}

/** Files replaced, or removed with null, and a manifest that agrees with it. */
function rewrite(of: string, changes: Record<string, Uint8Array | string | null>): void {
  const manifest = JSON.parse(text('manifest.json', of)) as Manifest;
  const files = manifest.files.flatMap((file) => {
    const content = changes[file.path];
    if (content === undefined) return [file];
    if (content === null) {
      rmSync(join(of, file.path));
      return [];
    }
    const bytes = Buffer.from(content);
    writeFileSync(join(of, file.path), bytes);
    return [{ path: file.path, bytes: bytes.length, sha256: sha256(bytes) }];
  });
  const { name, version, program } = manifest;
  writeFileSync(join(of, 'manifest.json'), encodeManifest({ name, version, program, files }));
}

const isPrediction = (result: object): result is ImagePrediction => 'probabilities' in result;

describe('a bundle with an operating point', () => {
  it('decides by it, whatever is most probable', async () => {
    const results = (await predictImages(folder, [images])).filter(isPrediction);
    expect(results).toHaveLength(6);
    for (const { predicted, operatingPoint } of results) {
      expect(predicted).toEqual(['class a']);
      expect(operatingPoint).toEqual(point);
    }
    const never = copy('never');
    rewrite(never, {
      'configs/operating_point.json': JSON.stringify({ ...point, threshold: 2 }),
    });
    for (const { predicted } of (await predictImages(never, [images])).filter(isPrediction)) {
      expect(predicted).toEqual(['class b']);
    }
  });

  it('says so in card, configuration and figures', () => {
    expect(text('README.md')).toContain('"class a" if its probability is at least 0.0000 (chosen by hand)');
    expect(text('README.md')).toContain('Label order (see Operating point)');
    expect(JSON.parse(text('configs/operating_point.json'))).toMatchObject({ ...point, output: 'probabilities' });
    const { diagnostics } = JSON.parse(text('docs/metrics.json')) as { diagnostics: Diagnostics };
    expect(diagnostics.test.finding?.atOperatingPoint).toMatchObject({ falseNegatives: 0, trueNegatives: 0 });
    expect(diagnostics.operatingPoint).toEqual(point);
  });

  it('is verified from itself, decisions and temperature included', async () => {
    const { checks } = await verifyBundle(folder, { dataset });
    expect(checks.join('\n')).toMatch(/the calibrated probabilities match temperature/);
    expect(checks.join('\n')).toMatch(/temperature [\d.]+ agrees with the validation set/);
    expect(checks.join('\n')).toContain('so do the decisions at the operating point, 0.0000');
  });
});

describe('calibrated probabilities', () => {
  it('are those that onnxruntime computes of the logits by the temperature', async () => {
    const bundle = await openBundle(folder);
    const { shape, session, temperature } = bundle;
    const pixels = Float32Array.from({ length: 3 * shape.size ** 2 }, (_, i) => (i % 7) / 7);
    const { logits, probabilities, calibrated } = await session.runAll(pixels, 3);
    await session.release();
    for (let i = 0; i < 3; i++) {
      const [a = 0, b = 0] = logits.subarray(2 * i, 2 * i + 2);
      expect(probabilities[2 * i]).toBeCloseTo(1 / (1 + Math.exp(b - a)), 5);
      expect(calibrated![2 * i]).toBeCloseTo(1 / (1 + Math.exp((b - a) / temperature!)), 5);
    }
    expect(temperature).not.toBeCloseTo(1, 2);
  });

  it('are told with each prediction', async () => {
    for (const { calibrated } of (await predictImages(folder, [images])).filter(isPrediction)) {
      expect(calibrated?.map(({ label }) => label)).toEqual(['class a', 'class b']);
      expect(calibrated!.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  });
});

describe('a bundle that contradicts itself is refused', () => {
  const diagnosticsWith = (change: (diagnostics: Diagnostics) => object): string => {
    const metrics = JSON.parse(text('docs/metrics.json')) as { diagnostics: Diagnostics };
    return JSON.stringify({ ...metrics, diagnostics: change(metrics.diagnostics) });
  };
  it.each<[string, () => Record<string, string | null>, string]>([
    [
      'another temperature',
      () => ({ 'configs/calibration.json': '{"temperature": 3.5}' }),
      'has calibrated probabilities that do not match the temperature 3.5',
    ],
    [
      'no temperature',
      () => ({ 'configs/calibration.json': null }),
      'is calibrated and configs/calibration.json is missing',
    ],
    ['a temperature of 0', () => ({ 'configs/calibration.json': '{"temperature": 0}' }), 'has invalid content'],
    [
      'a finding that is another label',
      () => ({ 'configs/operating_point.json': JSON.stringify({ ...point, finding: 1 }) }),
      'is for class 1 "class a": the bundle contradicts itself',
    ],
    [
      'another threshold than the figures',
      () => ({ 'configs/operating_point.json': JSON.stringify({ ...point, threshold: 2 }) }),
      'truePositives at the operating point (validation)',
    ],
    [
      'a better balanced accuracy',
      () => ({
        'docs/metrics.json': diagnosticsWith((d) => ({
          ...d,
          test: { ...d.test, balancedAccuracy: { ...d.test.balancedAccuracy, value: 0.99 } },
        })),
      }),
      'states the balanced accuracy (test) 0.99, but the predictions give',
    ],
  ])('%s', async (name, changes, message) => {
    const changed = copy(name.replaceAll(' ', '-'));
    rewrite(changed, changes());
    await expect(verifyBundle(changed)).rejects.toThrow(message);
  });
});

it('a bundle of before there were operating points and calibration still verifies and predicts', async () => {
  const old = copy('old');
  const model = decodeModel(readFileSync(join(old, 'models/model.onnx')));
  const graph = model.graph!;
  const calibrated = new Set(['calibrated_logits', 'calibrated_probabilities']);
  const former = encodeModel({
    ...model,
    graph: {
      ...graph,
      node: graph.node.filter(({ output }) => !calibrated.has(output[0]!)),
      initializer: graph.initializer.filter(({ name }) => name !== 'temperature'),
      output: graph.output.slice(0, 2),
    },
  });
  const { diagnostics: _, ...metrics } = JSON.parse(text('docs/metrics.json')) as Record<string, unknown>;
  rewrite(old, {
    'models/model.onnx': former,
    'triton/tiny/1/model.onnx': former,
    'docs/metrics.json': JSON.stringify(metrics),
    'docs/validation_predictions.csv': null,
    'configs/operating_point.json': null,
    'configs/calibration.json': null,
  });
  expect((await verifyBundle(old)).checks.join()).not.toContain('temperature');
  const [first] = (await predictImages(old, [images])).filter(isPrediction);
  expect(first).toMatchObject({ calibrated: null, operatingPoint: null });
});
