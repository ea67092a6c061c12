import { describe, expect, it } from 'vitest';
import { parseLogLine } from '../../../src-renderer/logic/log-line.js';

describe('lines of the log', () => {
  it.each([
    [
      '2026-11-24T07:46:37.831Z info    epoch 6: loss 1.0555180410544078, 157 images/s',
      'info',
      'epoch 6: loss 1.0555, 157 images/s',
    ],
    ['2026-11-24T07:46:37.831Z warning the disk is nearly full', 'warning', 'the disk is nearly full'],
    ['2026-11-24T07:46:37.831Z error   ', 'error', ''],
  ])('%j', (line, level, text) => {
    const parsed = parseLogLine(line);
    expect(parsed).toMatchObject({ level, text });
    expect(parsed.time).toMatch(/^\d\d:\d\d:37$/);
  });

  it.each(['', 'a line without a time', '2026 was a good year'])('leaves %j as it is', (line) =>
    expect(parseLogLine(line)).toEqual({ time: '', level: 'info', text: line }),
  );
});
