import { csvLine } from '../csv-line.js';
import { escaped, table } from '../report/markdown.js';
import type { StudyRecord } from './results.js';
import type { ResultTable } from './results-tables.js';

/** Columns of the CSV file, one line a task: what every table can be computed again from. */
const COLUMNS = [
  ...(['dataset', 'method', 'budget', 'seed', 'trainingSeed', 'standing', 'reason', 'run'] as const),
  ...(['parameters', 'seconds', 'accuracy', 'auc'] as const),
] satisfies readonly (keyof StudyRecord)[];

/** One line a task (RFC 4180), with all digits; no text where there is no figure, NaN where one is not defined. */
export function recordsCsv(records: readonly StudyRecord[]): string {
  return [csvLine(COLUMNS), ...records.map((record) => csvLine(COLUMNS.map((column) => record[column])))].join('');
}

/** Tables as Markdown (GitHub's). */
export function tablesMarkdown(tables: readonly ResultTable[]): string {
  const parts = tables.map(({ caption, columns, rows }) =>
    rows.length === 0 ? `${escaped(caption)}.` : `${escaped(caption)}:\n\n${table(columns, rows)}`,
  );
  return `${parts.join('\n\n')}\n`;
}

/** Tables as LaTeX, for the package booktabs. */
export function tablesLatex(tables: readonly ResultTable[]): string {
  const parts = tables.map(({ caption, columns, rows }) => {
    if (rows.length === 0) return `% ${latex(caption)}.`;
    const line = (cells: readonly string[]): string => `    ${cells.map(latex).join(' & ')} \\\\`;
    return [
      '\\begin{table}',
      '  \\centering',
      `  \\caption{${latex(caption)}}`,
      `  \\begin{tabular}{${columns.map(({ number }) => (number ? 'r' : 'l')).join('')}}`,
      '    \\toprule',
      line(columns.map(({ title }) => title)),
      '    \\midrule',
      ...rows.map(line),
      '    \\bottomrule',
      '  \\end{tabular}',
      '\\end{table}',
    ].join('\n');
  });
  return `% \\usepackage{booktabs}\n${parts.join('\n\n')}\n`;
}

const LATEX: { readonly [sign: string]: string } = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '±': '$\\pm$',
  '−': '$-$',
  '–': '--',
};

/** What others wrote, as text of one line and nothing else. */
function latex(plain: string): string {
  return plain
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\\~^<>±−–]|[&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`);
}
