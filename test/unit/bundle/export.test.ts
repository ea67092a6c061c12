import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportBundle, type ExportRequest, type ExportResult } from '../../../src-main/bundle/export.js';
import { encodeManifest, sha256, type Manifest } from '../../../src-main/bundle/manifest.js';
import { decodeModel, encodeModel } from '../../../src-main/bundle/onnx-schema.js';
import { verifiedLines } from '../../../src-main/cli/commands/bundle.js';
import { verifyBundle } from '../../../src-main/bundle/verify.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Dataset, Task } from '../../../src-main/datasets/dataset.js';
import { UserError } from '../../../src-main/errors.js';
import { evaluateModel } from '../../../src-main/training/evaluate.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { TINY_GENOTYPE, tinyModel } from '../training/tiny-model.js';
import { exportedWeightBytes, planNetwork } from '../../../src-main/space/network-plan.js';

const home = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

async function request(dataset: Dataset, out: string, change: Partial<ExportRequest> = {}): Promise<ExportRequest> {
  return {
    model: await tinyModel(dataset),
    dataset,
    out,
    name: 'tiny',
    version: '1.0.0',
    triton: false,
    run: 2,
    searchRun: 1,
    budget: { lower: 0, upper: 60_000 },
    seeds: { seeds: [1, 2], accuracyMean: 0.5, accuracyDeviation: 0.1, aucMean: 0.6, aucDeviation: 0.2 },
    finding: 1,
    operatingPoint: null,
    createdAt: '2026-01-02T03:04:05.000Z',
    threads: 1,
    ...change,
  };
}

const dataset = tinyDataset();
let exported: ExportResult;
const steps: string[] = [];

beforeAll(async () => {
  await tf.setBackend('cpu');
  exported = await exportBundle(
    await request(dataset, join(home, 'a'), { triton: true, onProgress: (step) => steps.push(step) }),
  );
});

let copies = 0;
/** A copy of the exported bundle to damage. */
function copy(): string {
  const folder = join(home, `copy-${String(copies++)}`);
  cpSync(exported.folder, folder, { recursive: true });
  return folder;
}

function listed(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Writes a file of a bundle and a manifest that agrees with it, as somebody with bad intentions would. */
function rewrite(folder: string, path: string, content: Uint8Array | string): void {
  writeFileSync(join(folder, path), content);
  const { files, name, version, program } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const bytes = Buffer.from(content);
  const entries = files.map((file) =>
    file.path === path ? { path, bytes: bytes.length, sha256: sha256(bytes) } : file,
  );
  writeFileSync(join(folder, 'manifest.json'), encodeManifest({ name, version, program, files: entries }));
}

/** Files that are put into an archive: null a folder, undefined none. */
type Packed = Readonly<Record<string, string | null | undefined>>;

/** Packs the exported bundle, with what is changed about it. */
async function pack(file: string, prefix: string, change: Packed): Promise<void> {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const path of listed(exported.folder)) {
    if (path in change) continue;
    await writer.add(`${prefix}${path}`, new Uint8ArrayReader(readFileSync(join(exported.folder, path))));
  }
  for (const [path, content] of Object.entries(change)) {
    if (content === null) await writer.add(path, undefined, { directory: true });
    else if (content !== undefined) await writer.add(path, new TextReader(content));
  }
  writeFileSync(file, await writer.close());
}

