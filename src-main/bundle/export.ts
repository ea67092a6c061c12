import { lstat, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { renameDurably, writeAll } from '../durable-file.js';
import type { Dataset } from '../datasets/dataset.js';
import { testTwins } from '../datasets/health/test-twins.js';
import { encodeNpy } from '../datasets/npy.js';
import { UserError } from '../errors.js';
import { evaluateModel, predictionsOf } from '../training/evaluate.js';
import { foldNetwork } from '../training/folding.js';
import { diagnose } from '../training/metrics/diagnostics.js';
import { partMetrics } from '../training/metrics/part-metrics.js';
import { fitTemperature } from '../training/metrics/temperature.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { pixelRuleOf, type Model } from '../training/model-file.js';
import { turnOf } from '../training/turn.js';
import { PROGRAM_VERSION } from '../version.js';
import { requireAgreement } from './agreement.js';
import { imageShape } from './classifier.js';
import type { ExportContext } from './export-context.js';
import { bundleLicence, dataLicence } from './licences.js';
import { encodeManifest, MANIFEST, sha256 } from './manifest.js';
import {
  architecture,
  calibrationDocument,
  metricsDocument,
  monaiMetadata,
  onnxMetadata,
  operatingPointDocument,
  provenance,
  type ExportCheck,
} from './metadata.js';
import { modelCard } from './model-card.js';
import { checkOnnx } from './onnx-check.js';
import { OnnxSession, SESSION_BATCH } from './onnx-session.js';
import { writeOnnx } from './onnx-writer.js';
import { CALIBRATION, LABELS, MODEL, OPERATING_POINT } from './open-bundle.js';
import { encodePredictions } from './predictions-csv.js';
import { drawSample, SAMPLE_COUNT } from './sample.js';
import { PIXEL_RULE, pixelRuleDocument, preprocessorConfig } from './preprocessing.js';
import { tritonConfig } from './triton.js';
import { checkCalibration } from './calibration-check.js';
import { PREDICTIONS, VALIDATION_PREDICTIONS } from './diagnostics-check.js';
import { checkBatch, firstBatch, verifyBundle } from './verify.js';
import type { VerifyReport } from '../vocabulary/verify-report.js';

export interface ExportRequest extends ExportContext {
  readonly model: Model;
  /** The dataset that the model was trained on, loaded. */
  readonly dataset: Dataset;
  /** Folder in which the bundle's folder `<name>-<version>` is made; made when it is not there. */
  readonly out: string;
  /** Of onnxruntime; default its choice. */
  readonly threads?: number;
  /** What happens now; `done` of `total` steps. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
  /** Aborted: everything written is removed and the signal's reason thrown. */
  readonly signal?: AbortSignal;
}

export interface ExportResult {
  /** `<out>/<name>-<version>` */
  readonly folder: string;
  readonly bytes: number;
  readonly check: ExportCheck;
  readonly verification: VerifyReport;
}

const STEPS = [
  'evaluate',
  'write the network',
  'run the test set in onnxruntime',
  'write the files',
  'verify',
  'finish',
];

/**
 * Exports a trained network as a verified bundle. All is written into a hidden folder beside the target, opened again from
 * there with onnxruntime, compared with the engine on the whole test part, verified, and renamed as a whole at the end:
 * under the final name there is a verified bundle or nothing. A compute backend must be active.
 * @throws UserError `bundle-exists`, `bundle-name`, `bundle-dataset`, `bundle-disagreement`, `disk-full`, `export-folder`
 */
export async function exportBundle(request: ExportRequest): Promise<ExportResult> {
  const { model, dataset } = request;
  checkName(request);
  if (dataset.sha256 !== model.description.dataset.sha256) {
    throw new UserError(
      'bundle-dataset',
      `${dataset.path} is not the file that the model was trained on (SHA-256 ${model.description.dataset.sha256.slice(0, 12)}…): use that file`,
    );
  }
  const out = resolve(request.out);
  const folder = join(out, `${request.name}-${request.version}`);
  const temporary = join(out, `.${request.name}-${request.version}.exporting-${String(process.pid)}`);
  try {
    await demandFree(folder);
    await mkdir(out, { recursive: true });
    await removeAbandoned(out, `.${request.name}-${request.version}.exporting-`);
    await mkdir(temporary);
    const result = await build(request, temporary);
    await demandFree(folder);
    renameDurably(temporary, folder);
    return { ...result, folder, verification: { ...result.verification, folder } };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw explain(error, out);
  }
}

async function build(request: ExportRequest, folder: string): Promise<Omit<ExportResult, 'folder'>> {
  const { model, dataset, threads = 0 } = request;
  const { description } = model;
  const turn = turnOf(request.signal);
  let done = 0;
  const next = (): void => {
    request.signal?.throwIfAborted();
    request.onProgress?.(STEPS[done]!, done, STEPS.length);
    done++;
  };
  next();
  const engine = await evaluateModel(model, dataset, 'test', turn);
  const before = await evaluateModel(model, dataset, 'val', turn);
  const twins = await testTwins(dataset, turn);
  const { training, validation: ofEngine } = predictionsOf(dataset, before, engine, twins);
  const temperature = Math.fround(fitTemperature(ofEngine));

  next();
  const onnx = writeOnnx(
    foldNetwork(model.plan, model.weights),
    description,
    onnxMetadata(description, request),
    temperature,
  );
  await writeFile(folder, MODEL, onnx);

  next();
  const written = await readFile(join(folder, MODEL));
  checkOnnx(written, MODEL);
  const shape = imageShape(model);
  const session = await OnnxSession.open(written, MODEL, shape, threads);
  const files = new Map<string, Uint8Array | string>();
  let check: ExportCheck;
  try {
    const scored = async (part: 'val' | 'test'): Promise<ScoredPart> => {
      const { images, labels } = dataset.parts[part];
      return { task: dataset.task, scores: await session.classify(images, SESSION_BATCH, turn), truth: labels };
    };
    const [validation, test] = [await scored('val'), await scored('test')];
    const reference: ScoredPart = { task: dataset.task, scores: engine.scores, truth: test.truth };
    const largestDifference = requireAgreement(test, reference, 'onnxruntime and the training engine');
    const batch = firstBatch(dataset);
    const batchDifference = await checkBatch(session, batch.images, batch.count, MODEL, turn);
    await checkCalibration(session, batch.images, batch.count, { task: dataset.task, temperature }, MODEL);
    check = { images: test.scores.count, largestDifference, batchDifference };

    next();
    const validationMetrics = await partMetrics('val', validation, dataset.labels, turn);
    const testMetrics = await partMetrics('test', test, dataset.labels, turn);
    const { finding, operatingPoint } = request;
    const diagnostics = await diagnose(
      { validation, test, training, testTwins: twins },
      { labels: dataset.labels, finding, operatingPoint, temperature },
    );
    const sample = drawSample(shape);
    const expected = await session.run(sample, SAMPLE_COUNT);
    const { channels, size, outputs } = shape;
    const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
    const labels = `${description.labels.join('\n')}\n`;
    files.set(
      'README.md',
      modelCard(description, request, { validation: validationMetrics, test: testMetrics, diagnostics }, check),
    );
    files.set(LABELS, labels);
    files.set('LICENSE', bundleLicence());
    files.set('configs/metadata.json', asJson(monaiMetadata(description, request, diagnostics)));
    files.set('preprocessor_config.json', asJson(preprocessorConfig(pixelRuleOf(description))));
    files.set(PIXEL_RULE, asJson(pixelRuleDocument(pixelRuleOf(description))));
    files.set('architecture.json', asJson(architecture(description)));
    files.set('run.json', asJson(provenance(description, request)));
    files.set(
      'docs/metrics.json',
      asJson(metricsDocument({ validation: validationMetrics, test: testMetrics, diagnostics }, request, check)),
    );
    files.set(CALIBRATION, asJson(calibrationDocument(diagnostics)));
    if (operatingPoint) files.set(OPERATING_POINT, asJson(operatingPointDocument(operatingPoint)));
    files.set(VALIDATION_PREDICTIONS, encodePredictions(validation.scores, validation.truth));
    files.set(PREDICTIONS, encodePredictions(test.scores, test.truth));
    files.set('docs/data_license.txt', dataLicence(description));
    files.set(
      'sample/input.npy',
      encodeNpy({ dtype: 'float32', shape: [SAMPLE_COUNT, channels, size, size], data: sample }),
    );
    files.set(
      'sample/expected_output.npy',
      encodeNpy({ dtype: 'float32', shape: [SAMPLE_COUNT, outputs], data: expected }),
    );
    if (request.triton) {
      files.set(`triton/${request.name}/config.pbtxt`, tritonConfig(request.name, description));
      files.set(`triton/${request.name}/labels.txt`, labels);
      files.set(`triton/${request.name}/1/model.onnx`, onnx);
    }
  } finally {
    await session.release();
  }
  const entries = [{ path: MODEL, bytes: onnx.length, sha256: sha256(onnx) }];
  for (const [path, content] of files) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    await writeFile(folder, path, bytes);
    entries.push({ path, bytes: bytes.length, sha256: sha256(bytes) });
  }
  const { name, version } = request;
  const manifest = encodeManifest({ name, version, program: `MedForge ${PROGRAM_VERSION}`, files: entries });
  await writeFile(folder, MANIFEST, Buffer.from(manifest, 'utf8'));

  next();
  const verification = await verifyBundle(folder, { threads, turn });
  next();
  return { bytes: entries.reduce((sum, entry) => sum + entry.bytes, manifest.length), check, verification };
}

