import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { fileName } from './file-name.js';

export function reportHandlers(context: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `reports:${string}`>> {
  const { history, dialogs, reports } = context;
  return {
    'reports:save': async (subject, format) => {
      const name =
        'model' in subject
          ? `${history.getModel(subject.model).summary.name} seed ${history.getModel(subject.model).summary.seed}`
          : `runs ${subject.runs.join(' ')}`;
      const file = await dialogs.chooseSaveFile('Save Report', `report-${fileName(name)}.${format}`, format);
      return file === null ? null : reports.write(subject, file, format);
    },
    'reports:cancel': () => reports.cancel(),
    'reports:show': (report) => reports.show(report),
  };
}
