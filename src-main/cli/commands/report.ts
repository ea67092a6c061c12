import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeReport, type ReportSubject } from '../../actions/write-report.js';
import { UserError } from '../../errors.js';
import { reportEvidence } from '../../jobs/report-evidence.js';
import { wholeNumber } from '../options.js';
import { untilSignalled } from '../signals.js';
import { withSessionOnFullDisk } from '../session.js';

const runNumbers = (value: string, earlier: number[] | undefined): number[] => [...(earlier ?? []), wholeNumber(value)];

interface ReportOptions {
  readonly out: string;
  readonly runs?: number[];
  readonly force: boolean;
}

/** @param version of the program, which the report names */
export function registerReport(program: Command, version: string): void {
  program
    .command('report')
    .argument('[model]', 'number of a model (`runs show` lists them)', wholeNumber)
    .requiredOption('--out <file>', 'file to write, ending in .html or .md; for a PDF, use the window')
    .option('--runs <runs...>', 'compare these runs instead of reporting on a model', runNumbers)
    .option('--force', 'replace an existing file', false)
    .description(
      'writes a report on a model or a comparison of runs: data, method, results with intervals, limitations',
    )
    .action((model: number | undefined, { out, runs, force }: ReportOptions, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const subject = subjectOf(command, model, runs);
        const { file, bytes } = await untilSignalled(
          new UserError('report-cancelled', 'The report was cancelled. Nothing was written.'),
          (signal) =>
            writeReport(
              {
                history,
                version,
                print: null,
                evidence: (request) =>
                  reportEvidence(
                    request,
                    ({ step }) => output.progress(`model ${request.diagnosis.number}: ${step}`),
                    signal,
                  ),
              },
              subject,
              { file: resolve(out), force, signal },
            ),
        );
        output.object({ event: 'reported', ...subject, file, bytes });
        output.text(`Wrote ${file}.`);
      }),
    );
}

function subjectOf(command: Command, model: number | undefined, runs: number[] | undefined): ReportSubject {
  if (model !== undefined && runs === undefined) return { model };
  if (model === undefined && runs !== undefined) return { runs };
  return command.error(
    model === undefined
      ? 'error: name a model, or runs with --runs 1 2'
      : 'error: name either a model or --runs, not both',
  );
}
