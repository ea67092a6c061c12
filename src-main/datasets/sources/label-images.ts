import { UserError } from '../../errors.js';
import { count } from '../../number-text.js';
import type { ImportChoices } from '../../vocabulary/import-plan.js';
import { quote } from '../refusal.js';
import { counted } from './words.js';
import type { Problems } from './problems.js';
import { byCodePoints } from './text-order.js';
import { isMissing, numberOf } from './table/values.js';

/** Labels are kept as bytes. */
export const MOST_CLASSES = 256;
/** A table's labels follow from its folders where they agree for so many images. */
const AGREEMENT = 0.9;

export interface LabelledDraft {
  /** Of each image, as numbers of `names`; null: the image is left out. */
  readonly labels: readonly (readonly number[] | null)[];
  /** In class order. */
  readonly names: readonly string[];
  readonly multiLabel: boolean;
  readonly notes: readonly string[];
}

export interface LabelSources {
  readonly paths: readonly string[];
  /** Images that are still in. */
  readonly kept: readonly number[];
  /** Cell of the table for each image; null: the folders are the labels. */
  readonly cells: readonly (string | null)[] | null;
  readonly folders: readonly (string | null)[];
  /** Cells hold the names of columns of 0 and 1 that have a 1. */
  readonly joined: boolean;
}

/** Of images for which no column of 0 and 1 has a 1, where they are to have one. */
const NONE = 'none';

type Choices = Pick<ImportChoices, 'classes' | 'noneLabel'>;

/**
 * From cells or folders to class numbers.
 * @throws UserError `import-class-unknown`, `import-too-many-classes`, `import-one-class`
 */
export function labelImages(sources: LabelSources, choices: Choices, problems: Problems): LabelledDraft {
  const draft = new LabelDraft(sources, problems);
  draft.read();
  draft.writeNumbers();
  draft.mergeAlike();
  draft.rename(choices.classes);
  draft.compareWithFolders();
  draft.settleSeveral(choices.noneLabel);
  return draft.number();
}

class LabelDraft {
  private readonly labels: (string[] | null)[];
  private readonly notes: string[] = [];
  private multiLabel = false;
  /** Before classes were given other names. */
  private written: readonly (readonly string[] | null)[] = [];
  private renamed: Choices['classes'] = {};

  constructor(
    private readonly sources: LabelSources,
    private readonly problems: Problems,
  ) {
    this.labels = sources.paths.map(() => null);
  }

  read(): void {
    const { kept, cells, folders } = this.sources;
    const empty: number[] = [];
    const marks = new Map<string, number>();
    let spaces = 0;
    for (const image of kept) {
      const text = (cells === null ? folders[image] : cells[image]) ?? '';
      if (cells === null ? text === '' : namesIn(text).length === 0) {
        empty.push(image);
        marks.set(text.trim(), (marks.get(text.trim()) ?? 0) + 1);
      } else {
        this.labels[image] = cells === null ? [text] : namesIn(text);
        if (cells !== null && text !== text.trim()) spaces++;
      }
    }
    if (spaces > 0) this.notes.push(`spaces around the label were removed in ${counted(spaces, 'row')}`);
    if (empty.length > 0) this.askEmpty(empty, marks);
  }

  private askEmpty(empty: readonly number[], marks: ReadonlyMap<string, number>): void {
    const { paths, cells, joined } = this.sources;
    const written = [...marks].map(
      ([mark, number]) => `${count(number)} ${mark === '' ? 'with nothing' : `with “${mark}”`}`,
    );
    const where =
      cells === null
        ? 'not in a class folder'
        : joined
          ? 'without a label: none of the columns has a 1'
          : `without a label: ${written.join(', ')}`;
    const sentence = `${counted(empty.length, 'image')} ${empty.length === 1 ? 'is' : 'are'} ${where}`;
    const onlyNothing = [...marks.keys()].every((mark) => mark === '');
    const possible = joined
      ? (['drop', 'none'] as const)
      : onlyNothing
        ? (['drop'] as const)
        : (['drop', 'as-written'] as const);
    const examples = empty.slice(0, 10).map((image) => paths[image]!);
    const chosen = this.problems.meet('empty-labels', empty.length, sentence, examples, possible);
    if (chosen === 'none') for (const image of empty) this.labels[image] = [NONE];
    if (chosen !== 'as-written') return;
    for (const image of empty) {
      const text = cells?.[image]?.trim() ?? '';
      this.labels[image] = text === '' ? null : [text];
    }
  }

