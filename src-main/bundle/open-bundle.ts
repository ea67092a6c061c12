import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { checkGenotype } from '../training/genotype-file.js';
import { countParameters } from '../space/parameter-count.js';
import { elements, planNetwork, weightSpecs } from '../space/network-plan.js';
import { readBundleFiles, type BundleFiles } from './bundle-files.js';
import type { Classifier } from './classifier.js';
import { pixelRuleSchema, ruleOfArrays, type PixelRule } from '../vocabulary/pixel-rule.js';
import { operatingPointSchema, type OperatingPoint } from '../vocabulary/operating-point.js';
import { checkOnnx } from './onnx-check.js';
import type { OnnxModel, OnnxValue } from './onnx-schema.js';
import { OnnxSession } from './onnx-session.js';
import { taskSchema } from '../vocabulary/task.js';
import { PIXEL_RULE } from './preprocessing.js';

export const MODEL = 'models/model.onnx';
export const LABELS = 'labels.txt';
export const OPERATING_POINT = 'configs/operating_point.json';
export const CALIBRATION = 'configs/calibration.json';

const calibrationSchema = z.object({ temperature: z.number().positive() });

const architectureSchema = z.object({
  space: z.strictObject({
    channels: z.int().min(1).max(1024),
    cells: z.int().min(1).max(32),
    inputChannels: z.union([z.literal(1), z.literal(3)]),
    classes: z.int().min(2).max(1000),
    stemHalvings: z.int().min(0).max(4).optional(),
  }),
  genotype: z.unknown(),
  parameters: z.int(),
});

/** A bundle that is whole and agrees with itself, its network open. Release the session after use. */
export interface OpenBundle extends Classifier {
  readonly files: BundleFiles;
  readonly onnx: OnnxModel;
  /** Of the calibrated probabilities; null in a bundle that has none. */
  readonly temperature: number | null;
}

/**
 * Opens a bundle of unknown origin: files against the manifest, the network's content, labels and sizes against each other.
 * @throws UserError kinds `bundle-…` and `onnx-…`, naming the file
 */
