import type {
  FolderChoices,
  ImportPixels,
  ImportPlace,
  ImportPlan,
  ImportPreview,
  ImportProblem,
} from '../../src-main/ipc/contract.js';

/** Steps of the import of images, in their order. */
export const STEPS = [
  { step: 'folder', title: 'Folder' },
  { step: 'columns', title: 'Columns' },
  { step: 'split', title: 'Split' },
  { step: 'pixels', title: 'Pixels' },
  { step: 'check', title: 'Check' },
  { step: 'name', title: 'Name and classes' },
] as const;
export type Step = (typeof STEPS)[number]['step'];

/** Nothing said yet: what can be found out is found out, the rest is asked for. */
export const NO_CHOICES: FolderChoices = {
  reading: {},
  columns: { groups: {} },
  patientFolder: null,
  patientBefore: null,
  classes: {},
  noneLabel: null,
  decisions: {},
  split: { anew: false, shares: { train: 70, val: 10, test: 20 }, seed: 0 },
};
export const NO_PIXEL_CHOICES: ImportPixels = {
  size: 28,
  channels: 'auto',
  fit: 'pad',
  intensity: 'auto',
  frames: 'first',
  unreadable: 'refuse',
};

export type Role = 'file' | 'label' | 'patient' | 'part';

/** What a list of columns holds: nothing said, none, a column; of patients also a folder's level and a beginning of names. */
export type ColumnValue = '' | 'none' | `column:${string}` | `folder:${number}` | `before:${string}`;

/** What a list of columns shows: what was said, else what was found out, else nothing. */
export function columnValue(role: Role, choices: FolderChoices, plan: ImportPlan | null): ColumnValue {
  if (role === 'patient' && choices.patientFolder !== null) return `folder:${choices.patientFolder}`;
  if (role === 'patient' && choices.patientBefore !== null) return `before:${choices.patientBefore}`;
  const said = choices.columns[role];
  if (said !== undefined) return said === null ? 'none' : `column:${said}`;
  if (plan === null || problemOf(plan, role)) return '';
  const used = plan.columns[role];
  return used === null ? 'none' : `column:${used}`;
}

/** The question about a column that is not answered yet. */
export const problemOf = (plan: ImportPlan | null, role: Role): ImportProblem | null =>
  plan?.problems.find(({ kind, chosen }) => kind === `${role}-column` && chosen === null) ?? null;

/** Choices with another column. Names of classes that were given stand for labels of the column before. */
export function withColumn(choices: FolderChoices, role: Role, value: ColumnValue): FolderChoices {
  const { [role]: _, ...others } = choices.columns;
  const said = value.startsWith('column:') ? value.slice('column:'.length) : null;
  const columns = value === '' ? others : { ...others, [role]: said };
  if (role !== 'patient') return { ...choices, columns, ...(role === 'part' ? {} : { classes: {}, noneLabel: null }) };
  return {
    ...choices,
    columns,
    patientFolder: value.startsWith('folder:') ? Number(value.slice('folder:'.length)) : null,
    patientBefore: value.startsWith('before:') ? value.slice('before:'.length) : null,
  };
}

/** Choices with a group told apart by a column; null: not any more. */
export function withGroup(choices: FolderChoices, group: string, column: string | null): FolderChoices {
  const { [group]: _, ...others } = choices.columns.groups;
  const groups = column === null ? others : { ...others, [group]: column };
  return { ...choices, columns: { ...choices.columns, groups } };
}

const ABOUT_LABELS = new Set(['empty-labels', 'labels-alike', 'several-labels', 'labels-differ', 'rows-twice']);

/** Choices with a problem decided. */
export function decide(choices: FolderChoices, kind: string, choice: string): FolderChoices {
  const decided = { ...choices, decisions: { ...choices.decisions, [kind]: choice } };
  return ABOUT_LABELS.has(kind) ? { ...decided, classes: {}, noneLabel: null } : decided;
}