describe('an export', () => {
  it('has the layout of the design', () => {
    expect(exported.folder).toBe(join(home, 'a', 'tiny-1.0.0'));
    expect(readdirSync(join(home, 'a'))).toEqual(['tiny-1.0.0']);
    expect(listed(exported.folder)).toEqual(
      [
        'LICENSE',
        'README.md',
        'architecture.json',
        'configs/calibration.json',
        'configs/metadata.json',
        'configs/pixel_rule.json',
        'docs/data_license.txt',
        'docs/metrics.json',
        'docs/test_predictions.csv',
        'docs/validation_predictions.csv',
        'labels.txt',
        'manifest.json',
        'models/model.onnx',
        'preprocessor_config.json',
        'run.json',
        'sample/expected_output.npy',
        'sample/input.npy',
        'triton/tiny/1/model.onnx',
        'triton/tiny/config.pbtxt',
        'triton/tiny/labels.txt',
      ].sort(),
    );
    expect(steps).toEqual([
      'evaluate',
      'write the network',
      'run the test set in onnxruntime',
      'write the files',
      'verify',
      'finish',
    ]);
  });

  it('agrees with the engine on the whole test set and with itself for any batch', () => {
    expect(exported.check.images).toBe(70);
    expect(exported.check.largestDifference).toBeLessThan(1e-5);
    expect(exported.check.batchDifference).toBeLessThan(1e-6);
  });

  it('holds a network of opset 17 without batch norms, with its description inside', () => {
    const model = decodeModel(readFileSync(join(exported.folder, 'models/model.onnx')));
    expect([model.ir_version, model.opset_import]).toEqual([8, [{ domain: '', version: 17 }]]);
    const operators = new Set(model.graph!.node.map((node) => node.op_type));
    expect(operators.has('BatchNormalization')).toBe(false);
    // What a leaderboard says of its size is what is written, but for the constants of normalisation and temperature.
    const constants = model.graph!.initializer.filter(({ name }) => name !== 'half' && name !== 'temperature');
    const bytes = constants.reduce((sum, { raw_data }) => sum + raw_data.length, 0);
    expect(
      exportedWeightBytes(
        planNetwork(
          { channels: 4, cells: 3, inputChannels: dataset.channels, classes: dataset.classes },
          TINY_GENOTYPE,
        ),
      ),
    ).toBe(bytes);
    const named = new Map(model.metadata_props.map(({ key, value }) => [key, value]));
    expect(JSON.parse(named.get('labels')!)).toEqual(dataset.labels);
    expect(named.get('dataset_sha256')).toBe(dataset.sha256);
    expect(named.get('intended_use')).toContain('not cleared for clinical use');
  });

  it('has a model card with use, labels, metrics, seeds, budget and size', () => {
    const card = readFileSync(join(exported.folder, 'README.md'), 'utf8');
    for (const words of [
      'Research only; not cleared for clinical use',
      'Trained on synthetic images',
      '| 1 | class b |',
      'licence CC0 1.0',
      `ACC ${(0.5).toFixed(3)} ± 0.100`,
      'a budget of 0 to 60,000 parameters',
      'last epoch of the weights, fixed in advance',
      exported.verification.accuracy.toFixed(3),
    ]) {
      expect(card).toContain(words);
    }
    expect(card).not.toContain('undefined');
  });

  it('is verified from itself, and with the dataset on the whole test set', async () => {
    const alone = await verifyBundle(exported.folder);
    expect(alone).toMatchObject({ name: 'tiny', version: '1.0.0', images: 70, testDifference: null, files: 19 });
    const again = await verifyBundle(exported.folder, { dataset, threads: 1 });
    expect(again.testDifference).toBeLessThan(1e-6);
    const { metrics } = await evaluateModel(await tinyModel(dataset), dataset, 'test');
    expect([again.accuracy, again.auc]).toEqual([metrics.accuracy, expect.closeTo(metrics.auc, 6)]);
    // What was not done has no tick.
    const notRun = 'the 70 test images were not run again: to run them, give the dataset (--dataset FILE.npz)';
    expect(alone.unchecked).toEqual([notRun]);
    expect(again.unchecked).toEqual([]);
    const ticks = verifiedLines(alone).filter((line) => line.startsWith('✓'));
    expect(ticks.filter((line) => line.includes('again'))).toEqual([]);
    expect(verifiedLines(alone)).toContain(`– ${notRun}`);
    expect(verifiedLines(alone)[0]).toBe('Trained on Tiny: generated by MedForge, not an official MedMNIST file.');
    expect(verifiedLines(again).at(-1)).toMatch(/^✓ all 70 test images, run again, give the same /);
  });

  it('is whole where a file manager left its files, which are named and not read', async () => {
    const folder = copy();
    const left = ['.DS_Store', '._README.md', 'models/.DS_Store', 'sample/Thumbs.db', 'docs/desktop.ini'];
    for (const path of left) writeFileSync(join(folder, path), 'left');
    const report = await verifyBundle(folder);
    expect([...report.ignored].sort()).toEqual([...left].sort());
    expect(verifiedLines(report)).toContain('– models/.DS_Store is ignored: it was left by a file manager');
    // Nothing else may hide behind such a name.
    mkdirSync(join(folder, 'Thumbs.db'));
    writeFileSync(join(folder, 'Thumbs.db', 'model.onnx'), 'x');
    await expect(verifyBundle(folder)).rejects.toThrow('Thumbs.db/model.onnx does not belong to the bundle');
    rmSync(join(folder, 'Thumbs.db'), { recursive: true });
    symlinkSync('/etc/hostname', join(folder, 'Thumbs.db'));
    await expect(verifyBundle(folder)).rejects.toThrow('Thumbs.db is neither a file nor a folder of the bundle');
    rmSync(join(folder, 'Thumbs.db'));
    for (let i = 0; i < 1001; i++) writeFileSync(join(folder, `._${String(i)}`), '');
    await expect(verifyBundle(folder)).rejects.toThrow('contains more than 64 files');
  });

  it.each([
    ['with its folder', 'tiny-1.0.0/'],
    ['without its folder', ''],
  ])('is verified where it is packed %s as .zip', async (_, prefix) => {
    const file = join(home, `packed-${String(copies++)}.zip`);
    const [left, folder] = [`${prefix}.DS_Store`, `${prefix}models/`];
    await pack(file, prefix, { [left]: 'left', '__MACOSX/._tiny': 'left', [folder]: null });
    const { checks, ignored, ...report } = await verifyBundle(file);
    const alone = await verifyBundle(exported.folder);
    expect({ checks, ...report }).toEqual({ ...alone, folder: file, ignored: undefined });
    expect([...ignored].sort()).toEqual([left, '__MACOSX/._tiny'].sort());
  });

  it.each<[string, Packed, string]>([
    ['without a file', { 'labels.txt': undefined }, 'labels.txt is missing: the bundle is damaged'],
    ['with another file', { 'labels.txt': 'other' }, 'labels.txt has 5 bytes instead of'],
    ['with a file more', { 'virus.exe': 'x' }, 'virus.exe does not belong to the bundle'],
    ['that leads out of it', { '../labels.txt': 'x' }, 'contains ../labels.txt, whose path points outside it: pack'],
    ['without a manifest', { 'manifest.json': undefined }, 'contains no manifest.json, so it is not a packed bundle'],
  ])('packed %s is refused', async (_, change, message) => {
    const file = join(home, `packed-${String(copies++)}.zip`);
    await pack(file, '', change);
    await expect(verifyBundle(file)).rejects.toThrow(message);
  });

  it('packed is refused where the archive is damaged, or none', async () => {
    const file = join(home, `packed-${String(copies++)}.zip`);
    await pack(file, '', {});
    const bytes = readFileSync(file);
    const at = bytes.indexOf('models/model.onnx') + 200;
    for (const [content, message] of [
      [bytes.subarray(0, bytes.length - 30), 'is not a valid zip archive'],
      [Buffer.concat([bytes.subarray(0, at), Buffer.from([255, 255, 255]), bytes.subarray(at + 3)]), 'packed-'],
      [Buffer.from('no archive at all'), 'is not a valid zip archive'],
    ] as const) {
      writeFileSync(file, content);
      await expect(verifyBundle(file)).rejects.toThrow(UserError);
      await expect(verifyBundle(file)).rejects.toThrow(message);
    }
    rmSync(file);
    await expect(verifyBundle(file)).rejects.toThrow('cannot be read (ENOENT): pack the folder of the bundle again');
    mkdirSync(file);
    await expect(verifyBundle(file)).rejects.toThrow('is a folder or a device, not a file');
  });

  it.each<[Task, number, 1 | 3, number]>([
    ['multi-label, binary-class', 3, 3, 12],
    ['binary-class', 2, 1, 8],
    ['ordinal-regression', 3, 3, 8],
  ])('works for %s with %d outputs and %d channels', async (task, classes, channels, size) => {
    const other = tinyDataset({ task, classes, channels, size });
    const result = await exportBundle(await request(other, join(home, task.slice(0, 7))));
    expect(result.check.largestDifference).toBeLessThan(1e-5);
    expect((await verifyBundle(result.folder, { dataset: other })).testDifference).toBeLessThan(1e-6);
  });

  it('says of a test part without one of the classes that its AUC is not defined', async () => {
    const other = tinyDataset();
    const { labels } = other.parts.test;
    const test = { ...other.parts.test, labels: { ...labels, values: labels.values.map((value) => value % 2) } };
    const without = { ...other, parts: { ...other.parts, test } };
    const { folder } = await exportBundle(await request(without, join(home, 'absent')));
    const checks = verifiedLines(await verifyBundle(folder)).join('\n');
    expect(checks).toMatch(/ACC 0\.\d{4} and an undefined AUC agree with the probabilities of 70 test images/);
    expect(checks).not.toContain('NaN');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).not.toContain('NaN');
  });

  it.runIf(spawnSync('/usr/bin/python3', ['-c', 'import onnx']).status === 0)(
    'is accepted by onnx.checker (Debian python3-onnx)',
    () => {
      const program = [
        'import onnx, sys',
        'model = onnx.load(sys.argv[1])',
        'onnx.checker.check_model(model, full_check=True)',
        'print([d.dim_param or d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim])',
      ].join('\n');
      const said = execFileSync('/usr/bin/python3', ['-c', program, join(exported.folder, 'models/model.onnx')]);
      expect(said.toString().trim()).toBe("['batch', 1, 8, 8]");
    },
  );
});

