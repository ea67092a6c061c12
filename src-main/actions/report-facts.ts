import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { ReadableHistory, RunRecord } from '../history/interface.js';
import type { EvidenceRequest } from '../jobs/report-evidence.js';
import { computedOn } from '../attempts/run-log.js';
import type { ComparisonFacts, Maker, ModelFacts, ReportedRun } from '../report/facts.js';
import { LOG_FILE } from '../run-folder.js';
import type { Evidence } from '../vocabulary/evidence.js';
import { diagnosisRequest } from './diagnose-model.js';

export interface FactsContext {
  readonly history: ReadableHistory;
  readonly maker: Maker;
  /** In this process or in another one: `reportEvidence` of `jobs/report-evidence.ts`. */
  readonly evidence: (request: EvidenceRequest) => Promise<Evidence>;
}

/** @throws UserError `model-unknown`, and what `evidence` refuses */
export async function modelFacts({ history, maker, evidence }: FactsContext, model: number): Promise<ModelFacts> {
  const { summary, result } = history.getModel(model);
  const run = history.getRun(summary.run);
  if (run.config.kind !== 'retrain') throw new TypeError(`run ${summary.run} has models but is not a retraining`);
  const search = summary.searchRun === null ? null : findSearch(history, summary.searchRun);
  const siblings = history
    .listModels(summary.run)
    .map((one) => ({ model: one.model, seed: one.seed, test: history.getModel(one.model).result.metrics.test }))
    .sort((a, b) => a.seed - b.seed);
  return {
    maker,
    model: { summary, result },
    run: { ...reported(run), config: run.config },
    search: search && reported(search),
    siblings,
    evidence: await evidence(evidenceRequest(history, model, true)),
    measuredOnTest: measuredOnTest(history, run),
  };
}

/**
 * @param runs numbers, in the order in which they are told
 * @throws UserError `run-unknown`, `report-runs`, and what `evidence` refuses
 */
export async function comparisonFacts(
  { history, maker, evidence }: FactsContext,
  runs: readonly number[],
): Promise<ComparisonFacts> {
  const numbers = [...new Set(runs)];
  if (numbers.length < 2) {
    throw new UserError(
      'report-runs',
      'A comparison needs two or more different runs: add another run, or report on a model.',
    );
  }
  const reports: ComparisonFacts['runs'][number][] = [];
  for (const number of numbers) {
    const record = history.getRun(number);
    const models = [];
    for (const { model } of history.listModels(number).sort((a, b) => a.seed - b.seed)) {
      const { summary, result } = history.getModel(model);
      models.push({ summary, result, evidence: await evidence(evidenceRequest(history, model, false)) });
    }
    reports.push({ ...reported(record), models });
  }
  return { maker, runs: reports };
}

function evidenceRequest(history: ReadableHistory, model: number, withDataset: boolean): EvidenceRequest {
  const { summary } = history.getModel(model);
  const { dataset } = history.getRun(summary.run);
  return {
    diagnosis: diagnosisRequest(history, model),
    dataset,
    health: history.datasetHealth(dataset.sha256)?.report ?? null,
    bundles: summary.bundles.map(({ folder }) => folder),
    withDataset,
  };
}

/** A search that was deleted, or cannot be read, is no reason to have no report. */
function findSearch(history: ReadableHistory, run: number): RunRecord | null {
  try {
    return history.findRun(run);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function reported({ summary, config, dataset, result, genotype, folder, trace }: RunRecord): ReportedRun {
  return {
    details: { summary, config, dataset, result, genotype, folder, trace },
    computedOn: computedOn(logOf(folder)),
  };
}

/** The log is for people and may be gone. */
function logOf(folder: string): string {
  try {
    return readFileSync(join(folder, LOG_FILE), 'utf8');
  } catch {
    return '';
  }
}

/** Networks in the history that were measured on the test part of this file. */
function measuredOnTest(history: ReadableHistory, { dataset }: RunRecord): number {
  const named = history.listModels().filter(({ dataset: name }) => name === dataset.name);
  const same = new Map<number, boolean>();
  for (const { run } of named) {
    if (!same.has(run)) same.set(run, history.findRun(run)?.dataset.sha256 === dataset.sha256);
  }
  return named.filter(({ run }) => same.get(run) === true).length;
}
