import { stat, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import type { WeightArrays } from './folding.js';
import { retrainConfigSchema } from '../vocabulary/run-config.js';
import { pixelRuleSchema, ruleOfArrays, type PixelRule } from '../vocabulary/pixel-rule.js';
import { spaceSettingsSchema } from '../vocabulary/space.js';
import { checkGenotype } from './genotype-file.js';
import { countParameters } from '../space/parameter-count.js';
import { batchNormSpecs, planNetwork, weightSpecs, type NetworkPlan } from '../space/network-plan.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';
import { checkWeights } from './training-network.js';
import { taskSchema } from '../vocabulary/task.js';

/** Largest model file that is opened. */
const MAX_BYTES = 1024 ** 3;
const FORMAT = 'medforge-model-1';

const count = z.int().min(0);
const description = z.strictObject({
  space: z.strictObject(spaceSettingsSchema.unwrap().shape),
  genotype: z.unknown(),
  task: taskSchema,
  labels: z.array(z.string().min(1).max(200)),
  /** Height and width of an image. */
  size: z.int().min(4).max(4096),
  /** How its images were made of files; absent where they came as arrays. */
  pixelRule: pixelRuleSchema.optional(),
  dataset: z.strictObject({
    name: z.string().max(200),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    catalogueId: z.string().max(200).nullable(),
    licence: z.string().max(200).nullable(),
    synthetic: z.boolean(),
    samples: z.strictObject({ train: count, val: count, test: count }),
  }),
  seed: z.int(),
  selectedEpoch: count,
  selectionRule: z.string().max(200),
  recipe: z.strictObject(
    retrainConfigSchema.unwrap().pick({
      epochs: true,
      batch: true,
      learningRate: true,
      warmupEpochs: true,
      weightDecay: true,
      labelSmoothing: true,
      mixup: true,
      cutmix: true,
      movingAverage: true,
      classWeighting: true,
      selection: true,
    }).shape,
  ),
  /** Trainable parameters of the network. */
  parameters: count,
  /** Version of MedForge that trained it. */
  program: z.string().max(50),
});

/** Everything about a trained network but its weights. */
export type ModelDescription = Omit<z.infer<typeof description>, 'genotype'> & {
  readonly genotype: NetworkPlan['genotype'];
};

/** The rule by which files become images of a model: the one that its dataset was made by. */
export function pixelRuleOf({ pixelRule, size, space }: ModelDescription): PixelRule {
  return pixelRule ?? ruleOfArrays(size, space.inputChannels === 1 ? 1 : 3);
}

export interface Model {
  readonly description: ModelDescription;
  readonly plan: NetworkPlan;
  readonly weights: WeightArrays;
}

/**
 * Writes a model as one safetensors file: the weights by name (filters HWIO), the description as JSON under `model` in
 * the metadata. Equal models give equal bytes.
 */
export async function writeModel(path: string, model: Model): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape } of storedShapes(model.plan)) tensors.set(name, { shape, values: model.weights[name]! });
  // through the schema, which puts the keys in one order and refuses to write what could not be read
  const { genotype, ...rest } = description.parse(model.description);
  const metadata = {
    format: FORMAT,
    model: JSON.stringify({ ...rest, genotype: checkGenotype(genotype, path, rest.space.cells) }),
  };
  writeDurably(path, [encodeSafetensors({ tensors, metadata })]);
}

/** @throws UserError `model-missing`, `model-too-large`, `safetensors-damaged`, `model-invalid` */
export async function readModel(path: string): Promise<Model> {
  const bytes = await readBytes(path);
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const invalid = (what: string): UserError =>
    new UserError('model-invalid', `${path} is not a MedForge model (${what}): train the model again`);
  if (metadata['format'] !== FORMAT) throw invalid(`its format is ${metadata['format'] ?? 'not named'}, not ${FORMAT}`);
  let json: unknown;
  try {
    json = JSON.parse(metadata['model'] ?? '');
  } catch {
    throw invalid('its description is not JSON');
  }
  const parsed = description.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(`${issue.path.join('.') || 'its description'}: ${issue.message}`);
  }
  const { space } = parsed.data;
  const genotype = checkGenotype(parsed.data.genotype, path, space.cells);
  const plan = planNetwork(space, genotype);
  const { size, channels } = pixelRuleOf({ ...parsed.data, genotype });
  if (size !== parsed.data.size || channels !== space.inputChannels) throw invalid('its rule makes other images');
  if (parsed.data.labels.length !== space.classes) throw invalid('it does not have one label for each class');
  const weights = Object.fromEntries([...tensors].map(([name, { values }]) => [name, values]));
  try {
    checkWeights(plan, weights);
  } catch (error) {
    throw invalid((error as Error).message);
  }
  for (const { name, shape } of storedShapes(plan)) {
    if (tensors.get(name)!.shape.join() !== shape.join()) throw invalid(`${name} has a different shape`);
    if (weights[name]!.some((value) => !Number.isFinite(value))) throw invalid(`${name} is not finite`);
  }
  if (countParameters(space, genotype) !== parsed.data.parameters) throw invalid('its number of parameters differs');
  return { description: { ...parsed.data, genotype }, plan, weights };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new UserError(
        'model-too-large',
        `${path} has ${String(size)} bytes, a model at most ${String(MAX_BYTES)}: give the path of a MedForge model`,
      );
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError(
      'model-missing',
      `the model ${path} cannot be read (${code}): train it again, or put the file back`,
      { cause: error },
    );
  }
}

function storedShapes(plan: NetworkPlan): { readonly name: string; readonly shape: readonly number[] }[] {
  return [
    ...weightSpecs(plan),
    ...batchNormSpecs(plan).flatMap(({ name, channels }) => [
      { name: `${name}.mean`, shape: [channels] },
      { name: `${name}.variance`, shape: [channels] },
    ]),
  ];
}
