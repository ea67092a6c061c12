import { csvLine } from '../../csv-line.js';
import { writeDurably } from '../../durable-file.js';
import { UserError } from '../../errors.js';
import { fileErrorCode, whyNotWritten } from '../../file-errors.js';
import type { FigureFile, FigureTable } from '../contract.js';
import type { FigureOutlets, HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { fileName } from './file-name.js';

export function figureHandlers({
  dialogs,
  figures,
}: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `figures:${string}`>> {
  return {
    'figures:save': async (figure) => {
      const suggestion = `${fileName(figure.name)}.${figure.format}`;
      const file = await dialogs.chooseSaveFile('Save Figure', suggestion, figure.format);
      if (file === null) return null;
      const bytes = await bytesOf(figure, figures);
      try {
        writeDurably(file, [bytes]);
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        const message = `${file} could not be written: ${whyNotWritten(code)}; choose another place.`;
        throw new UserError('figure-not-saved', message, { cause: error });
      }
      return file;
    },
    'figures:copy': (figure) =>
      'png' in figure ? figures.copyPicture(figure.png) : figures.copyText(tableText(figure.table)),
  };
}

async function bytesOf(figure: FigureFile, outlets: FigureOutlets): Promise<Uint8Array> {
  switch (figure.format) {
    case 'svg':
      return Buffer.from(figure.svg, 'utf8');
    case 'pdf':
      return outlets.pdf(figure.svg, figure.width, figure.height);
    case 'png':
      return figure.png;
    case 'csv':
      return Buffer.from(tableText(figure.table), 'utf8');
  }
}

const tableText = ({ columns, rows }: FigureTable): string => [columns, ...rows].map(csvLine).join('');
