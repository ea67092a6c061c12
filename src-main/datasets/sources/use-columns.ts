import type { ImportChoices, ImportPlan } from '../../vocabulary/import-plan.js';
import type { UsedGroup } from './group-images.js';
import { findColumn, type Place } from './place.js';
import type { Problems } from './problems.js';
import { severalNamed, type LabelColumns } from './table/label-columns.js';
import type { Table } from './table/read-table.js';

/** Which columns an import reads. Positions of roles are those among the cells of a row that was read. */
export interface UsedColumns {
  /** Columns of the table, in the order in which cells are read: the file's first, the label's second. */
  readonly positions: readonly number[];
  readonly file: number | null;
  readonly label: number | null;
  /** Where several columns of 0 and 1 are the label: these; their names stand in the label's cell once they are joined. */
  readonly labelColumns: readonly { readonly name: string; readonly position: number }[];
  readonly labelFromFolders: boolean;
  readonly patient: number | null;
  readonly patientName: string | null;
  readonly part: number | null;
  readonly groups: readonly UsedGroup[];
  readonly names: ImportPlan['columns'];
}

type Asked = 'label' | 'patient' | 'part';

/**
 * The columns that are named, and of those that are not the file's, where its values are names of images. Where a column looks like label,
 * patient or part and nothing was said of it, that is a problem to decide.
 * @throws UserError `import-column-unknown`
 */
export function useColumns(
  { table, layout, proposals, labelColumns }: Place,
  { columns, patientFolder, patientBefore, split }: ImportChoices,
  problems: Problems,
): UsedColumns {
  const foldersHaveLabels = layout.classes.some((name) => name !== null);
  if (table === null) return withoutTable(foldersHaveLabels, problems);
  const proposed = (role: string): number | null => {
    const found = proposals.findIndex((proposal) => proposal?.role === role);
    return found < 0 ? null : found;
  };
  const named = (wanted: string | null | undefined): number | null =>
    wanted == null ? null : findColumn(table, wanted);
  const file = named(columns.file) ?? proposed('file');
  const several = columns.label == null ? null : severalNamed(table, columns.label);
  const ofLabel = several?.map((name) => findColumn(table, name)) ?? [];
  const chosen: { [role in Asked]: number | null } = {
    label: ofLabel[0] ?? named(columns.label),
    patient: named(columns.patient),
    part: named(columns.part),
  };
  if (file === null) {
    askFile(table, problems);
    return nothingUsed(columns.label == null && foldersHaveLabels);
  }
  if (columns.label === undefined || (columns.label === null && !foldersHaveLabels)) {
    askLabel(table, { column: proposed('label'), several: labelColumns }, file, foldersHaveLabels, problems);
  }
  if (
    columns.patient === undefined &&
    patientFolder === null &&
    patientBefore === null &&
    proposed('patient') !== null
  ) {
    ask('patient', table, proposed('patient')!, 'treat every image as a separate patient', problems);
  }
  if (columns.part === undefined && !split.anew && proposed('part') !== null) {
    ask('part', table, proposed('part')!, 'not read the split from the table', problems);
  }
  const positions = [file, chosen.label ?? file];
  const place = (column: number | null): number | null => (column === null ? null : positions.push(column) - 1);
  const name = (column: number | null): string | null => (column === null ? null : table.names[column]!);
  const joined = ofLabel.map((column) => ({ name: table.names[column]!, position: place(column)! }));
  const patient = place(chosen.patient);
  const part = place(chosen.part);
  const groups = Object.entries(columns.groups).map(([group, wanted]) => {
    const column = findColumn(table, wanted);
    return { name: group, column: table.names[column]!, position: place(column)! };
  });
  return {
    positions,
    file,
    label: chosen.label === null ? null : 1,
    labelColumns: joined,
    labelFromFolders: chosen.label === null && foldersHaveLabels,
    patient,
    patientName: name(chosen.patient),
    part,
    groups,
    names: {
      file: name(file),
      label: joined.length > 0 ? joined.map(({ name }) => name).join('|') : name(chosen.label),
      patient: name(chosen.patient),
      part: name(chosen.part),
    },
  };
}

function withoutTable(foldersHaveLabels: boolean, problems: Problems): UsedColumns {
  if (!foldersHaveLabels) {
    problems.ask('label-column', 'No folders name the classes of the images: a table with their labels is needed', []);
  }
  return nothingUsed(foldersHaveLabels);
}

const nothingUsed = (labelFromFolders: boolean): UsedColumns => ({
  positions: [],
  file: null,
  label: null,
  labelColumns: [],
  labelFromFolders,
  patient: null,
  patientName: null,
  part: null,
  groups: [],
  names: { file: null, label: null, patient: null, part: null },
});

const columnChoices = ({ names }: Table, except: number | null, does: string, firstly: number | null) => {
  const order = [...names.keys()].filter((column) => column !== except && column !== firstly);
  const all = firstly === null ? order : [firstly, ...order];
  return all.map((column) => ({ choice: names[column]!, does }));
};

function askFile(table: Table, problems: Problems): void {
  const sentence = 'No column of the table contains the file names of the images in the folder';
  problems.ask('file-column', sentence, columnChoices(table, null, 'use it for the file names', null));
}

interface LooksLikeLabel {
  readonly column: number | null;
  readonly several: LabelColumns | null;
}

function askLabel(
  table: Table,
  { column, several }: LooksLikeLabel,
  file: number | null,
  folders: boolean,
  problems: Problems,
): void {
  const firstly = several !== null && (several.oneEach || column === null);
  const looks = firstly
    ? `; the ${String(several.columns.length)} columns of 0 and 1 from “${table.names[several.columns[0]!]!}” to “${table.names[several.columns.at(-1)!]!}” look like it`
    : column === null
      ? ''
      : `; “${table.names[column]!}” looks like it`;
  const choices = columnChoices(table, file, 'use it for the labels', column);
  const together =
    several === null
      ? []
      : [{ choice: several.choice, does: 'use these columns together as the label, one for each class' }];
  const none = folders ? [{ choice: 'none', does: 'use the folder names as labels' }] : [];
  const ordered = firstly ? [...together, ...choices] : [...choices, ...together];
  problems.ask('label-column', `Which column has the labels is not clear${looks}`, [...ordered, ...none]);
}

function ask(role: 'patient' | 'part', table: Table, column: number, otherwise: string, problems: Problems): void {
  const name = table.names[column]!;
  const what = role === 'patient' ? 'patients' : 'sets (train, val, test)';
  problems.ask(`${role}-column`, `The column “${name}” looks like ${what}`, [
    { choice: name, does: `read the ${role === 'patient' ? 'patients' : 'split'} from it` },
    { choice: 'none', does: otherwise },
  ]);
}