/** A label with another name, or left out (null). @param label as the images have it */
export function nameClass(choices: FolderChoices, label: string, name: string | null): FolderChoices {
  const { [label]: _, ...others } = choices.classes;
  const own = name === null ? null : name.trim() === '' ? label : name.trim();
  return { ...choices, classes: own === label ? others : { ...others, [label]: own } };
}

const OF_SPLIT = new Set([
  'images-without-patient',
  'unknown-parts',
  'missing-parts',
  'patients-across-parts',
  'classes-missing',
]);

/** Problems of a step that are decided by a choice. */
export const problemsOf = (plan: ImportPlan | null, step: Step): readonly ImportProblem[] =>
  (plan?.problems ?? []).filter(
    ({ kind }) => !kind.endsWith('-column') && step === (OF_SPLIT.has(kind) ? 'split' : 'columns'),
  );

/** Whether a column that must be named belongs to a step. */
const asksIn = (problem: ImportProblem, step: Step): boolean =>
  problem.kind.endsWith('-column') ? step === 'columns' : step === (OF_SPLIT.has(problem.kind) ? 'split' : 'columns');

/** What the window knows of an import. */
export interface Known {
  readonly place: ImportPlace | null;
  /** It was said whether there is a table. */
  readonly tableSettled: boolean;
  readonly plan: ImportPlan | null;
  readonly planning: boolean;
  readonly problem: string;
  /** Of the pixels as they are chosen; null: not looked at yet. */
  readonly sample: ImportPreview | null;
  readonly sheet: ImportPreview | null;
  readonly pixels: ImportPixels;
  readonly name: string;
}

/** Why it cannot go on after a step; null: it can. A sentence without its full stop. */
export function blockedBecause(step: Step, known: Known): string | null {
  const { place, plan, planning, problem, sheet, sample, pixels } = known;
  if (place === null) return 'No folder is chosen';
  if (step === 'folder') {
    if (place.table === null && place.inspection.folderClasses.length < 2)
      return 'No folders name the classes: choose the table with the labels';
    return known.tableSettled ? null : 'Choose whether there is a table';
  }
  if (problem !== '') return 'See the error above and change a choice';
  if (planning || plan === null) return 'Reading the folder and its table';
  const open = plan.problems.filter(({ chosen }) => chosen === null);
  const here = open.filter((one) => asksIn(one, step));
  if (here.length > 0) return here.length === 1 ? 'One question is open' : `${here.length} questions are open`;
  if (step === 'columns' || step === 'split') return null;
  if (open.length > 0) return 'There are open questions in an earlier step: go back';
  if (step === 'pixels') return sample === null ? 'Checking the images' : null;
  if (sheet === null) return step === 'check' ? 'Checking the images' : 'Go back to Check and look at the images again';
  if (sheet.unreadable.count > 0 && pixels.unreadable === 'refuse')
    return step === 'check'
      ? 'Decide what to do with the files that cannot be read'
      : 'Some files cannot be read: go back to Check';
  if (step === 'name' && known.name.trim() === '') return 'The dataset has no name';
  return null;
}

/**
 * Sentences of the plan name options of the command line, which has the same words; in the window the choice stands beside them.
 */
export function withoutOptions(sentence: string): string {
  return sentence
    .replace(/ \((?:default: )?--[a-z-]+\)/g, '')
    .replace(/,? say so with --patient-before (\S+?)(?=[.;]|$)/g, ', choose “The file name up to $1” as the patient')
    .replace(/,? or (?:leave|join) (them|labels)(?: out)? with --[a-z-]+(?: \w+)?/g, (_, what: string) =>
      what === 'them' ? ', or leave them out in Check' : '',
    )
    .replace(/ (?:with )?--[a-z-]+(?: \w+)?/g, '');
}

/** A sentence as it begins a line: capital, full stop. */
export const sentence = (text: string): string => {
  const plain = withoutOptions(text).replace(/\.$/, '');
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
};
