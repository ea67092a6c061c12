import { diagnosisRequest, modelDiagnostics, setOperatingPoint } from '../../actions/diagnose-model.js';
import { headlineOf } from '../../headline.js';
import type { DiagnosisRequest, OperatingPointRequest } from '../../jobs/model-diagnosis.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import type { ModelDiagnostics } from '../contract.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

export function modelHandlers(context: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `models:${string}`>> {
  const { history, tasks, dialogs, exporter } = context;
  const diagnostics = async (model: number): Promise<ModelDiagnostics> => {
    const diagnose = (request: DiagnosisRequest) => tasks.run({ name: 'model:diagnose', ...request });
    const figures = await modelDiagnostics({ history, diagnose }, model);
    return { ...figures, headline: headlineOf(figures) };
  };
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
      const { model: file, finding, operatingPoint: kept } = diagnosisRequest(history, model);
      const image = await dialogs.chooseImage();
      const operatingPoint = kept?.finding === finding ? kept : null;
      return image === null ? null : tasks.run({ name: 'model:predict', model: file, image, operatingPoint });
    },
  };
}
