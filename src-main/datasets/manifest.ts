import { datasetManifestSchema, type DatasetManifest } from '../vocabulary/dataset-manifest.js';
import { sayIssue } from '../schema-issue.js';
import type { Grouping, Labels, Part, Subjects } from './dataset.js';
import { UNKNOWN_VALUE } from './dataset.js';
import { PARTS, type Structure } from './medmnist-structure.js';
import type { NpyArray } from './npy.js';
import type { NpzArchive } from './npz.js';
import { refusal } from './refusal.js';

/** Array that holds what a dataset file says of itself, JSON in UTF-8. */
export const MANIFEST = 'medforge_dataset';

const IMPORT_AGAIN = 'Import the images again';

/**
 * What a dataset file says of itself; null of a file that another program wrote.
 * @throws UserError `dataset-manifest` when it contradicts the arrays or itself
 */
export async function readManifest(archive: NpzArchive, structure: Structure): Promise<DatasetManifest | null> {
  if (!archive.has(MANIFEST)) return null;
  const fail = (wrong: string): Error => refusal('dataset-manifest', archive.file.path, wrong, IMPORT_AGAIN);
  const { data } = await archive.read(MANIFEST);
  if (!(data instanceof Uint8Array)) throw fail(`${MANIFEST} is not text`);
  let said: unknown;
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    throw fail(`${MANIFEST} is not JSON`);
  }
  const parsed = datasetManifestSchema.safeParse(said);
  if (!parsed.success) throw fail(`${MANIFEST} is not what this version writes: ${sayIssue(parsed.error.issues[0]!)}`);
  const { task, labels } = parsed.data;
  const several = task === 'multi-label, binary-class';
  if (structure.labelsPerImage !== (several ? labels.length : 1)) {
    throw fail(`it names ${String(labels.length)} labels but has ${String(structure.labelsPerImage)} per image`);
  }
  return parsed.data;
}

/**
 * Whose images the parts hold; undefined where the manifest knows neither patients nor groupings.
 * @throws UserError `dataset-manifest`
 */
export async function readSubjects(
  archive: NpzArchive,
  { groupings }: DatasetManifest,
  counts: Structure['counts'],
): Promise<{ readonly [part in Part]: Subjects } | undefined> {
  const known = PARTS.some((part) => archive.has(`${part}_patients`));
  if (!known && groupings.length === 0) return undefined;
  const fail = (wrong: string): Error => refusal('dataset-manifest', archive.file.path, wrong, IMPORT_AGAIN);
  const read = async (name: string, shape: readonly number[]): Promise<NpyArray['data']> => {
    if (!archive.has(name)) throw fail(`it lacks ${name}`);
    const array = await archive.read(name);
    if (array.shape.join() === shape.join()) return array.data;
    throw fail(`${name} has the shape (${array.shape.join(', ')}), not (${shape.join(', ')})`);
  };
  const subjectsOf = async (part: Part): Promise<Subjects> => {
    const count = counts[part];
    const patients = known ? Int32Array.from(await read(`${part}_patients`, [count]), Number) : null;
    const columns = groupings.length;
    const values = columns === 0 ? [] : await read(`${part}_groups`, [count, columns]);
    return {
      patients,
      groupings: groupings.map(({ name, values: texts }, g): Grouping => {
        const valueOf = Uint16Array.from({ length: count }, (_, i) => Number(values[i * columns + g]!));
        if (valueOf.some((value) => value >= texts.length && value !== UNKNOWN_VALUE)) {
          throw fail(`${part}_groups has a value of ${name} that is not named`);
        }
        return { name, values: texts, valueOf };
      }),
    };
  };
  return { train: await subjectsOf('train'), val: await subjectsOf('val'), test: await subjectsOf('test') };
}

/** Labels of the parts with what is known of whom their images are of. */
export function withSubjects(
  labels: { readonly [part in Part]: Labels },
  subjects: { readonly [part in Part]: Subjects } | undefined,
): { readonly [part in Part]: Labels } {
  if (!subjects) return labels;
  const of = (part: Part): Labels => ({ ...labels[part], subjects: subjects[part] });
  return { train: of('train'), val: of('val'), test: of('test') };
}
