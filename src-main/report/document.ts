import type { Headline } from '../vocabulary/headline.js';

/**
 * A report as data: what it says, in which order, and nothing of how it looks. `markdown.ts` and `html.ts` write it down; both
 * escape every text, so that names of others may hold any characters.
 */
export interface Report {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** "MedForge 0.1.0" */
  readonly program: string;
  /** What the first page says before everything else. */
  readonly opening: readonly Block[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  /** It begins a page of its own and has a letter instead of a number. Default false. */
  readonly annex?: boolean;
  readonly blocks: readonly Block[];
}

/** "1", "2", …, then "A", "B", … for annexes. */
export function marksOf(sections: readonly Section[]): string[] {
  let [numbers, letters] = [0, 0];
  return sections.map(({ annex }) => (annex === true ? String.fromCharCode(65 + letters++) : String(++numbers)));
}

/** A text, of which parts may be code. */
export type Text = string | readonly (string | { readonly code: string })[];

/** Stands where only a person knows the answer; both renderers make it stand out. */
export const TO_BE_WRITTEN = '[to be written]';

export interface Column {
  readonly title: string;
  /** To the right, with digits of one width. Default false. */
  readonly number?: boolean;
  /** Share of the width, in per cent. Default: as its contents need. */
  readonly width?: number;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: Text; readonly tone?: 'note' | 'lead' | 'warning' }
  | { readonly kind: 'heading'; readonly text: string }
  /** Figures as bars beside the majority vote. */
  | { readonly kind: 'headline'; readonly headline: Headline; readonly vote: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: Text])[] }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Text[])[];
    }
  /** Counts of images; rows: truth, columns: prediction. */
  | {
      readonly kind: 'confusion';
      readonly caption: string;
      readonly labels: readonly string[];
      readonly matrix: readonly (readonly number[])[];
    }
  | { readonly kind: 'chart'; readonly title: string; readonly summary: string; readonly chart: Chart }
  /** Charts beside each other. */
  | { readonly kind: 'charts'; readonly charts: readonly (Block & { readonly kind: 'chart' })[] }
  | { readonly kind: 'code'; readonly lines: readonly string[] };

export interface Axis {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly format: 'share' | 'area' | 'count';
}

export interface Mark {
  readonly x: number;
  readonly y: number;
  /** 95 % interval of y. */
  readonly interval?: readonly [number, number] | null;
  /** Written beside it. */
  readonly label?: string;
}

export interface Series {
  readonly name: string;
  readonly style: 'line' | 'dashes' | 'filled' | 'hollow' | 'emphasis';
  /** 0 to 5: a colour of the palette; null: grey. */
  readonly colour: number | null;
  readonly marks: readonly Mark[];
}

export type Chart =
  /** Marks and lines over two axes. */
  | { readonly type: 'plot'; readonly x: Axis; readonly y: Axis; readonly series: readonly Series[] }
  /** A row each: a value with its interval on one common axis. */
  | {
      readonly type: 'intervals';
      readonly axis: Axis;
      readonly rows: readonly {
        readonly name: string;
        readonly value: number | null;
        readonly interval: readonly [number, number] | null;
        readonly strong: boolean;
      }[];
      /** A vertical line: majority vote, chance, no difference. */
      readonly reference: { readonly value: number; readonly name: string } | null;
    }
  /** Counts as columns, each with its number. */
  | {
      readonly type: 'columns';
      readonly title: string;
      readonly columns: readonly { readonly name: string; readonly count: number }[];
    };
