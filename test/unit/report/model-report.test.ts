import { exampleHealth } from './example-health.js';
import { describe, expect, it } from 'vitest';
import { headlineOf } from '../../../src-main/headline.js';
import type { Report } from '../../../src-main/report/document.js';
import { html } from '../../../src-main/report/html/html.js';
import { markdown } from '../../../src-main/report/markdown.js';
import { modelReport } from '../../../src-main/report/model-report.js';
import { estimateText } from '../../../src-main/report/text.js';
import type { Diagnostics } from '../../../src-main/vocabulary/diagnostics.js';
import { factsOf, type Case } from './facts.js';

const breast: Case = { labels: ['malignant', 'normal'], images: [40, 110], choices: { finding: 0 } };
const reportOf = async (given: Case): Promise<Report> => modelReport(await factsOf(given));
const textOf = async (given: Case): Promise<string> => markdown(await reportOf(given));
/** What a reader sees of the Markdown. */
const plain = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').replace(/\\(.)/g, '$1');

describe('the report of a model', () => {
  it('has the same sections for every model, annexes last', async () => {
    const { sections } = await reportOf(breast);
    expect(sections.map(({ title }) => title)).toEqual([
      'Question',
      'Data and its health',
      'Method',
      'Results',
      'Errors',
      'Operating point',
      'Calibration',
      'What this report cannot say',
      'Versions and hashes',
      'How to reproduce it',
      'Annex: TRIPOD+AI',
      'Annex: CLAIM',
    ]);
    expect(sections.filter(({ annex }) => annex).map(({ title }) => title)).toEqual([
      'Annex: TRIPOD+AI',
      'Annex: CLAIM',
    ]);
  });

  it('says first that a model is bad, in the words of the result page', async () => {
    const facts = await factsOf({ ...breast, right: 2 });
    const { warning, sentence } = headlineOf(facts.evidence.diagnostics as Diagnostics);
    expect(warning).toMatch(/^Misses \d/);
    const lines = markdown(modelReport(facts)).split('\n\n');
    expect(plain(lines[3]!)).toBe(`**⚠ ${warning}**`);
    expect(plain(lines[4]!)).toBe(sentence);
    const page = html(modelReport(facts));
    expect(page.indexOf('class="warning verdict"')).toBeLessThan(page.indexOf('<table'));
    expect(page).toContain(warning);
  });

  it('does not take an architecture drawn from a search for its answer', async () => {
    const facts = await factsOf(breast);
    const run = { ...facts.run, config: { ...facts.run.config, drawn: true } as const };
    const text = plain(markdown(modelReport({ ...facts, run })));
    expect(text).toContain('The architecture is not the answer of the search: it was drawn from its probabilities.');
    expect(text).not.toContain('No race was run');
    expect(text).toContain('medforge retrain --genotype genotype.json');
    expect(text).toContain(JSON.stringify(facts.run.config.genotype));
  });

  it('has every figure of the diagnostics as they are', async () => {
    const facts = await factsOf({
      ...breast,
      choices: {
        finding: 0,
        operatingPoint: {
          finding: 0,
          label: 'malignant',
          rule: { rule: 'sensitivity', atLeast: 0.9 },
          threshold: 0.2134,
        },
      },
    });
    const text = plain(markdown(modelReport(facts)));
    const { validation, test, temperature } = facts.evidence.diagnostics as Diagnostics;
    for (const part of [validation, test]) {
      const { sensitivity, specificity, positivePredictiveValue, negativePredictiveValue } =
        part.finding!.atOperatingPoint!;
      for (const share of [sensitivity, specificity, positivePredictiveValue, negativePredictiveValue, part.accuracy]) {
        expect(text).toContain(estimateText(share, 'share'));
      }
      const { before, after } = part.calibration;
      for (const area of [part.finding!.auc, part.auc, before.brierScore, after.expectedCalibrationError]) {
        expect(text).toContain(estimateText(area, 'area'));
      }
    }
    expect(text).toContain(`temperature ${temperature.toFixed(3)}`);
    expect(text).toContain('is at least 0.2134: sensitivity of at least 0.9 on the validation set.');
    // Accuracy is not of the operating point, and the report does not let it seem so.
    expect(text).toContain('Accuracy, most probable class');
  });

  it.each([
    ['no finding', { ...breast, choices: {} }, 'none, so there is no sensitivity or specificity'],
    ['no search', { ...breast, search: null }, 'The search (run 1) is no longer in the history'],
    ['no race', breast, 'No race was run: whether the architecture is better than a random one'],
    ['one seed', breast, 'One network was trained, so how much its figures depend on the seed is unknown.'],
    [
      'synthetic images',
      { ...breast, synthetic: true },
      'Trained on synthetic images: this report says nothing about patients.',
    ],
    [
      'a class that is absent',
      { labels: ['a', 'b', '3'], images: [30, 30, 0] },
      'Not defined: no image of class 3 in the test set.',
    ],
    [
      'a class with few images',
      { labels: ['a', 'b'], images: [30, 4], choices: { finding: 1 } },
      'Fewer than 10 test images of “b”: figures for it are very uncertain.',
    ],
    [
      'a dataset file that is gone',
      { ...breast, evidence: { dataset: { problem: '/data/b.npz: the file is not there.' } } },
      'Not read for this report; the following was stored earlier. /data/b.npz: the file is not there.',
    ],
    [
      'test images that were trained on',
      {
        ...breast,
        evidence: {
          dataset: {
            health: exampleHealth(
              breast.labels,
              breast.images.map((n) => [n, n, n]),
              'binary-class',
              {
                testElsewhere: { images: 4, identical: 3, otherLabel: 1 },
              },
            ),
            identity: null,
          },
        },
      },
      'Serious: 1 test image has a twin in the training or validation set with a different label',
    ],
    [
      'a model of an earlier version',
      { ...breast, evidence: { diagnostics: { problem: 'Evaluate it again.' }, balance: null } },
      'Sensitivity, specificity, calibration and operating point are unknown. Evaluate it again.',
    ],
    [
      'a model file that is gone',
      { ...breast, evidence: { weights: { problem: 'The model cannot be read.' } } },
      'The model cannot be read.',
    ],
  ] as [string, Case, string][])('of %s says so', async (_, given, said) => {
    const report = await reportOf(given);
    expect(plain(markdown(report))).toContain(said);
    expect(html(report)).not.toMatch(/NaN|undefined|Infinity/);
    expect(markdown(report)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('holds ten classes, whose confusion matrix is complete', async () => {
    const labels = Array.from({ length: 10 }, (_, k) => `class of the number ${k} with a long name`);
    const report = await reportOf({ labels, images: labels.map((_, k) => 12 + k) });
    const page = html(report);
    expect(page.match(/<table class="confusion whole many">.*?<\/table>/s)?.[0].match(/<td /g)).toHaveLength(100);
  });

  it('lists every item of both guidelines once, and what a person must write', async () => {
    const [tripod, claim] = (await reportOf(breast)).sections.slice(-2).map(({ blocks }) => {
      const table = blocks.find((block) => block.kind === 'table')!;
      return table.rows.map(([number]) => number as string);
    });
    expect(new Set(tripod).size).toBe(tripod!.length);
    expect(new Set(tripod!.map((item) => parseInt(item, 10)))).toEqual(
      new Set(Array.from({ length: 27 }, (_, i) => i + 1)),
    );
    expect(claim).toEqual(Array.from({ length: 42 }, (_, i) => String(i + 1)));
    expect(await textOf(breast)).toContain('| Intended use | **\\[to be written\\]** |');
  });
});

describe('names of others', () => {
  const evil = '<script>alert(1)</script> | `x` **b** [l](http://e) \u202e\n# h &amp; 研究 🔬';
  it.each(['name', 'dataset'] as const)('as %s are text in both formats', async (where) => {
    const report = await reportOf({ ...breast, labels: [evil, 'normal'], [where]: evil });
    const page = html(report);
    expect(page).not.toMatch(/<script|<a |href|\u202e/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; | `x` **b** [l](http://e)  # h &amp;amp; 研究 🔬');
    const text = markdown(report);
    expect(text).not.toMatch(/<script|\u202e|^# h/m);
    // A row has as many cells as its table has columns: no name ends a cell or a line.
    for (const table of text
      .trim()
      .split('\n\n')
      .filter((part) => part.startsWith('| '))) {
      const widths = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('of 5,000 characters leave the page whole', async () => {
    const report = await reportOf({ ...breast, name: 'x'.repeat(5000), labels: ['y'.repeat(5000), 'z'] });
    expect(html(report).length).toBeGreaterThan(10_000);
  });
});
