import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGenotype, readGenotypeFile } from '../../../src-main/training/genotype-file.js';

const operations = ['conv_3x3', 'none', 'none', 'skip_connect', 'none', 'none'];
const stage = { depth: 1, operations };
const good = { stages: [stage, { ...stage, depth: 3 }, stage] };
const withStage = (change: object): object => ({ stages: [stage, { ...stage, ...change }, stage] });

describe('a genotype written by hand', () => {
  it('is read', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'genotype-')), 'g.json');
    writeFileSync(path, JSON.stringify(good));
    expect(await readGenotypeFile(path)).toEqual(good);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'f: the genotype must be an object, saw []'],
    ['null', null, 'f: the genotype must be an object, saw null'],
    ['no stages', {}, 'f: stages must be a list of 3, saw nothing'],
    ['an extra key', { ...good, budget: 1 }, 'f: the genotype has the key "budget"; only stages are allowed'],
    ['two stages', { stages: [stage, stage] }, 'f: stages must be a list of 3, saw 2 entries'],
    ['stages as text', { stages: 'x' }, 'f: stages must be a list of 3, saw "x"'],
    ['a stage as number', { stages: [stage, 4, stage] }, 'f: stage 2 must be an object, saw 4'],
    [
      'no depth',
      { stages: [stage, { operations }, stage] },
      'f: depth of stage 2 must be a whole number from 1 to 3, saw nothing',
    ],
    ['depth 0', withStage({ depth: 0 }), 'f: depth of stage 2 must be a whole number from 1 to 3, saw 0'],
    ['depth 4', withStage({ depth: 4 }), 'f: depth of stage 2 must be a whole number from 1 to 3, saw 4'],
    ['depth 1.5', withStage({ depth: 1.5 }), 'f: depth of stage 2 must be a whole number from 1 to 3, saw 1.5'],
    ['depth as text', withStage({ depth: '2' }), 'f: depth of stage 2 must be a whole number from 1 to 3, saw "2"'],
    [
      'five operations',
      withStage({ operations: operations.slice(1) }),
      'f: operations of stage 2 must be a list of 6, saw 5 entries',
    ],
    [
      'an operation of the search',
      withStage({ operations: [...operations.slice(0, 5), 'kernel_variable_conv'] }),
      'f: operation 6 of stage 2 must be one of none, skip_connect, conv_1x1, conv_7x7, conv_5x5, conv_3x3, avg_pool_3x3, saw "kernel_variable_conv"',
    ],
    [
      'a prototype name',
      withStage({ operations: [...operations.slice(0, 5), 'constructor'] }),
      'f: operation 6 of stage 2 must be one of none, skip_connect, conv_1x1, conv_7x7, conv_5x5, conv_3x3, avg_pool_3x3, saw "constructor"',
    ],
    [
      'nothing connected',
      withStage({ operations: ['conv_3x3', 'none', 'none', 'none', 'none', 'none'] }),
      'f: stage 2 has no path from node 0 to node 3: give at least one chain of edges an operation other than none',
    ],
  ])('is refused: %s', (_, value, message) => {
    expect(() => checkGenotype(value, 'f')).toThrow(message);
  });

  it('is refused when its depth exceeds the space', () => {
    expect(() => checkGenotype(good, 'f', 2)).toThrow('f: depth of stage 2 must be a whole number from 1 to 2, saw 3');
  });

  it.each<[string, string | null, RegExp]>([
    ['missing', null, /g\.json cannot be read \(ENOENT\): give the path of a genotype file$/],
    ['empty', '', /g\.json is not JSON \(.*\): write it like \{"stages"/],
    ['too large', 'x'.repeat(70_000), /g\.json has 70000 bytes, a genotype at most 65536: give a JSON file such as/],
  ])('file is refused: %s', async (_, text, message) => {
    const path = join(mkdtempSync(join(tmpdir(), 'genotype-')), 'g.json');
    if (text !== null) writeFileSync(path, text);
    await expect(readGenotypeFile(path)).rejects.toThrow(message);
  });
});
