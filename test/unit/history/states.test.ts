import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { NEXT_STATES, RUN_STATES } from '../../../src-main/history/states.js';
import type { RunState } from '../../../src-main/vocabulary/run.js';
import { searchConfig, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeAll(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterAll(() => {
  history.close();
  home.remove();
});

const reach: { readonly [state in RunState]: readonly RunState[] } = {
  queued: [],
  running: ['running'],
  paused: ['running', 'paused'],
  finished: ['running', 'finished'],
  failed: ['running', 'failed'],
  cancelled: ['cancelled'],
  interrupted: ['running', 'interrupted'],
};
const inState = (state: RunState): number => {
  const run = history.createRun(searchConfig);
  for (const next of reach[state]) history.moveRun(run, next);
  return run;
};
const steps = RUN_STATES.flatMap((from) => RUN_STATES.map((to) => [from, to, NEXT_STATES[from].includes(to)] as const));

test.each(steps)('%s → %s: %s', (from, to, allowed) => {
  const run = inState(from);
  if (allowed) {
    history.moveRun(run, to);
    expect(history.getRun(run).summary.state).toBe(to);
    return;
  }
  const ended = from === 'finished' || from === 'cancelled';
  expect(() => history.moveRun(run, to)).toThrow(
    `Run ${run} is ${from} and cannot become ${to}${ended ? ': start a new one.' : '.'}`,
  );
  expect(history.getRun(run).summary.state).toBe(from);
});
