import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModelFile } from '../../../src-main/bundle/classifier.js';
import { exportBundle } from '../../../src-main/bundle/export.js';
import { encodeManifest, sha256, type Manifest } from '../../../src-main/bundle/manifest.js';
import { openBundle } from '../../../src-main/bundle/open-bundle.js';
import { predictFile } from '../../../src-main/bundle/predict.js';
import { preprocessorConfig } from '../../../src-main/bundle/preprocessing.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { encodeNpy } from '../../../src-main/datasets/npy.js';
import { readModel, writeModel } from '../../../src-main/training/model-file.js';
import { describePixelRule, ruleOfArrays, type PixelRule } from '../../../src-main/vocabulary/pixel-rule.js';
import { deepPng } from '../../support/small-pictures.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { tinyModel } from '../training/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'pixel-rule-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const RULE: PixelRule = {
  size: 8,
  channels: 1,
  fit: 'pad',
  resampling: 'area',
  intensity: { kind: 'bits', bits: 12 },
  frames: 'first',
};
const dataset = { ...tinyDataset(), pixelRule: RULE };
let bundle: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
  const plain = await tinyModel(dataset);
  const model = { ...plain, description: { ...plain.description, pixelRule: RULE } };
  await writeModel(at('ruled.safetensors'), model);
  await writeModel(at('former.safetensors'), plain);
  const exported = await exportBundle({
    model,
    dataset,
    out: folder,
    name: 'ruled',
    version: '1.0.0',
    triton: false,
    run: null,
    searchRun: null,
    budget: null,
    seeds: null,
    finding: null,
    operatingPoint: null,
    createdAt: '2026-01-02T03:04:05.000Z',
    threads: 1,
  });
  bundle = exported.folder;
  // 8 pixels wide and 4 high: 12 bits of 16, in the middle of black once it is padded
  writeFileSync(
    at('deep.png'),
    deepPng(
      8,
      4,
      Array.from({ length: 32 }, (_, i) => (i % 8) * 585),
    ),
  );
  const pixels = Uint8Array.from({ length: 64 }, (_, i) =>
    i < 16 || i >= 48 ? 0 : Math.round(((i % 8) * 585) / (4095 / 255)),
  );
  writeFileSync(at('pixels.npy'), encodeNpy({ dtype: 'uint8', shape: [8, 8], data: pixels }));
});

describe('the rule of a dataset', () => {
  it('is kept by model file and bundle, and both predict by it', async () => {
    expect((await readModel(at('ruled.safetensors'))).description.pixelRule).toEqual(RULE);
    for (const classifier of [await openBundle(bundle, 1), await openModelFile(at('ruled.safetensors'), 1)]) {
      expect(classifier.pixelRule).toEqual(RULE);
      const [picture] = await predictFile(classifier, at('deep.png'));
      const [array] = await predictFile(classifier, at('pixels.npy'));
      expect(picture!.probabilities).toEqual(array!.probabilities);
      expect(picture!.preparation).toBe('PNG 8×4, padded with black to a square, not resized');
      await classifier.session.release();
    }
  });

  it('stands in the same words in the bundle: rule, card, MONAI and Hugging Face', () => {
    const words = describePixelRule(RULE);
    expect(JSON.parse(readFileSync(join(bundle, 'configs/pixel_rule.json'), 'utf8'))).toMatchObject({
      ...RULE,
      in_words: words,
    });
    for (const file of ['README.md', 'configs/metadata.json', 'preprocessor_config.json']) {
      expect(readFileSync(join(bundle, file), 'utf8'), file).toContain(words);
    }
    expect(JSON.parse(readFileSync(join(bundle, 'preprocessor_config.json'), 'utf8'))).toEqual(
      preprocessorConfig(RULE),
    );
  });

  it('that makes other images than the network takes is found', async () => {
    const path = 'configs/pixel_rule.json';
    const content = JSON.stringify({ ...RULE, size: 28 });
    const original = readFileSync(join(bundle, path));
    const manifest = readFileSync(join(bundle, 'manifest.json'));
    const { files, name, version, program } = JSON.parse(manifest.toString()) as Manifest;
    writeFileSync(join(bundle, path), content);
    const entry = { path, bytes: content.length, sha256: sha256(content) };
    const changed = files.map((file) => (file.path === path ? entry : file));
    writeFileSync(join(bundle, 'manifest.json'), encodeManifest({ name, version, program, files: changed }));
    await expect(openBundle(bundle, 1)).rejects.toThrow(
      `${join(bundle, path)} makes images of 28×28 with 1 channels: the bundle contradicts itself; export the model again`,
    );
    writeFileSync(join(bundle, path), original);
    writeFileSync(join(bundle, 'manifest.json'), manifest);
  });

  it('is the former one where model or bundle name none', async () => {
    const classifier = await openModelFile(at('former.safetensors'), 1);
    expect(classifier.pixelRule).toEqual(ruleOfArrays(8, 1));
    await classifier.session.release();
  });
});

it.each([
  [ruleOfArrays(28, 3), 'CLIPImageProcessor', 3, 1],
  [ruleOfArrays(28, 1), 'CLIPImageProcessor', 3, 2],
  [RULE, 'LlavaImageProcessor', 4, 4],
] as const)('the image processor of %j is %s', (rule, type, resample, notDone) => {
  // keys and classes as transformers 5.18 reads them
  const { size } = rule;
  expect(preprocessorConfig(rule)).toMatchObject({
    image_processor_type: type,
    resample,
    size: { shortest_edge: size },
    crop_size: { height: size, width: size },
    do_normalize: false,
    medforge: { not_done_here: { length: notDone } },
  });
});
