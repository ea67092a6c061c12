import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import { count } from '../../number-text.js';
import type { ImportChoices, ImportPlan, Inspection } from '../../vocabulary/import-plan.js';
import type { Part } from '../dataset.js';
import { PARTS } from '../medmnist-structure.js';
import { assignParts, type AssignedParts } from './assign-parts.js';
import { groupImages, type ImageGroups } from './group-images.js';
import { joinTable, type JoinedRow } from './join-table.js';
import { counted } from './words.js';
import { labelImages, type LabelledDraft } from './label-images.js';
import type { ImageFile, ImageKind } from './list-files.js';
import { FileIndex } from './match-rows.js';
import { masksAmong } from './mask-files.js';
import { hintOfNames, nameBefore } from './names-of-patients.js';
import { partNamed } from './part-names.js';
import { describeTable, type Place } from './place.js';
import { Problems } from './problems.js';
import { joinLabelColumns } from './table/label-columns.js';
import { readRows } from './table/read-table.js';
import { isMissing } from './table/values.js';
import { useColumns, type UsedColumns } from './use-columns.js';

/** One image of an import. */
export interface PlannedImage {
  /** Relative to the location, with `/`. */
  readonly path: string;
  readonly kind: ImageKind;
  /** Row of the table, as a spreadsheet numbers it; null: none. */
  readonly row: number | null;
  /** Class numbers: one, or the labels that it has. */
  readonly labels: readonly number[];
  readonly patient: string | null;
  /** Number of the patient in the order of the images; −1: not known. */
  readonly patientNumber: number;
  readonly part: Part;
  /** In the order of the plan's groups. */
  readonly groups: readonly (string | null)[];
}

/** A plan, and the images that it is about, by path. They are those of the import only where the plan is ready. */
export interface PlannedImport {
  readonly plan: ImportPlan;
  /** The folder of the images, absolute. */
  readonly location: string;
  readonly images: readonly PlannedImage[];
}

export interface PlanOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of files that were found. */
  readonly onProgress?: ((files: number) => void) | undefined;
  /**
   * Reads what the headers of DICOM files say of their patients, by path. Called where no column, no folder and no name tells the
   * patients, and there are such files.
   * @param images DICOM files that are still in
   */
  readonly readPatients?:
    ((location: string, images: readonly ImageFile[]) => Promise<ReadonlyMap<string, string>>) | undefined;
}

const PREVIEW = 10;

/**
 * Plans an import: joins table and images, and decides nothing that is not decided by `choices`.
 * @param inspection of the place, by its source
 * @throws UserError `import-column-unknown`, `import-class-unknown`, `import-too-many-classes`, `import-one-class`,
 * `import-nothing-left`, `import-group-values`, `import-patient-folder`; as `readRows`
 */
export async function planImages(
  place: Place,
  inspection: Inspection,
  choices: ImportChoices,
  options: PlanOptions = {},
): Promise<PlannedImport> {
  const problems = new Problems(choices.decisions);
  const used = useColumns(place, choices, problems);
  const draft = new PlanDraft(place, choices, used, problems, options);
  const described = await draft.join(inspection);
  // each step takes its time with 100,000 images: who wants to stop is heard in between
  const turn = async (): Promise<void> => {
    await setImmediate();
    options.signal?.throwIfAborted();
  };
  await turn();
  draft.label();
  await turn();
  await draft.readHeaders();
  draft.nameParties();
  await turn();
  draft.divide();
  await turn();
  return draft.finish(described);
}

class PlanDraft {
  private readonly paths: readonly string[];
  private readonly notes: string[] = [];
  private rows: readonly (JoinedRow | null)[];
  /** Images that are still in. */
  private kept: number[];
  private labelled: LabelledDraft = { labels: [], names: [], multiLabel: false, notes: [] };
  private labels: (readonly number[] | null)[] = [];
  private names: readonly string[] = [];
  private patients: Int32Array;
  private patientNames: string[] = [];
  private patientsFrom = 'nothing';
  private headerPatients: ReadonlyMap<string, string> = new Map();
  private assigned: AssignedParts = { parts: [], split: 'anew' };

  constructor(
    private readonly place: Place,
    private readonly choices: ImportChoices,
    private readonly used: UsedColumns,
    private readonly problems: Problems,
    private readonly options: PlanOptions,
  ) {
    this.paths = place.contents.images.map(({ path }) => path);
    this.rows = this.paths.map(() => null);
    this.kept = [...this.paths.keys()];
    this.patients = new Int32Array(this.paths.length).fill(-1);
  }

