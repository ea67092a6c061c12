import { UserError } from '../../errors.js';
import type { ImportPlan } from '../../vocabulary/import-plan.js';
import { counted } from './words.js';
import { byCodePoints } from './text-order.js';
import { ageGroup, ageInYears, isMissing } from './table/values.js';

/** More are no groups, but an identifier or a measurement. */
const MOST_VALUES = 100;
const AGES = ['0-17', '18-39', '40-64', '65 and over'];

export interface UsedGroup {
  readonly name: string;
  readonly column: string;
  /** Position among the cells of a joined row. */
  readonly position: number;
}

export interface ImageGroups {
  /** Of each image, in the order of the groups. */
  readonly values: readonly (readonly (string | null)[])[];
  readonly described: ImportPlan['groups'];
  readonly notes: readonly string[];
}

/**
 * The groups of images: texts as they are written; ages in years as age groups.
 * @param cells of each image's row; null: it has none
 * @throws UserError `import-group-values`
 */
export function groupImages(cells: readonly (readonly string[] | null)[], groups: readonly UsedGroup[]): ImageGroups {
  const notes: string[] = [];
  const columns = groups.map((group) => {
    const written = cells.map((row) => textOf(row?.[group.position]));
    return group.name === 'age' ? binAges(group, written, notes) : written;
  });
  const described = groups.map(({ name, column }, i) => {
    const counts = new Map<string, number>();
    let unknown = 0;
    for (const value of columns[i]!) {
      if (value === null) unknown++;
      else counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size > MOST_VALUES) throw tooManyValues(name, column, counts.size);
    const order = (a: string, b: string): number => AGES.indexOf(a) - AGES.indexOf(b) || byCodePoints(a, b);
    const values = [...counts].sort(([a], [b]) => order(a, b)).map(([value, images]) => ({ value, images }));
    return { name, column, values, unknown };
  });
  return { values: cells.map((_, image) => columns.map((column) => column[image]!)), described, notes };
}

function textOf(cell: string | undefined): string | null {
  return cell === undefined || isMissing(cell) ? null : cell.trim().normalize('NFC');
}

/** Where no value is a number of years, they are groups already. */
function binAges(
  { column }: UsedGroup,
  written: readonly (string | null)[],
  notes: string[],
): readonly (string | null)[] {
  const years = written.map((value) => (value === null ? null : ageInYears(value)));
  if (years.every((value) => value === null)) return written;
  const impossible = written.filter((value, image) => value !== null && years[image] === null).length;
  if (impossible > 0)
    notes.push(
      `${counted(impossible, 'image')} with an impossible age (column “${column}”) ${impossible === 1 ? 'has' : 'have'} none`,
    );
  return years.map((value) => (value === null ? null : ageGroup(value)));
}

function tooManyValues(name: string, column: string, values: number): UserError {
  return new UserError(
    'import-group-values',
    `The column “${column}” has ${values} different values; a group (${name}) has at most ${MOST_VALUES}. Name another column for it.`,
  );
}
