import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelDiagnostics } from '../../../src-main/actions/diagnose-model.js';
import { writeReport, type ReportContext, type ReportSubject } from '../../../src-main/actions/write-report.js';
import { UserError } from '../../../src-main/errors.js';
import { headlineOf } from '../../../src-main/headline.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { diagnoseModel } from '../../../src-main/jobs/model-diagnosis.js';
import { reportEvidence } from '../../../src-main/jobs/report-evidence.js';
import { estimateText } from '../../../src-main/report/text.js';
import { writePredictions } from '../../../src-main/training/predictions-file.js';
import { temporaryFolder } from '../history/fixtures.js';
import { scored } from '../report/facts.js';
import { finishRetraining, finishSearch } from './finished-runs.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let context: ReportContext;
const model: ReportSubject = { model: 1 };
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  finishSearch(history);
  finishRetraining(history);
  const part = scored({ labels: ['malignant', 'normal'], images: [30, 50], right: 4 });
  for (const number of [1, 2]) {
    writePredictions(history.getModel(number).file, {
      validation: part,
      test: part,
      training: { images: 80, ofClass: [30, 50] },
    });
  }
  history.chooseFinding(history.getRun(2).dataset.sha256, { class: 0 });
  context = {
    history,
    version: '0.1.0',
    evidence: (request) => reportEvidence(request),
    print: null,
    createdAt: '2026-11-03T12:30:00.000Z',
  };
});
afterEach(() => {
  history.close();
  home.remove();
});

const inHome = (name: string): string => join(home.folder, name);
const plain = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&amp;', '&').replace(/\\(.)/g, '$1');

describe('a report', () => {
  it('has the figures that evaluating says, and says what is gone', async () => {
    const file = inHome('report.md');
    expect(await writeReport(context, model, { file })).toMatchObject({ file });
    const text = plain(readFileSync(file, 'utf8'));
    const diagnostics = await modelDiagnostics({ history, diagnose: diagnoseModel }, 1);
    const { warning, sentence, figures } = headlineOf(diagnostics);
    expect(warning).not.toBe('');
    for (const said of [warning, sentence!]) expect(text).toContain(said);
    for (const { name, estimate, format } of figures) {
      expect(text).toContain(`| ${name} | ${estimateText(estimate, format)} |`);
    }
    expect(text).toContain('| malignant | 30 (37.5\u202f%) | 30 (37.5\u202f%) | 30 (37.5\u202f%) |');
    // neither the dataset file of the fixtures nor the weights are there
    expect(text).toContain('Not read for this report; the following was stored earlier.');
    expect(text).toContain('the model ' + history.getModel(1).file + ' cannot be read (ENOENT)');
    expect(text).toContain('2 networks of this data folder were measured on this test set.');
  });

  it('is the same for the same history', async () => {
    for (const name of ['a.html', 'b.html']) await writeReport(context, model, { file: inHome(name) });
    expect(readFileSync(inHome('a.html'))).toEqual(readFileSync(inHome('b.html')));
  });

  it('of runs compares them', async () => {
    const file = inHome('runs.md');
    await writeReport(context, { runs: [1, 2] }, { file });
    const text = plain(readFileSync(file, 'utf8'));
    expect(text).toContain('# Comparison of 2 runs');
    expect(text).toContain('| Model | Sensitivity | Specificity | Balanced accuracy | Warning |');
    expect(text).toContain('| 1 (run 2, seed 7) |');
    expect(text).toMatch(/medforge search .*\nmedforge retrain 1 .*\nmedforge report --runs 1 2 --out report.md/);
  });

  it('is printed with its title where something prints', async () => {
    const printed: unknown[] = [];
    const print: ReportContext['print'] = (page) => {
      printed.push(page);
      return Promise.resolve(Buffer.from('%PDF-'));
    };
    await writeReport({ ...context, print }, model, { file: inHome('report.PDF') });
    expect(readFileSync(inHome('report.PDF'), 'latin1')).toBe('%PDF-');
    expect(printed).toMatchObject([{ title: 'Retrained', made: 'MedForge 0.1.0, 2026-11-03' }]);
  });

  it('that is cancelled leaves nothing', async () => {
    const stop = new AbortController();
    const reason = new UserError('report-cancelled', 'cancelled');
    const evidence: ReportContext['evidence'] = (request) =>
      reportEvidence(request, ({ done }) => void (done === 1 && stop.abort(reason)), stop.signal);
    const written = writeReport({ ...context, evidence }, model, { file: inHome('report.md'), signal: stop.signal });
    await expect(written).rejects.toBe(reason);
    expect(existsSync(inHome('report.md'))).toBe(false);
  });

  it('does not replace a file unless it is told to', async () => {
    const file = inHome('report.md');
    writeFileSync(file, 'mine');
    await expect(writeReport(context, model, { file })).rejects.toMatchObject({
      kind: 'report-exists',
      message: `${file} already exists: choose another file, or add --force to replace it.`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await writeReport(context, model, { file, force: true });
    expect(readFileSync(file, 'utf8')).toContain('# Retrained');
  });

  it.each([
    ['another ending', 'report.docx', model, 'report-format', 'use a file name that ends in .html or .md'],
    ['a PDF without a printer', 'report.pdf', model, 'report-pdf', 'which only the window can write (Models, Report…)'],
    ['no such model', 'report.md', { model: 9 }, 'model-unknown', '9'],
    ['no such run', 'report.md', { runs: [1, 99] }, 'run-unknown', '99'],
    ['one run twice', 'report.md', { runs: [1, 1] }, 'report-runs', 'two or more different runs'],
    ['no such folder', 'no/report.md', model, 'report-not-written', 'its folder does not exist; choose another place.'],
    ['a file for a folder', 'medforge.db/report.md', model, 'report-not-written', 'part of the path is a file'],
    ['a name too long', `${'x'.repeat(300)}.md`, model, 'report-not-written', 'the path is too long'],
    ['a folder of that name', 'folder.md', model, 'report-exists', 'already exists'],
  ] as [string, string, ReportSubject, string, string][])('is refused for %s', async (_, name, subject, kind, said) => {
    mkdirSync(inHome('folder.md'));
    const before = readdirSync(home.folder);
    const refused = await writeReport(context, subject, { file: inHome(name) }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({ kind, message: expect.stringContaining(said) as string });
    expect(readdirSync(home.folder)).toEqual(before);
    rmSync(inHome('folder.md'), { recursive: true });
  });
});
