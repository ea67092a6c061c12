/** One cause can make many things fail, each with words of its own; who reads them wants to hear it once. */
export type ProblemCause = 'full-disk';

/** As main says it of the history, of checkpoints and of other files of the data folder; `problem-cause.test.ts` holds the words. */
const FULL_DISK = /^The disk that holds .* is full|^Not enough space for a checkpoint/;

/** Null: no cause that more than one thing has. */
export const causeOf = (message: string): ProblemCause | null => (FULL_DISK.test(message) ? 'full-disk' : null);

export interface Problem {
  readonly id: number;
  readonly title: string;
  readonly message: string;
  /** Titles of what failed later for the same cause. */
  readonly also: readonly string[];
}

/** Most problems that are shown at once, and most titles of one cause. */
const MOST = 5;
const MOST_ALSO = 3;

/**
 * The problems with one more: the same one said again moves to the end instead of piling up, and one of the cause of another joins it.
 * @param minor what nobody asked for, which is not worth naming beside another one of its cause
 */
export function withProblem(
  problems: readonly Problem[],
  { id, title, message }: Pick<Problem, 'id' | 'title' | 'message'>,
  minor = false,
): readonly Problem[] {
  const cause = causeOf(message);
  const known =
    cause === null ? undefined : problems.find((one) => causeOf(one.message) === cause && one.title !== title);
  if (known) {
    if (minor || known.also.includes(title)) return problems;
    const joined = { ...known, also: [...known.also, title].slice(-MOST_ALSO) };
    return problems.map((one) => (one === known ? joined : one));
  }
  const same = problems.find((one) => one.title === title && (one.message === message || cause !== null));
  const others = problems.filter((one) => one !== same);
  return [...others, { id, title, message, also: same?.also ?? [] }].slice(-MOST);
}
