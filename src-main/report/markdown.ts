import { marksOf, TO_BE_WRITTEN, type Block, type Column, type Report, type Text } from './document.js';
import { count, estimateText, timeText, voteText } from './text.js';

/** A report as Markdown (GitHub's, for its tables). Charts are told in their sentence. */
export function markdown(report: Report): string {
  const { title, subtitle, createdAt, program, opening, sections } = report;
  const marks = marksOf(sections);
  const parts = [
    `# ${escaped(title)}`,
    escaped(subtitle),
    `${escaped(program)}, ${timeText(createdAt)}`,
    ...opening.map(block),
    ...sections.flatMap(({ title: name, blocks }, i) => [`## ${marks[i]!}. ${escaped(name)}`, ...blocks.map(block)]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'paragraph':
      return one.tone === 'warning' || one.tone === 'lead' ? `**${text(one.text)}**` : text(one.text);
    case 'heading':
      return `### ${escaped(one.text)}`;
    case 'headline': {
      const { warning, sentence, figures } = one.headline;
      const rows = figures.map(({ name, estimate, majority, format }) => [
        name,
        estimateText(estimate, format),
        voteText(majority, format),
      ]);
      const columns = [{ title: 'Test set' }, { title: 'This model', number: true }, { title: one.vote, number: true }];
      return [
        warning === '' ? '' : `**⚠ ${escaped(warning)}**`,
        sentence === null ? '' : escaped(sentence),
        table(columns, rows),
      ]
        .filter((part) => part !== '')
        .join('\n\n');
    }
    case 'facts':
      return table([{ title: '' }, { title: '' }], one.rows);
    case 'list':
      return one.items.map((item) => `- ${text(item)}`).join('\n');
    case 'table':
      return `${escaped(one.caption)}:\n\n${table(one.columns, one.rows)}`;
    case 'confusion': {
      const columns = [{ title: 'truth ↓, said →' }, ...one.labels.map((title) => ({ title, number: true }))];
      const rows = one.matrix.map((row, k) => [one.labels[k] ?? String(k), ...row.map((value) => count(value))]);
      return `${escaped(one.caption)}:\n\n${table(columns, rows)}`;
    }
    case 'chart':
      return `${escaped(one.title)}: ${escaped(one.summary)}`;
    case 'charts':
      return one.charts.map(block).join('\n\n');
    case 'code':
      return fenced(one.lines);
  }
}

export function table(columns: readonly Column[], rows: readonly (readonly Text[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ number }) => (number ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(text))),
  ].join('\n');
}

function text(parts: Text): string {
  if (typeof parts === 'string') return escaped(parts);
  return parts.map((part) => (typeof part === 'string' ? escaped(part) : code(part.code))).join('');
}

/** What others wrote, as text and nothing else: in one line, and without a sign that Markdown or HTML acts on. */
export function escaped(plain: string): string {
  return plain
    .split(TO_BE_WRITTEN)
    .map((part) =>
      oneLine(part)
        .replace(/[\\`*_{}[\]#|~]/g, '\\$&')
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/>/g, '&gt;')
        .replace(/^(\s*\d*)([-+=.)])(?=\s|$)/, '$1\\$2'),
    )
    .join(`**\\[${TO_BE_WRITTEN.slice(1, -1)}\\]**`);
}

/** Control characters and ends of lines are blanks; characters that turn the direction of the text around are left out. */
const oneLine = (plain: string): string =>
  plain.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

/** A code span that holds backticks has a longer fence. */
function code(plain: string): string {
  const line = oneLine(plain).replace(/\|/g, '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

function fenced(lines: readonly string[]): string {
  const body = lines.map(oneLine);
  const longest = Math.max(2, ...body.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sh`, ...body, fence].join('\n');
}
