import { runJob } from '../jobs/runner.js';
import { jobs } from '../jobs/jobs.js';
import { memoryWithin, outOfMemory } from '../jobs/memory-need.js';
import type { EpochRecord, JobEvent } from '../vocabulary/events.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { TraceDescription } from '../vocabulary/trace.js';
import type { JobResult } from '../vocabulary/results.js';
import { NOT_DEFINED } from './figure-text.js';
import { genotypeLines } from './genotype-text.js';
import { lastWord } from './last-word.js';
import { count, duration, percent, type Output } from './output.js';
import { raceLines } from './race-text.js';
import { testLine } from './run-columns.js';
import type { Session } from './session.js';
import { traceText } from './trace-text.js';

/**
 * Runs or resumes a run in this process and says what happens: a progress line on a terminal, events with --json.
 * Ctrl-C pauses with a checkpoint, a second one ends at once. Exit code 1 unless the run finished or was paused or
 * cancelled by request.
 * @param options.sameBits refuse to resume where the result would differ in its last bits
 * @returns the result, or null when the run was paused or cancelled
 */
export async function runInTerminal(
  session: Session,
  run: number,
  { sameBits = false }: { readonly sameBits?: boolean } = {},
): Promise<JobResult | null> {
  const { home, history, output } = session;
  const { config, folder, summary } = history.getRun(run);
  const printer = new EventPrinter(session, run, config);
  output.note(`Run ${run}: ${summary.name}, stored in ${folder}`);
  let done = (): void => undefined;
  const opened = (size: number): void => {
    const end = `medforge: run ${run} was stopped from outside or ran out of memory. To continue it, run 'medforge resume ${run}'.`;
    done = lastWord(`${end} If memory was the cause: ${outOfMemory(config, size, memoryWithin())}`);
  };
  let outcome;
  try {
    outcome = await runJob({ history, home, run, jobs, opened, sameBits, listener: (event) => printer.print(event) });
  } finally {
    done();
  }
  if (outcome.state === 'finished') return outcome.result;
  output.object({
    event: outcome.state,
    run,
    epoch: outcome.epoch,
    ...(outcome.state === 'paused' ? { reason: outcome.reason } : {}),
  });
  output.text(
    outcome.state === 'paused'
      ? `Paused after epoch ${outcome.epoch} (${outcome.reason}); to continue, run 'medforge resume ${run}'.`
      : `Cancelled after epoch ${outcome.epoch}.`,
  );
  return null;
}

/** Turns the events of a job into lines. */
class EventPrinter {
  private readonly epochs: number;
  private readonly output: Output;
  private traces: TraceDescription | null = null;
  /** Parameters that a search expects at the end of its last epoch. */
  private expected: number | null = null;

  constructor(
    private readonly session: Session,
    private readonly run: number,
    private readonly config: JobConfig,
  ) {
    this.epochs = config.kind === 'search' ? config.epochs : config.epochs * config.seeds.length;
    this.output = session.output;
  }

  print(event: JobEvent): void {
    const { output, run } = this;
    switch (event.type) {
      case 'started':
        this.traces = event.trace;
        output.object({ ...named(event), run });
        output.note(`Computing on ${event.device} (${event.backend}, ${event.threads} threads)`);
        break;
      case 'progress': {
        const left = event.secondsLeft === null ? '' : `, ${duration(event.secondsLeft)} left`;
        output.progress(
          event.race
            ? `race: ${percent(event.race.share)}  training ${event.race.done + 1}/${event.race.total}  ` +
                `${event.race.label}, epoch ${event.race.epoch}/${event.race.epochs}${left}`
            : `epoch ${event.epoch}/${this.epochs}  step ${event.step}/${event.stepsPerEpoch}  ` +
                `loss ${event.loss.toFixed(4)}${this.budgetText()}  ${event.imagesPerSecond.toFixed(0)} images/s${left}`,
        );
        break;
      }
      case 'epoch':
        this.expected = event.trace?.values['expectedParameters'] ?? null;
        output.object({ event: 'epoch', run, ...event.record, ...event.trace?.values, checkpoint: event.checkpoint });
        output.text(
          epochLine(event.record, this.number(event.record), this.epochs, traceText(this.traces, event.trace)),
        );
        break;
      case 'race':
        output.object({ ...named(event), run });
        break;
      case 'backend':
        output.object({ ...named(event), run });
        break;
      case 'log':
        output.note(`${event.level === 'info' ? '' : `${event.level}: `}${event.text}`);
        break;
      case 'finished':
        this.finished(event.result);
        break;
      case 'paused':
      case 'cancelled':
      case 'failed':
        break;
    }
  }

