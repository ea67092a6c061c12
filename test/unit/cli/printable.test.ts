import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Output, table } from '../../../src-main/cli/output.js';
import { columns, printable, printableJson, shortened } from '../../../src-main/printable.js';

/** What a stream was given. */
function collected(): { readonly stream: NodeJS.WriteStream; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

const HOSTILE: readonly (readonly [text: string, shown: string])[] = [
  ['\u001b[2J\u001b]0;title\u0007', String.raw`\x1b[2J\x1b]0;title\x07`],
  ['\u009b31m', String.raw`\x9b31m`],
  ['two\nlines\r\n\ttab', String.raw`two\nlines\r\n\ttab`],
  ['safe\u202egnp.exe', String.raw`safe\u202egnp.exe`],
  ['line\u2028separator', String.raw`line\u2028separator`],
  ['half \ud83d', String.raw`half \ud83d`],
  ['\u007f', String.raw`\x7f`],
];

describe('what others named', () => {
  test.each(HOSTILE)('%j is shown escaped, in text, notes, tables and JSON', (text, shown) => {
    expect(printable(text)).toBe(shown);
    const [out, err] = [collected(), collected()];
    const output = new Output(false, out.stream, err.stream);
    output.text(`run 1: ${text}`);
    output.note(text);
    expect(out.text()).toBe(`run 1: ${shown}\n`);
    expect(err.text()).toBe(`${shown}\n`);
    expect(
      table([
        ['name', 'state'],
        [text, 'paused'],
      ])[1],
    ).toBe(`${shown}  paused`);

    const json = collected();
    new Output(true, json.stream, err.stream).object({ name: text });
    expect(json.text().trimEnd()).toBe(printable(json.text().trimEnd()));
    expect(JSON.parse(json.text())).toEqual({ name: text });
  });

  test.each(['Überschrift', 'Größe: 3×3', 'Zweiter Versuch 🙂', 'תוצאה', '研究', '👩‍⚕️', 'C:\\data'])(
    '%s stays as it is',
    (text) => {
      expect(printable(text)).toBe(text);
      expect(printableJson(JSON.stringify(text))).toBe(JSON.stringify(text));
    },
  );
});

describe('columns of a table', () => {
  test.each([
    ['abc', 3],
    ['Größe', 5],
    ['e\u0301', 1],
    ['研究', 4],
    ['🙂', 2],
    ['👩‍⚕️', 2],
  ])('%s takes %i', (text, expected) => {
    expect(columns(text)).toBe(expected);
  });

  test('stay where they are beside wide and endless names', () => {
    const lines = table([
      ['run', 'name', 'state', 'tags'],
      [1, '研究 🙂', 'paused', ''],
      [2, 'x'.repeat(5000), 'finished', 'y'.repeat(5000)],
    ]);
    expect(lines).toEqual([
      `run  name${' '.repeat(44)}  state     tags`,
      `  1  研究 🙂${' '.repeat(41)}  paused`,
      `  2  ${'x'.repeat(32)}…${'x'.repeat(15)}  finished  ${'y'.repeat(666)}…${'y'.repeat(333)}`,
    ]);
  });

  test.each([
    ['short', 5, 'short'],
    ['a long name of run 12', 12, 'a long n… 12'],
    ['研究研究研究', 7, '研究…究'],
  ])('%j in %i columns is %j', (text, most, expected) => {
    expect(shortened(text, most)).toBe(expected);
    expect(columns(shortened(text, most))).toBeLessThanOrEqual(most);
  });
});
