import type { ColumnRole } from '../../../vocabulary/import-plan.js';
import { partNamed } from '../part-names.js';
import { ageInYears, isMissing, numberOf } from './values.js';

export interface Proposal {
  readonly role: ColumnRole;
  readonly why: string;
}

interface Column {
  readonly index: number;
  /** Words of its name, in lower case with a space between them. */
  readonly words: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly different: number;
}

const NAMES: { readonly [role in Exclude<ColumnRole, 'file'>]: RegExp } = {
  part: /\b(split|part|subset|partition|fold|set|dataset|aufteilung)\b/,
  sex: /\b(sex|gender|geschlecht|sexe|sexo)\b/,
  age: /\b(age|alter|âge|edad)\b/,
  patient: /\b(patient|patients|patienten|subject|person|pat|pid|mrn|case|fall|fallnummer)\b/,
  site: /\b(site|hospital|(?<!window )cent(er|re)|clinic|klinik|standort|institution|scanner|manufacturer|haus)\b/,
  label:
    /\b(labels?|class|classes|klasse|findings?|diagnos\w*|dx|befunde?|targets?|category|pathology|ergebnis|grade|outcome)\b/,
};
const NOT_A_PATIENT = /\b(position|orientation|weight|size|height|name of)\b/;
const SEXES = new Set([
  'm',
  'f',
  'w',
  'd',
  'o',
  'u',
  'x',
  'male',
  'female',
  'man',
  'woman',
  'männlich',
  'weiblich',
  'mann',
  'frau',
]);

/**
 * What the columns of a table seem to be, by their names and by what stands in them; at most one column for each role.
 * @param isFile whether a cell names an image of the location
 */
export function proposeColumns(
  names: readonly string[],
  sample: readonly (readonly string[])[],
  isFile: (cell: string) => boolean,
): (Proposal | null)[] {
  const proposals: (Proposal | null)[] = names.map(() => null);
  const columns = names.map((name, index) => describe(name, index, sample));
  const free = (): Column[] => columns.filter(({ index }) => proposals[index] === null);
  const settle = (role: ColumnRole, found: { column: Column; why: string } | null): void => {
    if (found !== null) proposals[found.column.index] = { role, why: found.why };
  };
  const file = fileColumn(columns, isFile);
  settle('file', file);
  settle('part', first(free(), partColumn));
  settle('sex', first(free(), sexColumn));
  settle('age', byName(free(), 'age', isAge) ?? first(free(), ageColumn));
  const files = file?.column.index;
  settle('patient', patientColumn(free(), files === undefined ? null : sample.map((row) => row[files] ?? '')));
  settle(
    'site',
    byName(free(), 'site', ({ different }) => different > 1),
  );
  settle('label', byName(free(), 'label', ({ different }) => different > 1) ?? first(free(), labelColumn));
  return proposals;
}

function describe(name: string, index: number, sample: readonly (readonly string[])[]): Column {
  const values = sample.map((row) => (row[index] ?? '').trim()).filter((cell) => !isMissing(cell));
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
  return { index, name, words, values, different: new Set(values).size };
}

function first(
  columns: readonly Column[],
  look: (column: Column) => string | null,
): { column: Column; why: string } | null {
  for (const column of columns) {
    const why = look(column);
    if (why !== null) return { column, why };
  }
  return null;
}

const byName = (columns: readonly Column[], role: keyof typeof NAMES, fits: (column: Column) => boolean) =>
  first(columns, (column) => (NAMES[role].test(column.words) && fits(column) ? 'by its name' : null));

function fileColumn(
  columns: readonly Column[],
  isFile: (cell: string) => boolean,
): { column: Column; why: string } | null {
  let best: { column: Column; matched: number } | null = null;
  for (const column of columns) {
    const matched = column.values.filter(isFile).length;
    if (matched * 2 > column.values.length && matched > (best?.matched ?? 0)) best = { column, matched };
  }
  if (best === null) return null;
  const { column, matched } = best;
  return { column, why: `${matched} of the first ${column.values.length} values are file names of images` };
}

const isPartName = (value: string): boolean => partNamed(value) !== null;

function partColumn({ words, values, different }: Column): string | null {
  const named = values.filter(isPartName).length;
  if (different < 2 || named < values.length / 2) return null;
  if (named === values.length) return 'its values are names of sets';
  return NAMES.part.test(words) ? 'by its name' : null;
}

function sexColumn({ words, values, different }: Column): string | null {
  if (NAMES.sex.test(words)) return 'by its name';
  const isSex = different > 1 && values.every((value) => SEXES.has(value.toLowerCase()));
  return isSex ? 'its values are sexes' : null;
}

const isAge = ({ values }: Column): boolean =>
  values.filter((value) => ageInYears(value) !== null).length * 2 > values.length;

function ageColumn({ name, values, different }: Column): string | null {
  const unnamed = /^column \d+$/.test(name);
  return unnamed && different >= 8 && values.every((value) => ageInYears(value) !== null)
    ? 'its values may be ages'
    : null;
}

function patientColumn(
  columns: readonly Column[],
  files: readonly string[] | null,
): { column: Column; why: string } | null {
  const named = columns.filter(({ words, values }) => {
    return NAMES.patient.test(words) && !NOT_A_PATIENT.test(words) && values.length > 0;
  });
  const best = named.find(({ words }) => /\b(id|nr|no|number|nummer|key|code)\b/.test(words)) ?? named[0];
  if (best !== undefined) return { column: best, why: 'by its name' };
  if (files === null) return null;
  const unnamed = columns.filter(({ name, different, values }) => {
    return /^column \d+$/.test(name) && different > 1 && different < values.length;
  });
  return first(unnamed, ({ values }) => {
    if (values.length !== files.length) return null;
    const inFile = values.filter((value, i) => namesPatientOf(value, files[i]!)).length;
    return inFile >= 0.9 * values.length ? 'its values are in the file names' : null;
  });
}

/** `1` or `PAT-00001`, and `00000001_003.png`. */
function namesPatientOf(value: string, file: string): boolean {
  const name = file.split(/[\\/]/).at(-1)!;
  const numbers = value.match(/\d+/g) ?? [];
  const first = /\d+/.exec(name)?.[0];
  if (numbers.length === 1 && first !== undefined && Number(numbers[0]) === Number(first)) return true;
  return value.length > 2 && name.includes(value);
}

function labelColumn({ values, different }: Column): string | null {
  const few = different >= 2 && different <= Math.max(20, values.length / 4);
  return few && values.some((value) => numberOf(value) === null) ? `it has ${different} different values` : null;
}
