import type { Headline, HeadlineFigure } from '../../vocabulary/headline.js';
import { marksOf, type Block, type Column, type Report, type Text } from '../document.js';
import { count, estimateText, shareText, timeText } from '../text.js';
import { svgOf } from './chart.js';
import { escaped, inline } from './escape.js';
import { INK, LINE_STRONG, SERIES, WELL } from './palette.js';
import { STYLE } from './style.js';

/** Widths of charts in CSS pixels: of A4 between its margins, and of half of it. */
const WHOLE = 440;
const HALF = 312;
/** Tables of as many rows stay on one page. */
const SHORT = 14;
/** Confusion matrices of more classes have numbers for names in their first row. */
const FEW_CLASSES = 5;

/** Nothing is loaded and nothing runs, wherever the file is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** A report as one HTML file that needs nothing else: charts as vectors, a page for the screen and for paper. */
export function html(report: Report): string {
  const { title, subtitle, createdAt, program, opening, sections } = report;
  const marks = marksOf(sections);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">${escaped(title)}</h1>
<p>${escaped(subtitle)}<br>${escaped(program)}, ${escaped(timeText(createdAt))}</p>
</header>
<main>
<div class="opening">
${opening.map(block).join('\n')}
</div>
${sections
  .map(
    ({ title: name, blocks, annex }, i) =>
      `<section${annex ? ' class="annex"' : ''}>\n<h2><span class="number">${marks[i]!}</span> ${escaped(name)}</h2>\n${blocks.map(block).join('\n')}\n</section>`,
  )
  .join('\n')}
</main>
</body>
</html>
`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'paragraph':
      return `<p${one.tone === undefined ? '' : ` class="${one.tone}"`}>${inline(one.text)}</p>`;
    case 'heading':
      return `<h3>${escaped(one.text)}</h3>`;
    case 'headline':
      return headline(one.headline, one.vote);
    case 'facts':
      return `<table class="facts">${one.rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td dir="auto">${inline(value)}</td></tr>`).join('')}</table>`;
    case 'list':
      return `<ul>${one.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'table':
      return table(one.caption, one.columns, one.rows);
    case 'confusion':
      return confusion(one.caption, one.labels, one.matrix);
    case 'chart':
      return figure(one, WHOLE);
    case 'charts':
      return `<div class="charts">${one.charts.map((chart) => figure(chart, HALF)).join('')}</div>`;
    case 'code':
      return `<pre>${one.lines.map((line) => `<span>${withWholeFlags(escaped(line))}</span>`).join('')}</pre>`;
  }
}

/** No line of a command ends within the name of an option. */
const withWholeFlags = (line: string): string => line.replace(/(?<= )--[\w-]+/g, '<i>$&</i>');

function figure({ title, summary, chart }: Block & { readonly kind: 'chart' }, width: number): string {
  return `<figure><figcaption><strong>${escaped(title)}</strong>${escaped(summary)}</figcaption>${svgOf(chart, { width, label: `${title}. ${summary}` })}</figure>`;
}

function table(caption: string, columns: readonly Column[], rows: readonly (readonly Text[])[]): string {
  const kind = (column: number): string => (columns[column]?.number ? ' class="number"' : '');
  const head = columns
    .map(
      ({ title, width }, i) =>
        `<th scope="col"${kind(i)}${width === undefined ? '' : ` style="width: ${width}%"`}>${escaped(title)}</th>`,
    )
    .join('');
  const body = rows
    .map((row) => {
      const cells = row.map((cell, i) => {
        const kind = columns[i]?.number ? ` class="number${isFigure(cell) ? ' figure' : ''}"` : '';
        return i === 0
          ? `<th scope="row" dir="auto"${kind}>${inline(cell)}</th>`
          : `<td dir="auto"${kind}>${inline(cell)}</td>`;
      });
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('\n');
  const whole = rows.length <= SHORT ? ' class="whole"' : '';
  return `<table${whole}><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** A number with its interval is read as one and stays on one line; why there is none does not. */
const isFigure = (cell: Text): boolean => typeof cell === 'string' && /^[−+<–\d]/.test(cell) && cell.length <= 30;

function headline({ warning, sentence, figures }: Headline, vote: string): string {
  return [
    warning === '' ? '' : `<p class="warning verdict">${escaped(warning)}</p>`,
    sentence === null ? '' : `<p class="sentence">${escaped(sentence)}</p>`,
    `<table class="bars whole">${figures.map(bar).join('')}</table>`,
    `<p class="note">On the test set, which was not used for any choice. Each bar ends at the value; the line across its end is the 95 % interval. <svg width="4" height="11" aria-hidden="true"><rect width="3" height="11" fill="${SERIES[1]}"/></svg> Result of ${escaped(vote)} (AUC 0.5).</p>`,
  ].join('\n');
}

const BAR = 240;

function bar({ name, estimate, majority, format }: HeadlineFigure): string {
  const at = (share: number): string => String(Math.round(BAR * Math.min(1, Math.max(0, share)) * 10) / 10);
  const { value, interval } = estimate;
  const marks = [
    `<rect width="${BAR}" height="20" rx="3" fill="${WELL}"/>`,
    ...(value === null ? [] : [`<rect y="4" width="${at(value)}" height="12" rx="2" fill="${SERIES[0]}"/>`]),
    ...(value === null || interval === null
      ? []
      : [
          `<rect x="${at(interval[0])}" y="9" width="${at(interval[1] - interval[0])}" height="2" fill="${INK}"/>`,
          ...interval.map((end) => `<rect x="${at(end)}" y="6" width="1.5" height="8" fill="${INK}"/>`),
        ]),
    ...(majority === null
      ? []
      : [`<rect x="${at(Math.min(majority, 1 - 3 / BAR))}" width="3" height="20" fill="${SERIES[1]}" stroke="#fff"/>`]),
  ];
  const text = estimateText(estimate, format);
  return `<tr><th scope="row">${escaped(name)}</th><td class="bar"><svg width="${BAR}" height="20" aria-hidden="true">${marks.join('')}</svg></td><td${value === null ? ' class="missing"' : ''}>${escaped(text)}</td></tr>`;
}

function confusion(caption: string, labels: readonly string[], matrix: readonly (readonly number[])[]): string {
  const many = labels.length > FEW_CLASSES;
  const name = (k: number): string => labels[k] ?? String(k);
  const head = matrix.map((_, k) => `<th scope="col" dir="auto">${escaped(many ? String(k) : name(k))}</th>`).join('');
  const body = matrix
    .map((row, truth) => {
      const sum = row.reduce((all, value) => all + value, 0);
      const cells = row.map((images) => cell(images, images / Math.max(1, sum), many)).join('');
      return `<tr><th scope="row" dir="auto">${escaped(many ? `${truth} ${name(truth)}` : name(truth))}</th>${cells}</tr>`;
    })
    .join('');
  return `<table class="confusion whole${many ? ' many' : ''}"><caption>${escaped(caption)}</caption><thead><tr><th scope="col">truth ↓ prediction →</th>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** The darker, the larger its share of the class. */
function cell(images: number, share: number, many: boolean): string {
  const colour = `rgb(${[11, 104, 111].map((dark) => Math.round(255 - (255 - dark) * (0.06 + 0.84 * share))).join(' ')})`;
  const ink = share > 0.55 ? '#fff' : INK;
  const empty = images === 0 ? `; outline: 1px solid ${LINE_STRONG}20` : '';
  return `<td style="background: ${colour}; color: ${ink}${empty}"><strong>${count(images)}</strong>${many ? '' : `<span>${escaped(shareText(share))}</span>`}</td>`;
}
