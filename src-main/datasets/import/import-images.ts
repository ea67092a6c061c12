import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { count } from '../../number-text.js';
import { PROGRAM_VERSION } from '../../version.js';
import type { DatasetManifest } from '../../vocabulary/dataset-manifest.js';
import type { ImageImport } from '../../vocabulary/image-import.js';
import type { ImportPlan } from '../../vocabulary/import-plan.js';
import { describePixelRule, type PixelRule } from '../../vocabulary/pixel-rule.js';
import { PART_NAMES, UNKNOWN_VALUE } from '../dataset.js';
import { SOURCES, sourcesHead, sourcesLine, type ImageSource } from '../image-sources.js';
import { MANIFEST } from '../manifest.js';
import { PARTS } from '../medmnist-structure.js';
import { inspectDataset, type DatasetDescription } from '../medmnist.js';
import { littleEndian, MAX_NPY_BYTES } from '../npy.js';
import { applyRule, openFrames } from '../pixels/index.js';
import { formatBytes } from '../refusal.js';
import { planImport, requireDecided, type PlannedImport } from '../sources/index.js';
import { ArchiveWriter } from './archive-writer.js';
import { headerPatients } from './header-patients.js';
import { inOrder } from './in-order.js';
import { survey, type ImportedImage, type Survey } from './survey.js';

export interface ImportProgress {
  readonly step: 'checking the images' | 'reading the images';
  readonly done: number;
  readonly total: number;
}

export interface ImportOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Imports the images of a person into a dataset file of MedForge's own. The same files with the same choices give the same bytes; memory
 * does not grow with the number of images. Nothing lies under the path before all of it is written.
 * @param path of the file that is made; it must not be there
 * @param options `planned`: what `planWithHeaders` made of the same choices; default: planned here
 * @throws UserError `import-undecided`, `import-unreadable`, `import-too-large`, `image-intensity`; as `planImport`; the signal's reason
 */
