import type { ExportContext } from '../bundle/export-context.js';
import type { ReadableHistory } from '../history/interface.js';
import { diagnosisRequest } from './diagnose-model.js';

/** What a bundle says of its model beyond the network: retraining, search, budget, seeds, finding and operating point. */
export function modelProvenance(history: ReadableHistory, model: number): Omit<ExportContext, 'version' | 'triton'> {
  const { summary } = history.getModel(model);
  const { result } = history.getRun(summary.run);
  const search = summary.searchRun === null ? null : history.findRun(summary.searchRun);
  const { finding, operatingPoint } = diagnosisRequest(history, model);
  return {
    finding,
    // one of another finding counts no more
    operatingPoint: operatingPoint?.finding === finding ? operatingPoint : null,
    name: bundleName(`${summary.dataset}-${summary.name}-seed-${summary.seed}`),
    run: summary.run,
    searchRun: summary.searchRun,
    budget: search?.config.kind === 'search' ? search.config.budget : null,
    seeds:
      result?.kind === 'retrain' && result.models.length > 1
        ? { seeds: result.models.map(({ seed }) => seed), ...result.summary }
        : null,
    createdAt: new Date().toISOString(),
  };
}

/** Letters, digits, `-` and `_`, as the name of a folder. */
export function bundleName(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60);
  return plain === '' ? 'model' : plain;
}
