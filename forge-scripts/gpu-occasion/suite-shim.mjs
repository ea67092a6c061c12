/** What the contract tests use of vitest, for a machine that has nothing but Node: tests run one after the other. */

import { isDeepStrictEqual } from 'node:util';

const groups = [];
let current = { name: '', tests: [], before: [] };
groups.push(current);

const fill = (name, values) =>
  name
    .replace(/\$(\w+)/g, (all, key) => (values[0] && typeof values[0] === 'object' ? String(values[0][key]) : all))
    .replace('%s', String(Array.isArray(values) ? values[0] : values));

export function describe(name, body) {
  const outer = current;
  current = { name, tests: [], before: [] };
  groups.push(current);
  body();
  current = outer;
}
describe.each = (table) => (name, body) => {
  for (const row of table) {
    const values = Array.isArray(row) ? row : [row];
    describe(fill(name, values), () => body(...values));
  }
};

export const beforeAll = (body) => void current.before.push(body);
export const beforeEach = beforeAll;
export const afterEach = () => undefined;
export const test = (name, body) => void current.tests.push({ name, body });
test.each = (table) => (name, body) => {
  for (const row of table) {
    const values = Array.isArray(row) ? row : [row];
    test(fill(name, values), () => body(...values));
  }
};

class ExpectationError extends Error {}

export function expect(value, what = '') {
  const check = (good, message) => {
    if (!good) throw new ExpectationError(`${what && `${what}: `}${message}`);
  };
  const matchers = (wanted) => ({
    toBe: (other) => check(Object.is(value, other) === wanted, `saw ${String(value)}, expected ${String(other)}`),
    toEqual: (other) => check(isDeepStrictEqual(value, other) === wanted, 'differs'),
    toBeLessThan: (limit) =>
      check(value < limit === wanted, `saw ${String(value)}, expected less than ${String(limit)}`),
    toBeGreaterThan: (limit) =>
      check(value > limit === wanted, `saw ${String(value)}, expected more than ${String(limit)}`),
  });
  return { ...matchers(true), not: matchers(false) };
}

/** @param {(group: string, test: string) => boolean} chosen @returns what failed, with how many passed */
export async function runSuite(chosen, deadline = Infinity, done = () => undefined) {
  const failures = [];
  let passed = 0;
  let skipped = 0;
  for (const { name: group, tests, before } of groups) {
    const wanted = tests.filter(({ name }) => chosen(group, name));
    if (group === '' || wanted.length) for (const body of before) await body();
    for (const { name, body } of wanted) {
      if (performance.now() > deadline) {
        skipped++;
        continue;
      }
      const start = performance.now();
      try {
        await body();
        passed++;
        done(name, performance.now() - start);
      } catch (error) {
        done(`FAILED ${name}`, performance.now() - start);
        failures.push({
          group,
          test: name,
          error: String(error?.message ?? error)
            .split('\n')
            .slice(0, 6)
            .join(' | '),
        });
      }
    }
  }
  return { passed, skipped, failures };
}
