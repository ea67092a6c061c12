import { describe, expect, it } from 'vitest';
import { fit, ranked } from '../../../src-renderer/logic/fuzzy.js';

const entry = (label: string, hint = '') => ({ key: label, label, hint });
const names = ['Go to Datasets', 'Settings', 'BreastMNIST medium, seed 1', 'BreastMNIST small, seed 1', 'Été à Zürich'];
const found = (typed: string, recent: string[] = [], most = 50): string[] =>
  ranked(
    typed,
    names.map((name) => entry(name)),
    recent,
    most,
  ).map(({ label }) => label);

describe('what was typed', () => {
  it.each([
    ['brs medi', ['BreastMNIST medium, seed 1']],
    ['med brs', ['BreastMNIST medium, seed 1', 'BreastMNIST small, seed 1']],
    ['SETT', ['Settings']],
    ['ete zurich', ['Été à Zürich']],
    ['xq', []],
    ['gtd', ['Go to Datasets']],
  ])('%s finds %j', (typed, wanted) => expect(found(typed)).toEqual(wanted));

  it('beginnings of words go before letters inside, whole words before scattered ones, short before long', () => {
    expect(fit('set', 'Settings')!).toBeGreaterThan(fit('set', 'Datasets')!);
    expect(fit('seed', 'a seed')!).toBeGreaterThan(fit('seed', 's-long-e-long-e-d')!);
    expect(fit('set', 'Settings')!).toBeGreaterThan(fit('set', 'Settings of everything')!);
  });

  it('is looked for beside the name too, which counts less', () => {
    const entries = [entry('First', 'search #12'), entry('search', '')];
    expect(ranked('search', entries, [], 9).map(({ label }) => label)).toEqual(['search', 'First']);
    expect(ranked('first 12', entries, [], 9).map(({ label }) => label)).toEqual(['First']);
  });
});

describe('the recent ones', () => {
  it('come first where nothing is typed, and among those that fit alike', () => {
    expect(found('', ['Settings', 'gone'], 2)).toEqual(['Settings', 'Go to Datasets']);
    const twins = [entry('Run a'), entry('Run b')];
    expect(ranked('run', twins, ['Run b'], 9)[0]?.label).toBe('Run b');
  });
});
