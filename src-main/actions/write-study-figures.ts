import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { csvLine } from '../csv-line.js';
import { accuracyTable, ranksTable, samplesTable, type NumberTable } from '../display/study-tables.js';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';
import type { ReadableHistory } from '../history/interface.js';
import { studyStanding } from '../studies/standing.js';
import { figuresOfStudy } from './study-figures.js';

/**
 * Writes the numbers behind the figures of a study as CSV: accuracy against parameters, parameters of drawn architectures, and for
 * each finished search with probabilities the ranks of the operations of every edge over its epochs.
 * @returns paths of the files @throws UserError `study-unknown`, `figure-not-saved`
 */
export async function writeStudyFigures(history: ReadableHistory, study: string, folder: string): Promise<string[]> {
  const figures = await figuresOfStudy(history, study);
  const out = resolve(folder);
  const written: string[] = [];
  const write = (name: string, { columns, rows }: NumberTable): void => {
    const file = join(out, name);
    try {
      mkdirSync(out, { recursive: true });
      writeDurably(file, [Buffer.from([columns, ...rows].map(csvLine).join(''), 'utf8')]);
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      const message = `${file} could not be written: ${whyNotWritten(code)}; choose another folder.`;
      throw new UserError('figure-not-saved', message, { cause: error });
    }
    written.push(file);
  };
  write('accuracy-parameters.csv', accuracyTable(figures));
  write('sampled-parameters.csv', samplesTable(figures));
  for (const { task, standing, run } of studyStanding(history, study) ?? []) {
    if (task.trainingSeed !== null || standing !== 'finished' || !run) continue;
    const ranks = ranksTable(history.getRun(run.run).trace, history.traces(run.run));
    if (ranks) write(`ranks-run-${run.run}.csv`, ranks);
  }
  return written;
}