export async function openBundle(folder: string, threads = 0): Promise<OpenBundle> {
  const files = await readBundleFiles(folder);
  const named = (path: string): string => join(folder, path);
  const bytes = files.read(MODEL);
  const onnx = checkOnnx(bytes, named(MODEL));
  const contradiction = (path: string, what: string): UserError =>
    new UserError('bundle-content', `${named(path)} ${what}: the bundle contradicts itself; export the model again`);

  const labels = files.readText(LABELS).replace(/\n$/, '').split('\n');
  const inside = new Map(onnx.metadata_props.map(({ key, value }) => [key, value]));
  const metadata = json(files, 'configs/metadata.json');
  const metrics = json(files, 'docs/metrics.json');
  const others: readonly [string, unknown][] = [
    [MODEL, parse(inside.get('labels'))],
    ['configs/metadata.json', at(metadata, ['network_data_format', 'outputs', 'pred', 'channel_def'])],
    ['docs/metrics.json', labelsOf(at(metrics, ['test', 'perClass']))],
  ];
  for (const [path, value] of others) {
    const named_ = Object.values(value ?? {}).map(String);
    const differs = labels.findIndex((label, k) => label !== named_[k]);
    if (differs >= 0 || named_.length !== labels.length) {
      const k = Math.max(0, differs);
      throw contradiction(
        LABELS,
        `names label ${String(k)} "${labels[k] ?? ''}", ${path} "${named_[k] ?? ''}" (${String(labels.length)} and ${String(named_.length)} labels)`,
      );
    }
  }

  const parsed = architectureSchema.safeParse(json(files, 'architecture.json'));
  if (!parsed.success) throw contradiction('architecture.json', 'does not describe a network of the search space');
  const { space, parameters } = parsed.data;
  const genotype = checkGenotype(parsed.data.genotype, named('architecture.json'), space.cells);
  const plan = planNetwork(space, genotype);
  if (inside.get('genotype') !== JSON.stringify(genotype) || countParameters(space, genotype) !== parameters) {
    throw contradiction('architecture.json', `describes a different network from ${MODEL}`);
  }
  const filters = weightSpecs(plan).filter(({ role }) => role === 'filter' || role === 'kernel');
  const held = onnx.graph!.initializer.filter(({ name }) => /\.(filter|kernel)$/.test(name));
  const count = held.reduce((sum, { dims }) => sum + elements(dims), 0);
  if (count !== filters.reduce((sum, { shape }) => sum + elements(shape), 0)) {
    throw contradiction('architecture.json', `describes a network of a different size from ${MODEL}`);
  }
  if (labels.length !== space.classes)
    throw contradiction(LABELS, `has ${String(labels.length)} labels for ${String(space.classes)} outputs`);

  const task = taskSchema.safeParse(inside.get('task'));
  if (!task.success) throw contradiction(MODEL, 'does not name a task');
  const [image] = onnx.graph!.input.map(dimensions);
  const [channels, size, width] = image?.slice(1) ?? [];
  if (
    onnx.graph!.input.length !== 1 ||
    channels !== space.inputChannels ||
    size !== width ||
    size === undefined ||
    size < 4 ||
    size > 4096
  ) {
    throw contradiction(MODEL, `takes images of shape ${String(image)}`);
  }
  const shape = { channels: space.inputChannels, size, outputs: space.classes };
  const operatingPoint = operatingPointOf(files);
  if (operatingPoint && labels[operatingPoint.finding] !== operatingPoint.label) {
    throw contradiction(OPERATING_POINT, `is for class ${operatingPoint.finding} "${operatingPoint.label}"`);
  }
  const temperature = temperatureOf(files);
  const pixelRule = ruleOf(files, size, space.inputChannels);
  if (pixelRule.size !== size || pixelRule.channels !== space.inputChannels) {
    const made = `${String(pixelRule.size)}×${String(pixelRule.size)} with ${String(pixelRule.channels)} channels`;
    throw contradiction(PIXEL_RULE, `makes images of ${made}`);
  }
  const session = await OnnxSession.open(bytes, named(MODEL), shape, threads);
  if (session.calibrated !== (temperature !== null)) {
    await session.release();
    throw contradiction(
      MODEL,
      session.calibrated ? `is calibrated and ${CALIBRATION} is missing` : `lacks what ${CALIBRATION} describes`,
    );
  }
  return { files, onnx, labels, task: task.data, shape, pixelRule, session, operatingPoint, temperature };
}

/** @throws UserError `bundle-content` */
function operatingPointOf(files: BundleFiles): OperatingPoint | null {
  return files.has(OPERATING_POINT) ? parsedBy(operatingPointSchema, files, OPERATING_POINT) : null;
}

/** The rule of the bundle; one that names none takes images as older versions did. @throws UserError `bundle-content` */
function ruleOf(files: BundleFiles, size: number, channels: 1 | 3): PixelRule {
  return files.has(PIXEL_RULE) ? parsedBy(pixelRuleSchema, files, PIXEL_RULE) : ruleOfArrays(size, channels);
}

/** @throws UserError `bundle-content` */
function temperatureOf(files: BundleFiles): number | null {
  return files.has(CALIBRATION) ? parsedBy(calibrationSchema, files, CALIBRATION).temperature : null;
}

function parsedBy<T>(schema: z.ZodType<T>, files: BundleFiles, path: string): T {
  const { success, data } = schema.safeParse(json(files, path));
  if (success) return data;
  throw new UserError('bundle-content', `${join(files.folder, path)} has invalid content: export the model again`);
}

/** Dimensions of a value; −1 where any size may be. */
function dimensions(value: OnnxValue): number[] {
  return (value.type?.tensor_type?.shape?.dim ?? []).map(({ dim_param, dim_value }) =>
    dim_param === undefined ? (dim_value ?? -1) : -1,
  );
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

/** @throws UserError `bundle-content` */
export function json(files: BundleFiles, path: string): unknown {
  try {
    return JSON.parse(files.readText(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('bundle-content', `${join(files.folder, path)} is not JSON: export the model again`);
  }
}

/** The value at a path of keys, undefined where there is none. */
export function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function labelsOf(perClass: unknown): unknown {
  return Array.isArray(perClass) ? perClass.map((entry) => at(entry, ['label'])) : null;
}
