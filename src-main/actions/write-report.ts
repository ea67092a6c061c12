import { existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { basename, extname } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';
import type { ReadableHistory } from '../history/interface.js';
import { comparisonReport } from '../report/comparison-report.js';
import type { Report } from '../report/document.js';
import type { Maker } from '../report/facts.js';
import { html } from '../report/html/html.js';
import { markdown } from '../report/markdown.js';
import { modelReport } from '../report/model-report.js';
import { comparisonFacts, modelFacts, type FactsContext } from './report-facts.js';

export const REPORT_FORMATS = ['pdf', 'html', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A model, or runs that are compared. */
export type ReportSubject = { readonly model: number } | { readonly runs: readonly number[] };

export interface ReportContext {
  readonly history: ReadableHistory;
  readonly evidence: FactsContext['evidence'];
  /** Of the program. */
  readonly version: string;
  /** Prints a page on A4; null where there is nothing that prints. */
  readonly print:
    ((page: { readonly html: string; readonly title: string; readonly made: string }) => Promise<Uint8Array>) | null;
  /** ISO 8601, UTC. Default: now. */
  readonly createdAt?: string;
}

export interface ReportTarget {
  /** Its ending says the format: `.pdf`, `.html`, `.md`. */
  readonly file: string;
  /** Take the place of a file that is there. Default false. */
  readonly force?: boolean;
  /** Nothing is written once it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Writes the report of a model or of a comparison into one file that is whole or not there.
 * @throws UserError `model-unknown`, `run-unknown`, `report-runs`; `report-format` for another ending, `report-pdf` where
 *   nothing prints, `report-exists`, `report-not-written`; what `evidence` and `print` refuse; the signal's reason
 */
export async function writeReport(
  context: ReportContext,
  subject: ReportSubject,
  { file, force = false, signal }: ReportTarget,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const format = formatOf(file);
  if (format === 'pdf' && !context.print) {
    throw new UserError(
      'report-pdf',
      `${basename(file)} would be a PDF, which only the window can write (Models, Report…): use a file name that ends in .html, which a browser can print, or in .md.`,
    );
  }
  if (!force && existsSync(file)) {
    throw new UserError('report-exists', `${file} already exists: choose another file, or add --force to replace it.`);
  }
  const report = await makeReport(context, subject);
  signal?.throwIfAborted();
  const bytes = await bytesOf(report, format, context.print);
  signal?.throwIfAborted();
  try {
    writeDurably(file, [bytes]);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      'report-not-written',
      `${file} could not be written: ${whyNotWritten(code)}; choose another place.`,
      { cause: error },
    );
  }
  return { file, bytes: bytes.length };
}

async function makeReport(context: ReportContext, subject: ReportSubject): Promise<Report> {
  const facts: FactsContext = { ...context, maker: makerOf(context) };
  return 'model' in subject
    ? modelReport(await modelFacts(facts, subject.model))
    : comparisonReport(await comparisonFacts(facts, subject.runs));
}

function makerOf({ version, createdAt = new Date().toISOString() }: ReportContext): Maker {
  return { version, createdAt, machine: `${platform()} ${arch()}, Node.js ${process.versions.node}` };
}

function formatOf(file: string): ReportFormat {
  const ending = extname(file).slice(1).toLowerCase();
  const format = { pdf: 'pdf', html: 'html', htm: 'html', md: 'md', markdown: 'md' }[ending] as
    ReportFormat | undefined;
  if (format) return format;
  throw new UserError(
    'report-format',
    `${basename(file)} does not name a report format: use a file name that ends in .html or .md (in the window also .pdf).`,
  );
}

async function bytesOf(report: Report, format: ReportFormat, print: ReportContext['print']): Promise<Uint8Array> {
  if (format === 'md') return Buffer.from(markdown(report), 'utf8');
  const page = html(report);
  if (format === 'html' || !print) return Buffer.from(page, 'utf8');
  const made = `${report.program}, ${report.createdAt.slice(0, 10)}`;
  return print({ html: page, title: report.title, made });
}