  /** "  93,210 of 0..222,000 parameters" of a search that follows its budget. */
  private budgetText(): string {
    if (this.config.kind !== 'search' || this.expected === null) return '';
    const { lower, upper } = this.config.budget;
    return `  ${count(this.expected)} of ${count(lower)}..${count(upper)} parameters`;
  }

  /** Of an epoch over all seeds, as the progress line counts them. */
  private number({ seed, epoch }: EpochRecord): number {
    const { config } = this;
    return config.kind === 'search' ? epoch : config.seeds.indexOf(seed) * config.epochs + epoch;
  }

  private finished(result: JobResult): void {
    const { output, run } = this;
    if (result.kind === 'search') {
      const { genotype, parameters, budget, seconds } = result;
      output.object({
        event: 'finished',
        run,
        genotype,
        parameters,
        multiplyAccumulates: result.multiplyAccumulates,
        expectedParameters: result.expectedParameters,
        budget,
        seconds,
        searchGenotype: result.searchGenotype,
        race: result.race,
        verdict: result.verdict,
      });
      if (result.race) for (const line of raceLines(result.race, result.verdict)) output.text(line);
      output.text('Genotype (depth × cell, target←source):');
      genotypeLines(genotype).forEach((line, stage) => output.text(`  stage ${stage + 1}: ${line}`));
      output.text(
        `${count(parameters)} parameters, budget ${count(budget.lower)}..${count(budget.upper)}: ${budget.met ? 'met' : 'NOT met'}; ` +
          `${count(result.multiplyAccumulates / 1e6)} million multiply-accumulates per image`,
      );
      output.text(`Searched in ${duration(seconds)}; run ${run} is in the history ('medforge runs show ${run}').`);
      return;
    }
    // A finished run is in the history before it is said to be.
    const kept = new Map(this.session.history.listModels(run).map((model) => [model.seed, model]));
    const models = result.models.map((model) => ({ model: kept.get(model.seed)!.model, ...model }));
    output.object({ event: 'finished', run, ...result, models });
    for (const model of models) {
      output.text(
        `model ${model.model}, seed ${model.seed}, epoch ${model.selectedEpoch} (${model.selectionRule}): ` +
          testLine({ networks: 1, ...kept.get(model.seed)!.test }),
      );
    }
    if (result.models.length > 1) {
      const { test } = this.session.history.getRun(run).summary;
      if (test) output.text(testLine(test));
      const { aucDeviation, accuracyDeviation } = result.summary;
      output.text(
        `standard deviation over seeds: accuracy ${(100 * accuracyDeviation).toFixed(1)} points, AUC ` +
          (Number.isNaN(aucDeviation) ? NOT_DEFINED : aucDeviation.toFixed(3)),
      );
    }
    output.text(`Trained in ${duration(result.seconds)}; run ${run} is in the history ('medforge runs show ${run}').`);
    output.text(
      `'medforge evaluate ${models[0]!.model}' shows what it finds and misses, compared with the majority class.`,
    );
    output.text(`Next: 'medforge export ${models[0]!.model} --out FOLDER' writes a verified ONNX bundle.`);
  }
}

function named({ type, ...rest }: JobEvent): object {
  return { event: type, ...rest };
}

/** @param told by the search method */
function epochLine(record: EpochRecord, number: number, epochs: number, told: readonly string[]): string {
  const parts = [
    `epoch ${String(number).padStart(String(epochs).length)}/${epochs}`,
    `training loss ${record.loss.toFixed(4)}`,
    `training accuracy ${percent(record.accuracy)}`,
  ];
  if (record.validationAccuracy !== null) parts.push(`validation accuracy ${percent(record.validationAccuracy)}`);
  if (record.validationAuc !== null) parts.push(`validation AUC ${record.validationAuc.toFixed(3)}`);
  parts.push(...told);
  parts.push(`${record.imagesPerSecond.toFixed(0)} images/s`);
  return parts.join('  ');
}
