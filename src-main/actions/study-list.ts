import { countStandings, isSettled, studyStanding, type Standing, type StudyCounts } from '../studies/standing.js';

/**
 * How a study stands: `new`: nothing of it was started; `running` and `waiting` (for the queue, or another study) in this program;
 * `elsewhere`: another process goes on with it; `abandoned`: the process that went on with it was killed, or the power failed;
 * `stopped`: something is left to do; `ended`: nothing is, but tasks are missing.
 */
export type StudyState = 'new' | 'running' | 'waiting' | 'elsewhere' | 'abandoned' | 'stopped' | 'ended' | 'finished';

/** A study in a list. */
export interface StudyEntry {
  readonly study: string;
  readonly state: StudyState;
  readonly counts: StudyCounts;
  /** Share of the work that is done, tasks counted alike and running ones by their epochs. */
  readonly share: number;
  /** Runs of it that are going. */
  readonly going: readonly number[];
  /** Path of its file, as far as it is known. */
  readonly file: string | null;
  /** Where it runs, by its file; null when that cannot be read. */
  readonly executor: string | null;
  /** Why it stopped by itself, or why its file cannot be used. */
  readonly problem: string | null;
}

/** What of the history says how tasks stand. */
type StandingHistory = Parameters<typeof studyStanding>[0];

/** A task in a list. */
export interface StudyTaskRow {
  /** From 1, in the order of the plan. */
  readonly task: number;
  readonly dataset: string;
  readonly method: string;
  readonly budget: string;
  readonly seed: number;
  /** Null for a search. */
  readonly trainingSeed: number | null;
  readonly standing: Standing;
  readonly reason: string | null;
  readonly run: number | null;
  readonly epoch: number;
  /** 0 before it has a run. */
  readonly epochs: number;
  /** Running time so far. */
  readonly seconds: number;
  readonly attempts: number;
}

/** Every task of the last plan of a study; none before it was planned. */
export function studyTaskRows(history: StandingHistory, study: string): StudyTaskRow[] {
  return (studyStanding(history, study) ?? []).map(({ task, standing, reason, run }, i) => {
    const { dataset, method, budget, seed, trainingSeed, attempts } = task;
    const { epoch = 0, epochs = 0, seconds = 0 } = run ?? {};
    return {
      task: i + 1,
      ...{ dataset, method, budget, seed, trainingSeed, standing, reason },
      ...{ run: run?.run ?? null, epoch, epochs, seconds, attempts },
    };
  });
}

/** What is known of a study besides its tasks. */
export interface KnownStudy extends Pick<StudyEntry, 'study' | 'file' | 'executor' | 'problem'> {
  /** What this program does with it. */
  readonly here: 'running' | 'waiting' | null;
  readonly isElsewhere: boolean;
  readonly isAbandoned: boolean;
}

export function studyEntry(
  history: StandingHistory,
  { here, isElsewhere, isAbandoned, ...known }: KnownStudy,
): StudyEntry {
  const standings = studyStanding(history, known.study);
  const counts = countStandings(standings ?? []);
  const done = (standings ?? []).reduce((sum, { standing, run }) => {
    if (standing === 'finished') return sum + 1;
    return sum + Math.min(0.99, (run?.epoch ?? 0) / Math.max(1, run?.epochs ?? 1));
  }, 0);
  const state = (): StudyState => {
    if (here) return here;
    if (isElsewhere) return 'elsewhere';
    if (standings === null) return 'new';
    if (counts.finished === counts.tasks) return 'finished';
    if (isAbandoned) return 'abandoned';
    if (standings.every(isSettled)) return 'ended';
    return standings.every(({ standing, run }) => standing === 'waiting' && run === null) ? 'new' : 'stopped';
  };
  return {
    ...known,
    state: state(),
    counts,
    share: counts.tasks === 0 ? 0 : done / counts.tasks,
    going: (standings ?? []).flatMap(({ standing, run }) => (standing === 'running' && run ? run.run : [])),
  };
}