  async join(inspection: Inspection): Promise<Inspection> {
    this.leaveMasksOut();
    const { table } = this.place;
    if (table === null) return inspection;
    const read = await readRows(table, this.used.positions, this.options.signal);
    const { label, labelColumns } = this.used;
    const rows = labelColumns.length === 0 ? read.rows : joinLabelColumns(read.rows, label!, labelColumns, table.path);
    const described = describeTable(table, this.place, { rows: rows.length, emptyRows: read.emptyRows });
    if (this.used.file !== null) {
      const all = this.kept.length === this.paths.length ? this.place.index : null;
      const index = all ?? new FileIndex(this.kept.map((image) => this.paths[image]!));
      const joined = joinTable(index, rows, this.used.labelFromFolders, this.problems);
      const byPath = [...this.rows];
      this.kept.forEach((image, i) => (byPath[image] = joined.rows[i]!));
      this.rows = byPath;
      this.kept = this.kept.filter((_, i) => !joined.dropped.has(i));
      this.notes.push(...joined.notes);
      const ambiguous = this.problems.all.some(({ kind }) => kind === 'ambiguous-files');
      if (ambiguous)
        this.requireSome('The rows name files that are in several folders', 'Give the folders too in the table');
      this.requireSome(
        'No row of the table matches an image',
        'Check the column with the file names (--file-column) and the folder',
      );
    }
    return { ...inspection, table: described };
  }

  private leaveMasksOut(): void {
    const masks = masksAmong(this.paths);
    if (masks.length === 0) return;
    const sentence = `${counted(masks.length, 'file')} ${masks.length === 1 ? 'is' : 'are'} named like the mask of an image next to it`;
    const examples = masks.slice(0, 10).map((image) => this.paths[image]!);
    if (this.problems.meet('mask-files', masks.length, sentence, examples) === 'keep') return;
    const out = new Set(masks);
    this.kept = this.kept.filter((image) => !out.has(image));
  }

  label(): void {
    const { layout } = this.place;
    const column = this.used.label;
    if (column === null && !this.used.labelFromFolders) {
      this.labels = this.paths.map(() => []);
      return;
    }
    const cells = column === null ? null : this.rows.map((row) => row?.cells[column] ?? null);
    const joined = this.used.labelColumns.length > 0;
    const sources = { paths: this.paths, kept: this.kept, cells, folders: layout.classes, joined };
    this.labelled = labelImages(sources, this.choices, this.problems);
    this.labels = [...this.labelled.labels];
    this.names = this.labelled.names;
    this.notes.push(...this.labelled.notes);
    this.kept = this.kept.filter((image) => this.labels[image] !== null);
    this.requireSome('No image has a label', 'Check the column with the labels (--label-column)');
    this.requireClasses();
  }

  private requireClasses(): void {
    if (this.names.length >= 2) return;
    throw new UserError(
      'import-one-class',
      `All images have the same label, “${this.names[0] ?? ''}”. A classifier needs at least two classes: check the column with the labels, or the folder.`,
    );
  }

  private requireSome(wrong: string, remedy: string): void {
    if (this.kept.length === 0) throw new UserError('import-nothing-left', `${wrong}. ${remedy}.`);
  }

  async readHeaders(): Promise<void> {
    const { readPatients } = this.options;
    const { patientFolder, patientBefore } = this.choices;
    if (readPatients === undefined || this.used.patient !== null || patientFolder !== null || patientBefore !== null)
      return;
    const dicom = this.kept.map((image) => this.place.contents.images[image]!).filter(({ kind }) => kind === 'dicom');
    if (dicom.length > 0) this.headerPatients = await readPatients(this.place.path, dicom);
  }

  /** Patients, in the order of the images. */
  nameParties(): void {
    const patientOf = this.patientSource();
    if (patientOf === null) {
      this.notes.push(
        'no patient is known: every image is treated as a separate patient, and images of one patient may be in several sets',
        ...hintOfNames(this.kept.map((image) => this.paths[image]!)),
      );
      return;
    }
    const known = new Map<string, number>();
    const without: number[] = [];
    for (const image of this.kept) {
      const name = patientOf(image);
      if (name === null) without.push(image);
      else {
        if (!known.has(name)) known.set(name, known.size);
        this.patients[image] = known.get(name)!;
      }
    }
    this.patientNames = [...known.keys()];
    if (without.length > 0 && this.askWithout(without) === 'drop') {
      this.kept = this.kept.filter((image) => this.patients[image]! >= 0);
      this.requireSome('No image has a patient', 'Check the column with the patients (--patient-column)');
    }
  }

