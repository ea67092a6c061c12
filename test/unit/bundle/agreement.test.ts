import { describe, expect, it } from 'vitest';
import { requireAgreement } from '../../../src-main/bundle/agreement.js';
import type { Task } from '../../../src-main/datasets/dataset.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';

function part(task: Task, outputs: number, truth: number[], scores: number[]): ScoredPart {
  const count = scores.length / outputs;
  return {
    task,
    scores: { count, outputs, values: Float64Array.from(scores) },
    truth: { count, labelsPerImage: truth.length / count, values: Uint8Array.from(truth) },
  };
}
const binary = (...last: number[]): ScoredPart =>
  part(
    'binary-class',
    2,
    [0, 1, 0, 1],
    last.flatMap((p) => [1 - p, p]),
  );

describe('two runtimes', () => {
  it('agree when every probability does', () => {
    expect(requireAgreement(binary(0.1, 0.9, 0.2, 0.8), binary(0.1, 0.9, 0.2, 0.80005), 'a and b')).toBeCloseTo(
      5e-5,
      9,
    );
  });

  it.each<[string, ScoredPart, ScoredPart]>([
    ['a decision', binary(0.1, 0.500001, 0.2, 0.8), binary(0.1, 0.499999, 0.2, 0.8)],
    ['an order of two images', binary(0.1, 0.300001, 0.3, 0.8), binary(0.1, 0.3, 0.300001, 0.8)],
  ])('may differ in %s that hangs on their rounding', (_, a, b) => {
    requireAgreement(a, b, 'a and b');
  });

  it.each<[string, ScoredPart, ScoredPart, string]>([
    [
      'a probability',
      binary(0.1, 0.9, 0.2, 0.8),
      binary(0.1, 0.9, 0.2, 0.8002),
      'a and b disagree by 2.0e-4 in a probability (at most 0.0001 is allowed)',
    ],
    ['NaN', binary(0.1, 0.9, 0.2, 0.8), binary(0.1, NaN, 0.2, 0.8), 'a and b disagree by Infinity in a probability'],
    [
      'labels that were swapped',
      binary(0.1, 0.9, 0.2, 0.8),
      { ...binary(0.1, 0.9, 0.2, 0.8), truth: { count: 4, labelsPerImage: 1, values: Uint8Array.of(1, 1, 0, 1) } },
      'a and b disagree in ACC, 1 and 0.75',
    ],
    [
      'an order that does not hang on rounding',
      binary(0.6, 0.9, 0.2, 0.8),
      { ...binary(0.6, 0.9, 0.2, 0.8), truth: { count: 4, labelsPerImage: 1, values: Uint8Array.of(1, 1, 0, 0) } },
      'a and b disagree in AUC, 1 and 0.75',
    ],
  ])('must not differ in %s', (_, a, b, message) => {
    expect(() => requireAgreement(a, b, 'a and b')).toThrow(message);
  });
});
