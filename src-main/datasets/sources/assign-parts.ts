import { createRandom } from '../../compute/random.js';
import type { ImportChoices, ImportPlan } from '../../vocabulary/import-plan.js';
import { PART_NAMES, type Part } from '../dataset.js';
import { PARTS } from '../medmnist-structure.js';
import { splitByPatient } from '../patient-split.js';
import { counted } from './words.js';
import type { Problems } from './problems.js';

export interface PartSources {
  /** Of the images that are to be divided, in the order of their paths. */
  readonly names: readonly string[];
  readonly labels: readonly (readonly number[])[];
  readonly classes: number;
  /** Numbers; below 0: not known. */
  readonly patients: Int32Array;
  readonly patientNames: readonly string[];
  /** Null: the image stands in none. */
  readonly given: readonly (Part | null)[];
}

export interface AssignedParts {
  /** Of each image; null: it is left out. */
  readonly parts: readonly (Part | null)[];
  readonly split: ImportPlan['split'];
}

/** The parts of images: those that they have, as far as they can be kept, or drawn by patient. */
export function assignParts(
  sources: PartSources,
  { anew, shares, seed }: ImportChoices['split'],
  problems: Problems,
): AssignedParts {
  const drawn = (): AssignedParts => {
    const parts = splitByPatient({ ...sources, shares }, createRandom(seed, 'import-split'));
    return { parts: [...parts].map((part) => PARTS[part]!), split: 'anew' };
  };
  if (anew || sources.given.every((part) => part === null)) return drawn();
  const parts = [...sources.given];
  // an image that is left out must not be one of a patient who is moved
  const unknown = askUnknown(sources, problems);
  const missing = askMissing(parts, problems);
  if (missing === 'from-train') drawMissing(sources, parts, shares, seed);
  const across = askAcross(sources, parts, problems);
  if (unknown === 'anew' || missing === 'anew' || across === 'anew') return drawn();
  if (across === 'majority') moveToMajority(sources.patients, parts);
  return { parts, split: missing === 'from-train' ? 'completed' : 'kept' };
}

function askUnknown({ names, given }: PartSources, problems: Problems) {
  const unknown = given.flatMap((part, image) => (part === null ? [image] : []));
  if (unknown.length === 0) return null;
  const sentence = `${counted(unknown.length, 'image')} ${unknown.length === 1 ? 'is' : 'are'} not in a set called train, val or test`;
  return problems.meet(
    'unknown-parts',
    unknown.length,
    sentence,
    unknown.slice(0, 10).map((image) => names[image]!),
  );
}

function askMissing(parts: readonly (Part | null)[], problems: Problems) {
  const missing = PARTS.filter((part) => !parts.includes(part));
  if (missing.length === 0) return null;
  const sentence = `The images are split, but there is no ${missing.map((part) => PART_NAMES[part]).join(' and no ')} set`;
  const possible = missing.includes('train') ? (['anew'] as const) : (['from-train', 'anew'] as const);
  return problems.meet('missing-parts', missing.length, sentence, [], possible);
}

/** Draws missing parts from train, in the shares that they and train have of all. */
function drawMissing(
  sources: PartSources,
  parts: (Part | null)[],
  shares: ImportChoices['split']['shares'],
  seed: number,
): void {
  const share = (part: Part): number => (part === 'train' || !parts.includes(part) ? shares[part] : 0);
  const from = parts.flatMap((part, image) => (part === 'train' ? [image] : []));
  const drawn = splitByPatient(
    {
      patients: Int32Array.from(from, (image) => sources.patients[image]!),
      labels: from.map((image) => sources.labels[image]!),
      classes: sources.classes,
      shares: { train: share('train'), val: share('val'), test: share('test') },
    },
    createRandom(seed, 'import-split'),
  );
  from.forEach((image, i) => (parts[image] = PARTS[drawn[i]!]!));
}

function askAcross({ patients, patientNames }: PartSources, parts: readonly (Part | null)[], problems: Problems) {
  const found = countByPatient(patients, parts);
  const across = [...found].filter(([, counts]) => counts.filter((number) => number > 0).length > 1);
  if (across.length === 0) return null;
  const images = across.reduce((sum, [, counts]) => sum + counts[0]! + counts[1]! + counts[2]!, 0);
  const sentence = `${counted(across.length, 'patient')} ${across.length === 1 ? 'is' : 'are'} in more than one set, with ${counted(images, 'image')}`;
  const examples = across.slice(0, 10).map(([patient, counts]) => {
    const where = PARTS.flatMap((part, i) => (counts[i]! > 0 ? [`${part} ${counts[i]!}`] : []));
    return `${patientNames[patient]!}: ${where.join(', ')}`;
  });
  return problems.meet('patients-across-parts', across.length, sentence, examples);
}

/** Images of each known patient in train, val and test. */
function countByPatient(patients: Int32Array, parts: readonly (Part | null)[]): Map<number, number[]> {
  const counts = new Map<number, number[]>();
  patients.forEach((patient, image) => {
    const part = parts[image] ?? null;
    if (patient < 0 || part === null) return;
    const those = counts.get(patient) ?? [0, 0, 0];
    those[PARTS.indexOf(part)]!++;
    counts.set(patient, those);
  });
  return counts;
}

/** Of parts with equally many images of a patient: the first of train, val, test. */
function moveToMajority(patients: Int32Array, parts: (Part | null)[]): void {
  const counts = countByPatient(patients, parts);
  patients.forEach((patient, image) => {
    const those = counts.get(patient);
    if (those !== undefined && parts[image] !== null) parts[image] = PARTS[those.indexOf(Math.max(...those))]!;
  });
}
