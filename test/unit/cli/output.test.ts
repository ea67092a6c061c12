import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Output } from '../../../src-main/cli/output.js';

it('with --json a figure that is not defined is null, and what is infinite is said', () => {
  const stdout = new PassThrough();
  new Output(true, stdout as unknown as NodeJS.WriteStream).object({ auc: NaN, loss: Infinity, accuracy: 0.5 });
  expect(String(stdout.read())).toBe('{"auc":null,"loss":"Infinity","accuracy":0.5}\n');
});