  /** A program that knows missing values writes class 1 as `1.0`, a spreadsheet as `1,0`. */
  writeNumbers(): void {
    const names = [...this.frequencies().keys()];
    const whole = names.every((name) => Number.isInteger(numberOf(name)));
    if (!whole || !names.some((name) => /[.,]/.test(name))) return;
    this.replace((name) => String(numberOf(name)));
    this.notes.push('labels are whole numbers written with decimals; they are read as 0, 1, 2, …');
  }

  mergeAlike(): void {
    const frequencies = this.frequencies();
    const groups = new Map<string, string[]>();
    for (const name of frequencies.keys()) groups.set(alike(name), [...(groups.get(alike(name)) ?? []), name]);
    const several = [...groups.values()].filter(({ length }) => length > 1);
    if (several.length === 0) return;
    const spellings = several.map((group) =>
      group.toSorted((a, b) => frequencies.get(b)! - frequencies.get(a)! || byCodePoints(a, b)),
    );
    const sentence = `${counted(several.length, 'label')} ${several.length === 1 ? 'is' : 'are'} spelled in several ways`;
    const examples = spellings.map((group) =>
      group.map((name) => `“${name}” (${count(frequencies.get(name)!)})`).join(', '),
    );
    const chosen = this.problems.meet('labels-alike', several.length, sentence, examples);
    if (chosen !== 'merge') return;
    const merged = new Map(spellings.flatMap((group) => group.map((name) => [name, group[0]!])));
    this.replace((name) => merged.get(name) ?? name);
  }

  rename(classes: Choices['classes']): void {
    const known = this.frequencies();
    for (const name of Object.keys(classes)) if (!known.has(name)) throw unknownLabel(name, known);
    this.written = this.labels.map((names) => names && [...names]);
    this.renamed = classes;
    if (Object.keys(classes).length === 0) return;
    const out = this.labels.filter((names) => names?.some((name) => classes[name] === null)).length;
    if (out > 0)
      this.notes.push(
        `${counted(out, 'image')} left out because of ${out === 1 ? 'its' : 'their'} label, as requested`,
      );
    this.replace((name) => (Object.hasOwn(classes, name) ? classes[name]! : name));
  }

  /** Where the folders name classes too: the images for which they say something else than the table. */
  compareWithFolders(): void {
    const { cells, folders, kept, paths } = this.sources;
    const inside = kept.filter((image) => this.labels[image] !== null && folders[image] !== null);
    if (cells === null || new Set(inside.map((image) => folders[image])).size < 2) return;
    const compare = (labels: typeof this.written) =>
      new FolderComparison(inside.map((image) => [labels[image]!, folders[image]!] as const));
    // folders are named as labels were written, or as they are called now
    const asWritten = compare(this.written);
    const labels = asWritten.sameNames ? this.written : this.labels;
    const comparison = asWritten.sameNames ? asWritten : compare(this.labels);
    const differing = inside.filter((image) => comparison.differ(labels[image]!, folders[image]!));
    const agree = differing.length <= (1 - AGREEMENT) * inside.length;
    if (!comparison.sameNames && !(comparison.comparable && agree)) {
      this.notes.push('the folder names differ from the labels in the table; the table is used');
      return;
    }
    if (differing.length === 0) return;
    const sentence = `${counted(differing.length, 'image')} ${differing.length === 1 ? 'has' : 'have'} a different label in the table than in the folder name`;
    const examples = differing.slice(0, 10).map((image) => `${paths[image]!}: ${this.labels[image]!.join('|')}`);
    const possible = comparison.sameNames ? (['table', 'folder', 'drop'] as const) : (['table', 'drop'] as const);
    const chosen = this.problems.meet('labels-differ', differing.length, sentence, examples, possible);
    for (const image of differing) {
      if (chosen === 'drop') this.labels[image] = null;
      if (chosen === 'folder') {
        const label = comparison.labelOf(folders[image]!);
        const name = asWritten.sameNames && Object.hasOwn(this.renamed, label) ? (this.renamed[label] ?? null) : label;
        this.labels[image] = name === null ? null : [name];
      }
    }
  }

