import type { ExportContext } from '../bundle/export-context.js';
import type { ReadableHistory } from '../history/interface.js';
import { diagnosisRequest } from './diagnose-model.js';
import type { ModelSummary } from '../vocabulary/model.js';

/** What a bundle says of its model beyond the network: retraining, search, budget, seeds, finding and operating point. */
export function modelProvenance(history: ReadableHistory, model: number): Omit<ExportContext, 'version' | 'triton'> {
  const { summary } = history.getModel(model);
  const { result, dataset } = history.getRun(summary.run);
  const search = summary.searchRun === null ? null : history.findRun(summary.searchRun);
  const { finding, operatingPoint } = diagnosisRequest(history, model);
  return {
    finding,
    // one of another finding counts no more
    operatingPoint: operatingPoint?.finding === finding ? operatingPoint : null,
    name: bundleName(summary),
    run: summary.run,
    searchRun: summary.searchRun,
    budget: search?.config.kind === 'search' ? search.config.budget : null,
    seeds:
      result?.kind === 'retrain' && result.models.length > 1
        ? { seeds: result.models.map(({ seed }) => seed), ...result.summary }
        : null,
    health: history.datasetHealth(dataset.sha256)?.report.findings ?? null,
    createdAt: new Date().toISOString(),
  };
}

/** Characters of a bundle's name, as `bundle/export.ts` takes them. */
const LONGEST = 60;

/** Dataset, run and seed in letters, digits, `-` and `_`, each once: the run's default name holds that of the dataset. */
export function bundleName({ dataset, name, seed }: Pick<ModelSummary, 'dataset' | 'name' | 'seed'>): string {
  const [set, run, end] = [plain(dataset), plain(name), `-seed-${seed}`];
  const rest = `-${run}-`.replace(`-${set}-`, '-').replace(/^-+|-+$/g, '');
  const parts = [set, rest].filter((part) => part !== '').join('-');
  return `${(parts === '' ? 'model' : parts).slice(0, LONGEST - end.length).replace(/-+$/, '')}${end}`;
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .toLowerCase();
}