  private askWithout(without: readonly number[]) {
    const sentence = `${counted(without.length, 'image')} ${without.length === 1 ? 'has' : 'have'} no patient`;
    const examples = without.slice(0, 10).map((image) => this.paths[image]!);
    return this.problems.meet('images-without-patient', without.length, sentence, examples);
  }

  private patientSource(): ((image: number) => string | null) | null {
    const { patient: column, patientName } = this.used;
    const { patientFolder, patientBefore } = this.choices;
    const { headerPatients } = this;
    if (column !== null) {
      this.patientsFrom = `column “${patientName!}”`;
      return (image) => nameOf(this.rows[image]?.cells[column]);
    }
    if (patientFolder !== null) {
      this.patientsFrom = `the folders of level ${patientFolder}`;
      const { layout } = this.place;
      if (!this.kept.some((image) => layout.foldersOf(image)[patientFolder - 1] !== undefined)) {
        throw new UserError(
          'import-patient-folder',
          `No image is in a folder of level ${patientFolder}. Level 1 is the outermost folder that differs between images.`,
        );
      }
      return (image) => nameOf(layout.foldersOf(image)[patientFolder - 1]);
    }
    if (patientBefore !== null) {
      this.patientsFrom = `the file names up to “${patientBefore}”`;
      return (image) => nameOf(nameBefore(this.paths[image]!, patientBefore) ?? undefined);
    }
    if (headerPatients.size === 0) return null;
    this.patientsFrom = 'the DICOM headers';
    return (image) => nameOf(headerPatients.get(this.paths[image]!));
  }

  /** Again where classes that lack in a part are left out: the others may then be divided anew. */
  divide(): void {
    this.assign(this.problems);
    let missing = this.missingClasses();
    if (missing.size === 0 || this.askMissing(missing) !== 'drop') return;
    while (missing.size > 0) {
      this.leaveClassesOut(missing);
      this.requireClasses();
      this.assign(new Problems(this.choices.decisions));
      missing = this.missingClasses();
    }
  }

  private assign(problems: Problems): void {
    const { kept, used, place } = this;
    const column = used.part;
    const sources = {
      names: kept.map((image) => this.paths[image]!),
      labels: kept.map((image) => this.labels[image]!),
      classes: this.names.length,
      patients: Int32Array.from(kept, (image) => this.patients[image]!),
      patientNames: this.patientNames,
      given: kept.map((image) => {
        return column === null ? place.layout.parts[image]! : partNamed(this.rows[image]?.cells[column] ?? '');
      }),
    };
    const { parts, split } = assignParts(sources, this.choices.split, problems);
    const byImage: (Part | null)[] = this.paths.map(() => null);
    kept.forEach((image, i) => (byImage[image] = parts[i]!));
    this.assigned = { parts: byImage, split };
    this.kept = kept.filter((image) => byImage[image] !== null);
    this.requireSome('No image is in a set', 'Check the column with the sets (--part-column)');
  }

  /** Classes that no image of some part has, with the words for it. */
  private missingClasses(): Map<number, string> {
    const counts = this.countClasses();
    const missing = new Map<number, string>();
    this.names.forEach((name, label) => {
      const parts = PARTS.filter((_, part) => counts[label]![part] === 0);
      if (parts.length > 0) missing.set(label, `“${name}”: no image in ${parts.join(' and ')}`);
    });
    return missing;
  }

  private askMissing(missing: ReadonlyMap<number, string>) {
    const sentence = `${missing.size === 1 ? '1 class is' : `${count(missing.size)} classes are`} missing from a set`;
    const possible = this.names.length - missing.size >= 2 ? (['keep', 'drop'] as const) : (['keep'] as const);
    return this.problems.meet('classes-missing', missing.size, sentence, missing.values(), possible);
  }

