import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { Faults, type Problem } from '../../../src-main/app/faults.js';

let logged: string[];
let told: Problem[];
let faults: Faults;

beforeEach(() => {
  logged = [];
  told = [];
  faults = new Faults({ write: (text, error) => void logged.push(`${text}: ${String(error)}`) });
});

describe('a fault where nobody waits for an answer', () => {
  it('is logged before there is a page, and told when there is one', () => {
    faults.guard('Early', () => {
      throw new Error('no page yet');
    })();
    expect(logged).toEqual(['Early: Error: no page yet']);
    faults.reportTo((problem) => told.push(problem));
    faults.report('Late', new Error('now there is one'));
    expect(told).toEqual([{ title: 'Late', message: 'now there is one' }]);
  });

  it('is told once until it works again or fails differently', () => {
    faults.reportTo((problem) => told.push(problem));
    let wrong: string | null = null;
    const look = faults.guard('A look', () => {
      if (wrong !== null) throw new Error(wrong);
    });
    for (wrong of ['a', 'a', 'b', 'b', null, 'b']) look();
    expect(told.map(({ message }) => message)).toEqual(['a', 'b', 'b']);
    expect(logged).toHaveLength(3);
  });

  it('of a promise is dealt with in the same way', async () => {
    faults.reportTo((problem) => told.push(problem));
    faults.guard('Later', () => Promise.reject(new Error('in the end')))();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([{ title: 'Later', message: 'in the end' }]);
  });

  it.each(['uncaughtException', 'unhandledRejection'])(
    'that nobody expected (%s) is no end of the program',
    (event) => {
      const process = new EventEmitter();
      faults.watch(process as unknown as NodeJS.Process);
      process.emit(event, new Error('what is this'));
      expect(logged).toEqual(['Internal error: Error: what is this']);
    },
  );
});
