import { DECISIONS } from '../../vocabulary/import-plan.js';
import { count } from '../../number-text.js';
import type { FileIndex, FoundBy } from './match-rows.js';
import { counted } from './words.js';
import type { Problems } from './problems.js';
import type { TableRow } from './table/read-table.js';

/** The row of an image: cells in the order in which the columns were asked for, the file's first, the label's second. */
export interface JoinedRow {
  readonly number: number;
  readonly cells: readonly string[];
}

export interface JoinedTable {
  /** Of each image; null: it has none. */
  readonly rows: readonly (JoinedRow | null)[];
  /** Images that are left out. */
  readonly dropped: ReadonlySet<number>;
  readonly notes: readonly string[];
}

interface Claim {
  readonly row: TableRow;
  readonly foreign: boolean;
}

const FILE = 0;
const LABEL = 1;

/**
 * Puts the rows of a table to images.
 * @param index of the images  @param rows with the file's cell first and the label's second
 * @param foldersHaveLabels whether an image without a row has a label all the same
 */
export function joinTable(
  index: FileIndex,
  rows: readonly TableRow[],
  foldersHaveLabels: boolean,
  problems: Problems,
): JoinedTable {
  const join = new Join(index, problems);
  join.claim(join.evenRows(rows));
  join.settleNearest();
  join.settleAmbiguous();
  join.settleRowsWithoutFile();
  join.settleTwice();
  join.settleFilesWithoutRow(foldersHaveLabels);
  return { rows: join.joined, dropped: join.dropped, notes: join.notes() };
}

class Join {
  readonly joined: (JoinedRow | null)[];
  readonly dropped = new Set<number>();
  private readonly claims: Claim[][];
  private readonly withoutFile: TableRow[] = [];
  /** Rows that name several files, by these files. */
  private readonly ambiguous = new Map<string, { readonly files: readonly number[]; readonly rows: TableRow[] }>();
  private readonly foundBy: { [by in FoundBy]: number } = { path: 0, name: 0, stem: 0 };

  private readonly paths: readonly string[];

  constructor(
    private readonly index: FileIndex,
    private readonly problems: Problems,
  ) {
    const { paths } = index;
    this.paths = paths;
    this.claims = paths.map(() => []);
    this.joined = paths.map(() => null);
  }

  /** Rows that have no more cells than the table has columns, or all of them if they are to be kept. */
  evenRows(rows: readonly TableRow[]): readonly TableRow[] {
    const uneven = rows.filter((row) => row.uneven);
    if (uneven.length === 0) return rows;
    const sentence = `${counted(uneven.length, 'row')} of the table ${has(uneven.length)} more cells than columns: a cell contains a delimiter, so what follows may be in the wrong column`;
    const chosen = this.problems.meet('uneven-rows', uneven.length, sentence, uneven.map(rowText));
    return chosen === 'keep' ? rows : rows.filter((row) => !row.uneven);
  }

  claim(rows: readonly TableRow[]): void {
    for (const row of rows) {
      const found = this.index.find(row.cells[FILE]!);
      if (found === null) this.withoutFile.push(row);
      else if (found.files.length > 1) this.claimSeveral(row, found.files);
      else {
        this.foundBy[found.by]++;
        this.claims[found.files[0]!]!.push({ row, foreign: found.foreign });
      }
    }
  }

  private claimSeveral(row: TableRow, files: readonly number[]): void {
    // files that share an end of their paths: the first two tell which end
    const key = `${files.length}/${files[0]!}/${files[1]!}`;
    const same = this.ambiguous.get(key);
    if (same === undefined) this.ambiguous.set(key, { files, rows: [row] });
    else same.rows.push(row);
  }

  /** Where a row names a file as it is, one that names it in another folder means another file. */
  settleNearest(): void {
    this.claims.forEach((claims, file) => {
      if (claims.length < 2 || claims.every(({ foreign }) => foreign)) return;
      for (const { row, foreign } of claims) if (foreign) this.withoutFile.push(row);
      this.claims[file] = claims.filter(({ foreign }) => !foreign);
    });
  }

