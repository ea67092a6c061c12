import { diagnosisRequest, modelDiagnostics, setOperatingPoint } from '../../actions/diagnose-model.js';
import { showImages } from '../../actions/show-images.js';
import { UserError, windowText } from '../../errors.js';
import type { ImagesRequest } from '../../jobs/model-images.js';
import { ModelFronts } from '../../actions/model-front.js';
import { compareModels, majorityVoteOn } from '../../actions/compare-models.js';
import { timeModels } from '../../actions/time-models.js';
import type { TaskProgress } from '../../jobs/task-progress.js';
import type { ImagePage } from '../../vocabulary/image-page.js';
import { headlineOf } from '../../headline.js';
import type { DiagnosisRequest, OperatingPointRequest } from '../../jobs/model-diagnosis.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import type { ModelDiagnostics } from '../contract.js';
import type { Prediction } from '../../vocabulary/prediction.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

/** What finding the file of the dataset mends. */
const DATASET_PROBLEMS = new Set(['dataset-missing', 'dataset-changed']);

export function modelHandlers(context: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `models:${string}`>> {
  const { history, tasks, dialogs, exporter, push } = context;
  let reading = new AbortController();
  let timing: AbortController | null = null;
  let comparing = new AbortController();
  const fronts = new ModelFronts(history);
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
      const { dataset } = history.getRun(summary.run);
      history.keepMeasured(model, await tasks.run({ name: 'model:evaluate', model: file, dataset }));
      context.runsChanged([summary.run]);
      context.push.send('models:changed', history.listModels());
      return diagnostics(model);
    },
    'models:images': async (model, question) => {
      reading.abort(new UserError('images-cancelled', 'Other images were requested.'));
      const own = (reading = new AbortController());
      const onProgress = (progress: TaskProgress): void => {
        if (own === reading) push.send('models:reading', progress);
      };
      const read = (request: ImagesRequest): Promise<ImagePage> =>
        tasks.run({ name: 'model:images', ...request }, { signal: own.signal, onProgress });
      try {
        return await showImages({ history, read }, model, question, { pictures: true });
      } catch (error) {
        if (!(error instanceof UserError && DATASET_PROBLEMS.has(error.kind))) throw error;
        return { problem: windowText(error) };
      } finally {
        if (own === reading) push.send('models:reading', null);
      }
    },
    'models:cancelImages': () => reading.abort(new UserError('images-cancelled', 'The images were closed.')),
    'models:compare': (first, second) =>
      compareModels({ history, compare: (request) => tasks.run({ name: 'model:compare', ...request }) }, first, second),
    'models:front': async (question) => {
      comparing.abort(new UserError('front-cancelled', 'Another front was asked for.'));
      const { signal } = (comparing = new AbortController());
      return fronts.of(question, (request) => tasks.run({ name: 'model:front', ...request }, { signal }));
    },
    'models:majority': (sha256) =>
      majorityVoteOn({ history, determine: (request) => tasks.run({ name: 'model:majority', ...request }) }, sha256),
    'models:time': async (models) => {
      timing?.abort();
      const { signal } = (timing = new AbortController());
      try {
        await timeModels(
          {
            history,
            time: (request) => tasks.run({ name: 'model:time', ...request }, { signal }),
            onProgress: (done, total) => context.push.send('models:timing', { done, total }),
            signal,
          },
          models,
          context.cores,
        );
        return true;
      } catch (error) {
        if (!signal.aborted) throw error;
        return false;
      } finally {
        context.push.send('models:timing', null);
        context.push.send('models:changed', history.listModels());
      }
    },
    'models:cancelTiming': () => timing?.abort(),
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