export async function importImages(
  wanted: ImageImport,
  path: string,
  { planned, signal, onProgress = () => undefined }: ImportOptions & { readonly planned?: PlannedImport } = {},
): Promise<DatasetDescription> {
  const { plan, images, location } = planned ?? (await planWithHeaders(wanted, signal));
  requireDecided(plan);
  const total = images.length;
  let looked = 0;
  const seen = await survey(location, images, wanted.pixels, {
    signal,
    onImage: () => onProgress({ step: 'checking the images', done: ++looked, total }),
  });
  requireReadable(seen, wanted);
  requireRoom(seen);
  await mkdir(dirname(path), { recursive: true });
  const writer = await ArchiveWriter.create(path);
  try {
    await writeImages(writer, location, plan, seen, wanted, { signal, onProgress });
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return inspectDataset(path, { signal });
}

/** A plan that knows the patients which DICOM headers name, where nothing else does. */
export function planWithHeaders(
  { choices }: Pick<ImageImport, 'choices'>,
  signal?: AbortSignal,
): Promise<PlannedImport> {
  return planImport(choices, { signal, readPatients: (location, images) => headerPatients(location, images, signal) });
}

function requireReadable({ unreadable, images }: Survey, { pixels }: ImageImport): void {
  if (unreadable.length === 0 || (pixels.unreadable === 'drop' && images.length > 0)) return;
  const first = unreadable.slice(0, 3).map(({ why }) => why.replace(/\.$/, ''));
  const more = unreadable.length > 3 ? `; and ${count(unreadable.length - 3)} more` : '';
  throw new UserError(
    'import-unreadable',
    `${count(unreadable.length)} of the files cannot be read: ${first.join('; ')}${more}. Repair them, or leave them out with --unreadable drop.`,
  );
}

function requireRoom({ rule, images }: Survey): void {
  for (const part of PARTS) {
    const bytes = images.filter((image) => image.part === part).length * rule.size ** 2 * rule.channels;
    if (bytes < MAX_NPY_BYTES) continue;
    throw new UserError(
      'import-too-large',
      `The ${PART_NAMES[part]} set would have ${formatBytes(bytes)}, more than the ${formatBytes(MAX_NPY_BYTES)} that can be read. Import smaller images (--size).`,
    );
  }
}

async function writeImages(
  writer: ArchiveWriter,
  location: string,
  plan: ImportPlan,
  { rule, images, unreadable, notes }: Survey,
  wanted: ImageImport,
  { signal, onProgress }: Required<Pick<ImportOptions, 'onProgress'>> & ImportOptions,
): Promise<void> {
  const lines: string[] = [sourcesHead()];
  let done = 0;
  for (const part of PARTS) {
    const of = images.filter((image) => image.part === part);
    const patientsText = ({ patient, patientNumber }: ImportedImage): string =>
      patientNumber < 0 ? '' : wanted.keepPatients ? (patient ?? '') : String(patientNumber);
    async function* pixels(): AsyncGenerator<Uint8Array> {
      const read = (image: ImportedImage): Promise<Read> => readImage(location, image, rule);
      let number = 0;
      for await (const [image, { bytes, ...source }] of inOrder(of, read, signal)) {
        const { path: file, frame, row } = image;
        lines.push(
          sourcesLine({
            part,
            number: number++,
            file,
            image: frame,
            row: row ?? '',
            patient: patientsText(image),
            ...source,
          }),
        );
        onProgress({ step: 'reading the images', done: ++done, total: images.length });
        yield bytes;
      }
    }
    const side = rule.size;
    await writer.add(
      `${part}_images`,
      'uint8',
      rule.channels === 1 ? [of.length, side, side] : [of.length, side, side, 3],
      pixels(),
    );
    await writer.add(`${part}_labels`, 'uint8', ...labelsOf(of, plan));
    if (plan.patients !== null) {
      const numbers = Int32Array.from(of, ({ patientNumber }) => patientNumber);
      await writer.add(`${part}_patients`, 'int32', [of.length], [littleEndian(numbers)]);
    }
    if (plan.groups.length > 0) {
      const values = Uint16Array.from(
        of.flatMap(({ groups }) => groups.map((value, g) => valueNumber(plan, g, value))),
      );
      await writer.add(`${part}_groups`, 'uint16', [of.length, plan.groups.length], [littleEndian(values)]);
    }
  }
  const text = async (name: string, content: string): Promise<void> => {
    const bytes = Buffer.from(content, 'utf8');
    await writer.add(name, 'uint8', [bytes.length], [bytes]);
  };
  const leftOut = unreadable.map(({ why }) => `left out: ${why.replace(/\.$/, '')}`);
  await text(MANIFEST, JSON.stringify(manifestOf(plan, rule, [...notes, ...leftOut], wanted)));
  await text(SOURCES, lines.join(''));
}

interface Read extends Pick<ImageSource, 'sha256' | 'preparation' | 'original'> {
  readonly bytes: Uint8Array;
}

async function readImage(location: string, { path, frame }: ImportedImage, rule: PixelRule): Promise<Read> {
  const file = join(location, path);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError('import-unreadable', `${file} can no longer be read. Import again when it is back.`, {
      cause: error,
    });
  });
  const opened = await openFrames({ name: file, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) });
  const image = await opened.read(frame);
  const { pixels, preparation } = applyRule(rule, image, file);
  const { format, width, height, bits } = image;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes: pixels, sha256, preparation, original: { format, width, height, bits } };
}

function labelsOf(images: readonly ImportedImage[], plan: ImportPlan): [shape: number[], data: Uint8Array[]] {
  if (plan.task !== 'multi-label, binary-class') {
    return [[images.length, 1], [Uint8Array.from(images, ({ labels }) => labels[0]!)]];
  }
  const classes = plan.classes.length;
  const values = new Uint8Array(images.length * classes);
  images.forEach(({ labels }, i) => labels.forEach((label) => (values[i * classes + label] = 1)));
  return [[images.length, classes], [values]];
}

function valueNumber({ groups }: ImportPlan, group: number, value: string | null): number {
  const found = groups[group]!.values.findIndex((known) => known.value === value);
  return found < 0 ? UNKNOWN_VALUE : found;
}

function manifestOf(plan: ImportPlan, rule: PixelRule, notes: readonly string[], wanted: ImageImport): DatasetManifest {
  const { task, classes, groups, patientsFrom, problems } = plan;
  const { name, licence, horizontalFlip, choices } = wanted;
  return {
    format: 'medforge-dataset-1',
    name,
    task,
    labels: classes.map((one) => one.name),
    horizontalFlip,
    licence,
    groupings: groups.map((group) => ({ name: group.name, values: group.values.map(({ value }) => value) })),
    pixels: rule,
    conversion: null,
    origin: {
      notes: [
        plan.inspection.sentence,
        ...(plan.inspection.table ? [plan.inspection.table.sentence.replace(/\.$/, '')] : []),
        ...plan.notes,
        ...notes,
        describePixelRule(rule),
      ],
      decisions: Object.fromEntries(problems.map(({ option, chosen }) => [option, chosen ?? ''])),
      seed: choices.split.seed,
      patientsFrom,
      version: PROGRAM_VERSION,
    },
  };
}