  settleAmbiguous(): void {
    const groups = [...this.ambiguous.values()];
    const rows = groups.flatMap((group) => group.rows);
    if (rows.length === 0) return;
    const cost = groups.reduce((sum, group) => sum + group.rows.length * group.files.length, 0);
    const possible = cost > 10 * this.paths.length ? (['drop'] as const) : DECISIONS['ambiguous-files'];
    const sentence = `${counted(rows.length, 'row')} of the table ${rows.length === 1 ? 'names' : 'name'} a file that is in several folders`;
    const examples = groups.map((group) => {
      return `${rowText(group.rows[0]!)}: ${group.files
        .slice(0, 3)
        .map((file) => this.paths[file]!)
        .join(', ')}`;
    });
    const chosen = this.problems.meet('ambiguous-files', rows.length, sentence, examples, possible);
    for (const { files, rows: those } of groups) {
      for (const file of files) {
        if (chosen === 'all') this.claims[file]!.push(...those.map((row) => ({ row, foreign: false })));
        // a file that another row names with its folder is not in question
        else if (this.claims[file]!.length === 0) this.dropped.add(file);
      }
    }
  }

  settleRowsWithoutFile(): void {
    const { withoutFile } = this;
    if (withoutFile.length === 0) return;
    withoutFile.sort((a, b) => a.number - b.number);
    const sentence = `${counted(withoutFile.length, 'row')} of the table ${has(withoutFile.length)} no image in the folder`;
    this.problems.meet('rows-without-file', withoutFile.length, sentence, map(withoutFile, rowText));
  }

  settleTwice(): void {
    const twice = this.claims.flatMap((claims, file) => (claims.length > 1 ? [file] : []));
    const differing = twice.filter((file) => {
      const [first, ...others] = this.claims[file]!;
      return others.some(({ row }) => row.cells.slice(LABEL).join('\0') !== first!.row.cells.slice(LABEL).join('\0'));
    });
    const chosen = twice.length === 0 ? null : this.askTwice(twice, differing);
    this.claims.forEach((claims, file) => {
      if (claims.length === 0) return;
      if (claims.length > 1 && chosen === 'drop') this.dropped.add(file);
      const { row } = chosen === 'last' ? claims.at(-1)! : claims[0]!;
      const cells = [...row.cells];
      if (chosen === 'join') cells[LABEL] = claims.map((claim) => claim.row.cells[LABEL]!).join('|');
      this.joined[file] = { number: row.number, cells };
    });
  }

  private askTwice(twice: readonly number[], differing: readonly number[]) {
    const what =
      differing.length === 0
        ? 'with the same content'
        : `, with different content for ${count(differing.length)} of them`;
    const sentence = `${counted(twice.length, 'image')} ${has(twice.length)} several rows in the table${what.startsWith(',') ? '' : ' '}${what}`;
    const those = new Set(differing);
    const others = twice.filter((file) => !those.has(file));
    const examples = map([...differing, ...others], (file) => {
      const rows = this.claims[file]!.map(({ row }) => row);
      return `${this.paths[file]!}: rows ${rows
        .map(({ number, cells }) => `${number} (${cells[LABEL]!.trim()})`)
        .slice(0, 4)
        .join(', ')}`;
    });
    return this.problems.meet('rows-twice', twice.length, sentence, examples);
  }

  settleFilesWithoutRow(foldersHaveLabels: boolean): void {
    const without = this.joined.flatMap((row, file) => (row === null && !this.dropped.has(file) ? [file] : []));
    if (without.length === 0) return;
    const sentence = `${counted(without.length, 'image')} ${has(without.length)} no row in the table`;
    const possible = foldersHaveLabels ? DECISIONS['files-without-row'] : (['drop'] as const);
    const examples = map(without, (file) => this.paths[file]!);
    const chosen = this.problems.meet('files-without-row', without.length, sentence, examples, possible);
    if (chosen !== 'keep') for (const file of without) this.dropped.add(file);
  }

  notes(): string[] {
    const { path, name, stem } = this.foundBy;
    const ways = [
      [path, 'by path'],
      [name, 'by name'],
      [stem, 'by name without the extension'],
    ] as const;
    const said = ways.filter(([rows]) => rows > 0).map(([rows, way]) => `${count(rows)} ${way}`);
    return said.length === 0 ? [] : [`rows were matched with images: ${said.join(', ')}`];
  }
}

const rowText = ({ number, cells }: TableRow): string => `row ${number} (${cells[FILE]!.trim() || 'no file named'})`;

const has = (number: number): string => (number === 1 ? 'has' : 'have');

function* map<T>(values: Iterable<T>, text: (value: T) => string): Iterable<string> {
  for (const value of values) yield text(value);
}