  settleSeveral(noneLabel: string | null): void {
    const several = this.labels.flatMap((names, image) => (names !== null && names.length > 1 ? [image] : []));
    if (several.length > 0) {
      const sentence = `${counted(several.length, 'image')} ${several.length === 1 ? 'has' : 'have'} several labels`;
      const examples = several
        .slice(0, 10)
        .map((image) => `${this.sources.paths[image]!}: ${this.labels[image]!.join('|')}`);
      const chosen = this.problems.meet('several-labels', several.length, sentence, examples);
      this.multiLabel = chosen === 'multi-label' || chosen === null;
      for (const image of several) {
        if (chosen === 'first') this.labels[image]!.length = 1;
        if (chosen === 'drop') this.labels[image] = null;
      }
    }
    const known = this.frequencies();
    if (noneLabel !== null) {
      if (!known.has(noneLabel)) throw unknownLabel(noneLabel, known);
      if (this.multiLabel)
        this.labels.forEach(
          (names, image) => (this.labels[image] = names?.filter((name) => name !== noneLabel) ?? null),
        );
    }
  }

  number(): LabelledDraft {
    const names = [...this.frequencies().keys()];
    const numeric = names.every((name) => /^\d+$/.test(name));
    names.sort(numeric ? (a, b) => Number(a) - Number(b) : byCodePoints);
    if (names.length > MOST_CLASSES) {
      const examples = names.slice(0, 3).map(quote).join(', ');
      throw new UserError(
        'import-too-many-classes',
        `the labels have ${count(names.length)} different values (${examples}, …); at most ${MOST_CLASSES} classes are possible. Check the column with the labels, or join labels with --class.`,
      );
    }
    const numbers = new Map(names.map((name, i) => [name, i]));
    const labels = this.labels.map((those) => those?.map((name) => numbers.get(name)!).sort((a, b) => a - b) ?? null);
    return { labels, names, multiLabel: this.multiLabel, notes: this.notes };
  }

  private frequencies(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const names of this.labels) for (const name of names ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  /** Null leaves the image out. */
  private replace(rename: (name: string) => string | null): void {
    this.labels.forEach((names, image) => {
      if (names === null) return;
      const renamed = names.map(rename);
      this.labels[image] = renamed.includes(null) ? null : [...new Set(renamed as string[])];
    });
  }
}

/** `A|B` has two labels; spaces around each do not count. */
function namesIn(cell: string): string[] {
  const names = cell.split('|').map((name) => name.trim().replace(/\s+/g, ' ').normalize('NFC'));
  return [...new Set(names.filter((name) => !isMissing(name)))];
}

const alike = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, ' ');

/** `0_normal` and `Normal`. */
const bare = (name: string): string => alike(name).replace(/^\d+[ .)]+(?=.)/, '');

function unknownLabel(name: string, known: ReadonlyMap<string, number>): UserError {
  const labels = [...known.keys()].sort(byCodePoints);
  const those = labels.slice(0, 12).map(quote).join(', ');
  const more = labels.length > 12 ? ', …' : '';
  return new UserError(
    'import-class-unknown',
    `no image has the label ${quote(name)}. The labels are ${those}${more}.`,
  );
}

/** What folders and labels have to do with each other. */
class FolderComparison {
  /** Every folder is named as a label is. */
  readonly sameNames: boolean;
  readonly comparable: boolean;
  private readonly named: ReadonlyMap<string, string>;
  /** The folder in which most images with a label lie. */
  private readonly usual = new Map<string, string>();

  constructor(pairs: readonly (readonly [readonly string[], string])[]) {
    const counts = new Map<string, Map<string, number>>();
    for (const [names, folder] of pairs) {
      for (const name of names) {
        const folders = counts.get(name) ?? new Map<string, number>();
        counts.set(name, folders.set(folder, (folders.get(folder) ?? 0) + 1));
      }
    }
    this.named = new Map([...counts.keys()].map((name) => [bare(name), name]));
    this.sameNames = pairs.every(([, folder]) => this.named.has(bare(folder)));
    for (const [name, folders] of counts) {
      this.usual.set(name, [...folders].reduce((a, b) => (b[1] > a[1] ? b : a))[0]);
    }
    const folders = new Set(pairs.map(([, folder]) => folder));
    // a label for every few images follows from any folders, and a folder that is usual for no label says nothing
    this.comparable = counts.size <= pairs.length / 5 && new Set(this.usual.values()).size === folders.size;
  }

  differ(names: readonly string[], folder: string): boolean {
    if (this.sameNames) return !names.some((name) => bare(name) === bare(folder));
    return !names.some((name) => this.usual.get(name) === folder);
  }

  labelOf(folder: string): string {
    return this.named.get(bare(folder))!;
  }
}