describe('an export that cannot be', () => {
  it.each<[string, Partial<ExportRequest>, string]>([
    ['a name with a slash', { name: '../x' }, '"../x" cannot name a bundle: use up to 64 letters, digits, - and _'],
    ['no version', { version: '1' }, '"1" is not a version: write it like 1.0.0'],
    [
      'another dataset',
      { dataset: { ...dataset, sha256: 'cd'.repeat(32) } },
      'tiny.npz is not the file that the model was trained on (SHA-256 abababababab…): use that file',
    ],
  ])('is refused: %s', async (_, change, message) => {
    const out = join(home, 'refused');
    await expect(exportBundle({ ...(await request(dataset, out)), ...change })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  it('does not touch what is there', async () => {
    const out = join(home, 'b');
    mkdirSync(join(out, 'tiny-1.0.0'), { recursive: true });
    await expect(exportBundle(await request(dataset, out))).rejects.toThrow(
      `${join(out, 'tiny-1.0.0')} already exists: choose another version or folder, or remove it first`,
    );
    expect(readdirSync(out)).toEqual(['tiny-1.0.0']);
  });

  it('says so when the folder cannot be made', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    await expect(exportBundle(await request(dataset, join(file, 'x')))).rejects.toThrow(
      `${join(file, 'x')} cannot be written to (ENOTDIR): choose another folder`,
    );
  });

  it('leaves nothing when it is cancelled at any step', async () => {
    for (const at of [0, 1, 2, 3, 4, 5]) {
      const out = join(home, `cancel-${String(at)}`);
      const controller = new AbortController();
      const onProgress = (_: string, done: number): void => {
        if (done === at) controller.abort(new Error('stop'));
      };
      const running = exportBundle(await request(dataset, out, { signal: controller.signal, onProgress }));
      if (at < 5) {
        await expect(running).rejects.toThrow('stop');
        expect(readdirSync(out)).toEqual([]);
      } else await running;
    }
  });

  it('has nothing under the final name until it is whole, and clears away what a killed one left', async () => {
    const out = join(home, 'c');
    const left = join(out, '.tiny-1.0.0.exporting-999999999');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'x'), '');
    const seen: boolean[] = [];
    await exportBundle(
      await request(dataset, out, { onProgress: () => seen.push(existsSync(join(out, 'tiny-1.0.0'))) }),
    );
    expect(seen).toEqual([false, false, false, false, false, false]);
    expect(readdirSync(out)).toEqual(['tiny-1.0.0']);
  });

  const disk = join(home, 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', disk]).status === 0;
  afterAll(() => {
    if (mounted) execFileSync('umount', [disk]);
  });
  it.runIf(mounted)('leaves nothing on a full disk (needs the right to mount)', async () => {
    await expect(exportBundle(await request(dataset, disk))).rejects.toThrow(
      `the disk of ${disk} is full: nothing was exported; free some space and export again`,
    );
    expect(readdirSync(disk)).toEqual([]);
  });
});

describe('a damaged bundle', () => {
  it('with one byte flipped in any file is found, and the file named', async () => {
    const folder = copy();
    for (const path of listed(folder)) {
      const file = join(folder, path);
      const good = readFileSync(file);
      for (const position of [0, good.length >> 1, good.length - 1]) {
        const bad = Buffer.from(good);
        bad[position]! ^= 0x20;
        writeFileSync(file, bad);
        const error = await verifyBundle(folder).catch((thrown: unknown) => thrown);
        expect(error, `${path} at ${String(position)}`).toBeInstanceOf(UserError);
        expect((error as Error).message).toContain(file);
      }
      writeFileSync(file, good);
    }
    await verifyBundle(folder);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a file is missing',
      (f) => rmSync(join(f, 'docs/metrics.json')),
      'docs/metrics.json is missing: the bundle is damaged; copy or export it again',
    ],
    [
      'a file is renamed',
      (f) => renameSync(join(f, 'labels.txt'), join(f, 'names.txt')),
      'labels.txt is now named names.txt: the bundle is damaged',
    ],
    [
      'a file is added',
      (f) => writeFileSync(join(f, 'extra.txt'), 'x'),
      'extra.txt does not belong to the bundle: the bundle is damaged',
    ],
    [
      'a file is a link',
      (f) => {
        rmSync(join(f, 'LICENSE'));
        symlinkSync('/etc/hostname', join(f, 'LICENSE'));
      },
      'LICENSE is neither a file nor a folder of the bundle',
    ],
    ['a file is longer', (f) => writeFileSync(join(f, 'LICENSE'), 'x'), 'LICENSE has 1 bytes instead of'],
    [
      'the manifest is missing',
      (f) => rmSync(join(f, 'manifest.json')),
      'contains no manifest.json: give the folder of a MedForge bundle',
    ],
    [
      'the manifest is empty',
      (f) => writeFileSync(join(f, 'manifest.json'), ''),
      'manifest.json is not JSON: the bundle is damaged',
    ],
    [
      'the manifest leads outside',
      (f) => {
        const text = readFileSync(join(f, 'manifest.json'), 'utf8');
        writeFileSync(join(f, 'manifest.json'), text.replace('"LICENSE"', '"../LICENSE"'));
      },
      'manifest.json is not the manifest of a MedForge bundle (files.',
    ],
    [
      'the manifest names another program',
      (f) => {
        const text = readFileSync(join(f, 'manifest.json'), 'utf8');
        writeFileSync(join(f, 'manifest.json'), text.replace('"program": "MedForge 0', '"program": "MedForge 9'));
      },
      'manifest.json was changed after the export: the bundle is damaged',
    ],
    [
      'the manifest is written anew with blanks',
      (f) => {
        writeFileSync(
          join(f, 'manifest.json'),
          JSON.stringify(JSON.parse(readFileSync(join(f, 'manifest.json'), 'utf8'))),
        );
      },
      'manifest.json was changed after the export',
    ],
    [
      'the folder is missing',
      (f) => rmSync(f, { recursive: true }),
      'cannot be read (ENOENT): give the folder of a MedForge bundle',
    ],
  ])('is found: %s', async (_, damage, message) => {
    const folder = copy();
    damage(folder);
    await expect(verifyBundle(folder)).rejects.toThrow(message);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a label is renamed',
      (f) => rewrite(f, 'labels.txt', 'class a\nbenign\nclass c\n'),
      'labels.txt names label 1 "benign", models/model.onnx "class b" (3 and 3 labels): the bundle contradicts itself; export the model again',
    ],
    [
      'a label is dropped',
      (f) => rewrite(f, 'labels.txt', 'class a\nclass b\n'),
      '(2 and 3 labels): the bundle contradicts itself',
    ],
    [
      'a label is renamed in the metadata',
      (f) =>
        rewrite(
          f,
          'configs/metadata.json',
          readFileSync(join(f, 'configs/metadata.json'), 'utf8').replace('"2": "class c"', '"2": "x"'),
        ),
      'labels.txt names label 2 "class c", configs/metadata.json "x"',
    ],
    [
      'the accuracy is embellished',
      (f) => {
        const metrics = JSON.parse(readFileSync(join(f, 'docs/metrics.json'), 'utf8')) as {
          test: { accuracy: number };
        };
        metrics.test.accuracy = 0.99;
        rewrite(f, 'docs/metrics.json', JSON.stringify(metrics));
      },
      'docs/metrics.json states accuracy 0.99, but docs/test_predictions.csv gives',
    ],
    [
      'the predictions are cut',
      (f) =>
        rewrite(
          f,
          'docs/test_predictions.csv',
          readFileSync(join(f, 'docs/test_predictions.csv'), 'utf8').split('\n').slice(0, 9).join('\n'),
        ),
      'docs/metrics.json states',
    ],
    [
      'the predictions are text',
      (f) => rewrite(f, 'docs/test_predictions.csv', 'id,truth_0,score_0,score_1,score_2\n0,0,x,0,0\n'),
      'docs/test_predictions.csv has a wrong line 2',
    ],
    [
      'the predictions have other columns',
      (f) => rewrite(f, 'docs/test_predictions.csv', 'a,b\n'),
      'docs/test_predictions.csv has the columns "a,b"',
    ],
    [
      'the genotype is another one',
      (f) =>
        rewrite(
          f,
          'architecture.json',
          readFileSync(join(f, 'architecture.json'), 'utf8').replace('"conv_5x5"', '"conv_7x7"'),
        ),
      'architecture.json describes a different network from models/model.onnx',
    ],
    [
      'the architecture is empty',
      (f) => rewrite(f, 'architecture.json', '{}'),
      'architecture.json does not describe a network of the search space',
    ],
    ['a document is not JSON', (f) => rewrite(f, 'docs/metrics.json', 'x'), 'docs/metrics.json is not JSON'],
    [
      'the network has other weights',
      (f) => {
        const model = decodeModel(readFileSync(join(f, 'models/model.onnx')));
        const bias = model.graph!.initializer.find(({ name }) => name === 'classifier.bias')!;
        bias.raw_data = Buffer.from(Float32Array.of(3, 0, 0).buffer);
        for (const path of ['models/model.onnx', 'triton/tiny/1/model.onnx']) rewrite(f, path, encodeModel(model));
      },
      'from sample/expected_output.npy: do not use this bundle on this computer',
    ],
    [
      'the network of the Triton folder is another one',
      (f) => rewrite(f, 'triton/tiny/1/model.onnx', 'x'),
      'triton/tiny/1/model.onnx differs from models/model.onnx',
    ],
    [
      'the sample has a different shape',
      (f) => rewrite(f, 'sample/input.npy', readFileSync(join(f, 'sample/expected_output.npy'))),
      'sample/input.npy is float32 of shape (4, 3)',
    ],
  ])('with a manifest that agrees is found: %s', async (_, damage, message) => {
    const folder = copy();
    damage(folder);
    await expect(verifyBundle(folder)).rejects.toThrow(message);
  });

  it('is not verified with another dataset', async () => {
    await expect(verifyBundle(exported.folder, { dataset: { ...dataset, sha256: 'cd'.repeat(32) } })).rejects.toThrow(
      'tiny.npz is not the dataset of this bundle (SHA-256 abababababab…): give the dataset that the model was trained on',
    );
  });

  it('whose test images give something else is found with the dataset', async () => {
    const images = { ...dataset.parts.test.images, pixels: dataset.parts.test.images.pixels.map((p) => 255 - p) };
    const other = { ...dataset, parts: { ...dataset.parts, test: { ...dataset.parts.test, images } } };
    await expect(verifyBundle(exported.folder, { dataset: other })).rejects.toThrow(
      /^this computer and docs\/test_predictions.csv disagree by \S+ in a probability \(at most 0\.0001 is allowed\)/,
    );
  });
});
