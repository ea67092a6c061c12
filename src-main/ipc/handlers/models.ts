import { diagnosisRequest, modelDiagnostics, setOperatingPoint } from '../../actions/diagnose-model.js';
import type { OperatingPointRequest } from '../../jobs/model-diagnosis.js';
import type { Diagnostics } from '../../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import type { Prediction } from '../../vocabulary/prediction.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

export function modelHandlers(context: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `models:${string}`>> {
  const { history, tasks, dialogs, exporter } = context;
  const diagnostics = (model: number): Promise<Diagnostics> =>
    modelDiagnostics({ history, diagnose: (request) => tasks.run({ name: 'model:diagnose', ...request }) }, model);
  return {
    'models:list': () => history.listModels(),
    'models:details': (model) => {
      const { summary, result, genotype } = history.getModel(model);
      return { summary, result, genotype, labels: result.metrics.test.perClass.map(({ label }) => label) };
    },
    'models:diagnostics': diagnostics,
    'models:operatingPoint': async (model, wanted) => {
      const choose = (request: OperatingPointRequest): Promise<OperatingPoint> =>
        tasks.run({ name: 'model:operatingPoint', ...request });
      await setOperatingPoint({ history, choose }, model, wanted);
      return diagnostics(model);
    },
    'models:evaluate': async (model) => {
      const { file, summary } = history.getModel(model);
      await tasks.run({ name: 'model:evaluate', model: file, dataset: history.getRun(summary.run).dataset });
      return diagnostics(model);
    },
    'models:export': async (model) => {
      const { summary } = history.getModel(model);
      const folder = await dialogs.chooseFolder(`Export ${summary.name}`, 'Export Here');
      return folder === null ? null : exporter.export(model, folder);
    },
    'models:cancelExport': (model) => exporter.cancel(model),
    'models:predict': async (model) => {
      diagnosisRequest(history, model);
      const image = await dialogs.chooseImage();
      return image === null ? null : predictFile(context, model, image);
    },
  };
}

/** Classifies an image file with a model of the history, at its operating point. */
export async function predictFile(
  { history, tasks }: Pick<HandlerContext, 'history' | 'tasks'>,
  model: number,
  image: string,
): Promise<Prediction> {
  const { model: file, finding, operatingPoint: kept } = diagnosisRequest(history, model);
  const operatingPoint = kept?.finding === finding ? kept : null;
  return tasks.run({ name: 'model:predict', model: file, image, operatingPoint });
}
