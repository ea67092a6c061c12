import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

export function modelHandlers(context: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `models:${string}`>> {
  const { history, tasks, dialogs, exporter } = context;
  return {
    'models:list': () => history.listModels(),
    'models:details': (model) => {
      const { summary, result, genotype } = history.getModel(model);
      return { summary, result, genotype, labels: result.metrics.test.perClass.map(({ label }) => label) };
    },
    'models:export': async (model) => {
      const { summary } = history.getModel(model);
      const folder = await dialogs.chooseFolder(`Export ${summary.name}`, 'Export Here');
      return folder === null ? null : exporter.export(model, folder);
    },
    'models:cancelExport': (model) => exporter.cancel(model),
    'models:predict': async (model) => {
      const { file } = history.getModel(model);
      const image = await dialogs.chooseImage();
      return image === null ? null : tasks.run({ name: 'model:predict', model: file, image });
    },
  };
}