async function writeFile(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'wx', 0o644);
  try {
    await writeAll(handle, bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function checkName({ name, version }: ExportContext): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new UserError('bundle-name', `"${name}" cannot name a bundle: use up to 64 letters, digits, - and _`);
  }
  if (!/^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(version)) {
    throw new UserError('bundle-name', `"${version}" is not a version: write it like 1.0.0`);
  }
}

async function demandFree(folder: string): Promise<void> {
  const there = await lstat(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (there) {
    throw new UserError(
      'bundle-exists',
      `${folder} already exists: choose another version or folder, or remove it first`,
    );
  }
}

/** Removes what killed exports have left behind. */
async function removeAbandoned(out: string, prefix: string): Promise<void> {
  for (const entry of await readdir(out)) {
    if (!entry.startsWith(prefix)) continue;
    const pid = Number(entry.slice(prefix.length));
    if (Number.isInteger(pid) && pid !== process.pid && isRunning(pid)) continue;
    await rm(join(out, entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function explain(error: unknown, out: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(
      'disk-full',
      `the disk of ${out} is full: nothing was exported; free some space and export again`,
      {
        cause: error,
      },
    );
  }
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'EEXIST', 'EIO'].includes(code)) {
    return new UserError('export-folder', `${out} cannot be written to (${code}): choose another folder`, {
      cause: error,
    });
  }
  return error;
}
