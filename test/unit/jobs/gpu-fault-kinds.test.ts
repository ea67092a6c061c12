import { expect, test } from 'vitest';
import { UserError } from '../../../src-main/errors.js';
import { isGpuFault } from '../../../src-main/jobs/gpu-fault.js';
import { searchConfig } from '../history/fixtures.js';

const onCard = { ...searchConfig, backend: 'webgpu' } as const;

test.each([
  ['gpu-fault', true],
  ['gpu-lost', true],
  ['gpu-timeout', true],
  ['compute-page-ended', true],
  ['out-of-memory', true],
  // Another backend would fail in the same way, or a smaller batch is the way out.
  ['loss-not-finite', false],
  ['batch-too-large', false],
])('%s of a run on the card is a fault of the card: %s', (kind, expected) => {
  expect(isGpuFault(new UserError(kind, 'x'), onCard)).toBe(expected);
});

test('of a run that has gone on with native none is, nor an error of the program', () => {
  const gone = { ...onCard, decidedBackend: 'native' } as const;
  expect(isGpuFault(new UserError('out-of-memory', 'x'), gone)).toBe(false);
  expect(isGpuFault(new Error('gpu-fault'), onCard)).toBe(false);
});
