import { resultsOfStudy } from '../../actions/study-results.js';
import { writeStudyFigures } from '../../actions/write-study-figures.js';
import { readStudy } from '../../studies/read-study.js';
import { recordsCsv, tablesLatex, tablesMarkdown } from '../../studies/results-formats.js';
import { resultTables, type ResultTable } from '../../studies/results-tables.js';
import { table } from '../output.js';
import type { Session } from '../session.js';

export interface ResultOptions {
  /** Folder for the numbers behind the figures. */
  readonly figures?: string;
  readonly format: 'text' | 'csv' | 'markdown' | 'latex';
}

/** What a study has come to, in the chosen format. @throws UserError `study-unknown` */
export async function showResults(
  { history, output }: Session,
  file: string,
  { format, figures }: ResultOptions,
): Promise<void> {
  const { name } = await readStudy(file);
  const { records, results } = resultsOfStudy(history, name);
  const tables = resultTables(name, results);
  const formats = {
    text: () => `${tables.map(tableText).join('\n\n')}\n`,
    csv: () => recordsCsv(records),
    markdown: () => tablesMarkdown(tables),
    latex: () => tablesLatex(tables),
  };
  output.object({ event: 'results', study: name, records, ...results });
  for (const line of formats[format]().trimEnd().split(/\r?\n/)) output.text(line);
  if (figures === undefined) return;
  const files = await writeStudyFigures(history, name, figures);
  output.object({ event: 'figures', study: name, files });
  output.note(`medforge: wrote ${files.join(', ')}`);
}

function tableText({ caption, columns, rows }: ResultTable): string {
  if (rows.length === 0) return `${caption}.`;
  const lines = table(
    [columns.map(({ title }) => title), ...rows],
    columns.map(({ number }) => number),
  );
  return [`${caption}:`, ...lines].join('\n');
}
