import { dirname } from 'node:path';
import { writeDurably } from '../../durable-file.js';
import { UserError } from '../../errors.js';
import { fileErrorCode, whyNotWritten } from '../../file-errors.js';
import { recordsCsv, tablesLatex, tablesMarkdown } from '../../studies/results-formats.js';
import { resultTables } from '../../studies/results-tables.js';
import type { StudyFormat } from '../contract.js';
import type { HandlerContext, Studies } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { fileName } from './file-name.js';

export function studyHandlers({
  studies,
  datasets,
  dialogs,
  showFolder,
}: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `studies:${string}`>> {
  return {
    'studies:list': () => studies.list(),
    'studies:tasks': (study) => studies.tasks(study),
    'studies:create': ({ datasets: ids, ...choices }) =>
      studies.create({
        ...choices,
        datasets: ids.map((id) => ({ id, name: datasets.entry(id).name, path: datasets.file(id).path })),
      }),
    'studies:open': async () => {
      const file = await dialogs.chooseStudy();
      return file === null ? null : studies.open(file);
    },
    'studies:forget': (study) => studies.forget(study),
    'studies:showFile': (study) => showFolder(dirname(studies.file(study))),
    'studies:check': (study) => studies.check(study),
    'studies:estimate': (study) => studies.estimate(study),
    'studies:cancelEstimate': () => studies.cancelEstimate(),
    'studies:start': (study) => studies.start(study),
    'studies:pause': (study) => studies.pause(study),
    'studies:cancel': (study) => studies.cancel(study),
    'studies:retry': (study) => studies.retry(study),
    'studies:tables': (study) => resultTables(study, studies.results(study).results),
    'studies:figures': (study) => studies.figures(study),
    'studies:save': async (study, format) => {
      const file = await dialogs.chooseSaveFile('Save Results', `${fileName(study)}.${format}`, format);
      if (file === null) return null;
      const text = resultsText(studies, study, format);
      try {
        writeDurably(file, [Buffer.from(text, 'utf8')]);
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        const message = `${file} could not be written: ${whyNotWritten(code)}; choose another place.`;
        throw new UserError('results-not-saved', message, { cause: error });
      }
      return file;
    },
  };
}

function resultsText(studies: Studies, study: string, format: StudyFormat): string {
  const { records, results } = studies.results(study);
  if (format === 'csv') return recordsCsv(records);
  const tables = resultTables(study, results);
  return format === 'tex' ? tablesLatex(tables) : tablesMarkdown(tables);
}