  private leaveClassesOut(missing: ReadonlyMap<number, string>): void {
    const left = [...this.names.keys()].filter((label) => !missing.has(label));
    const renumbered = new Map(left.map((label, i) => [label, i]));
    this.labels = this.labels.map((labels) => {
      if (labels === null || labels.length === 0) return labels;
      const those = labels.flatMap((label) => renumbered.get(label) ?? []);
      return those.length === 0 ? null : those;
    });
    this.names = left.map((label) => this.names[label]!);
    this.kept = this.kept.filter((image) => this.labels[image] !== null);
  }

  /** Images of each class in each part: [class][part]. */
  private countClasses(): [number, number, number][] {
    const counts = this.names.map((): [number, number, number] => [0, 0, 0]);
    for (const image of this.kept) {
      const part = PARTS.indexOf(this.assigned.parts[image]!);
      for (const label of this.labels[image]!) counts[label]![part as 0 | 1 | 2]++;
    }
    return counts;
  }

  finish(inspection: Inspection): PlannedImport {
    const groups = groupImages(
      this.kept.map((image) => this.rows[image]?.cells ?? null),
      this.used.groups,
    );
    const images = this.kept.map((image, i) => this.image(image, groups.values[i]!));
    const classes = this.countClasses();
    const problems = this.problems.all;
    const plan: ImportPlan = {
      inspection,
      columns: this.used.names,
      patientsFrom: this.patientsFrom,
      task: this.task(),
      classes: this.names.map((name, label) => ({ name, images: classes[label]! })),
      images: countParts(images.map(({ part }) => part)),
      patients: this.countPatients(images),
      patientsOfSeveralLabels: patientsOfSeveralLabels(images),
      groups: groups.described,
      split: this.assigned.split,
      problems,
      notes: [...this.notes, ...groups.notes, ...this.unusedNotes()],
      preview: images.slice(0, PREVIEW).map((image) => ({
        file: image.path,
        row: image.row,
        labels: image.labels.map((label) => this.names[label]!),
        patient: image.patient,
        part: image.part,
        groups: image.groups,
      })),
      ready: problems.every(({ chosen }) => chosen !== null),
    };
    return { plan, location: this.place.path, images };
  }

  private image(image: number, groups: ImageGroups['values'][number]): PlannedImage {
    const { path, kind } = this.place.contents.images[image]!;
    const patientNumber = this.patients[image]!;
    return {
      path,
      kind,
      row: this.rows[image]?.number ?? null,
      labels: this.labels[image]!,
      patient: patientNumber < 0 ? null : this.patientNames[patientNumber]!,
      patientNumber,
      part: this.assigned.parts[image]!,
      groups,
    };
  }

  private task(): ImportPlan['task'] {
    if (this.labelled.multiLabel) return 'multi-label, binary-class';
    return this.names.length === 2 ? 'binary-class' : 'multi-class';
  }

  private countPatients(images: readonly PlannedImage[]): ImportPlan['patients'] {
    if (this.patientNames.length === 0) return null;
    const known = new Set<string>();
    return countParts(
      images.flatMap(({ patientNumber, part }) => {
        const key = `${patientNumber}/${part}`;
        if (patientNumber >= 0 && known.has(key)) return [];
        known.add(key);
        return [part];
      }),
    );
  }

  private unusedNotes(): string[] {
    const { ignored } = this.place.contents;
    const out = [...ignored].map(([what, number]) => `${count(number)} ${what}`);
    const left = this.paths.length - this.kept.length;
    return [
      ...(out.length === 0 ? [] : [`ignored files: ${out.join(', ')}`]),
      ...(left === 0
        ? []
        : [`${counted(left, 'image')} of ${count(this.paths.length)} ${left === 1 ? 'is' : 'are'} left out`]),
    ];
  }
}

const nameOf = (text: string | undefined): string | null =>
  text === undefined || isMissing(text) ? null : text.trim().normalize('NFC');

function countParts(parts: readonly Part[]): [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const part of parts) counts[PARTS.indexOf(part) as 0 | 1 | 2]++;
  return counts;
}

function patientsOfSeveralLabels(images: readonly PlannedImage[]): number {
  const first = new Map<number, string>();
  const several = new Set<number>();
  for (const { patientNumber, labels } of images) {
    if (patientNumber < 0) continue;
    const said = labels.join(' ');
    if ((first.get(patientNumber) ?? said) !== said) several.add(patientNumber);
    first.set(patientNumber, said);
  }
  return several.size;
}
