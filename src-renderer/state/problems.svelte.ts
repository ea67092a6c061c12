import { withProblem, type Problem } from '../logic/problem-cause.js';

/** Something that happened, with what can be done about it for a while. */
export interface Offer {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'bad';
  readonly action: string | null;
  readonly act: () => void;
}

let next = 1;

/** What went wrong, until the user has dismissed it, and short notes of what went well. */
class Messages {
  problems = $state.raw<readonly Problem[]>([]);
  note = $state('');
  offers = $state.raw<readonly Offer[]>([]);
  #noteTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param minor what nobody asked for, which is not worth naming beside another problem of its cause */
  add(title: string, message: string, minor = false): void {
    this.problems = withProblem(this.problems, { id: next++, title, message }, minor);
  }

  dismiss(id: number): void {
    this.problems = this.problems.filter((problem) => problem.id !== id);
  }

  /** What went wrong under this title has been done by another try. */
  settle(title: string): void {
    this.problems = this.problems.filter((problem) => problem.title !== title);
  }

  /** What is said again takes the place of what was said. @param seconds after which it goes; null: it stays until it is taken or dismissed. */
  offer(offer: Omit<Offer, 'id'>, seconds: number | null = null): () => void {
    const id = next++;
    const end = (): void => {
      this.offers = this.offers.filter((one) => one.id !== id);
    };
    const act = (): void => {
      end();
      offer.act();
    };
    const others = this.offers.filter(({ text }) => text !== offer.text);
    this.offers = [...others, { ...offer, id, act }].slice(-4);
    if (seconds !== null) setTimeout(end, seconds * 1000);
    return end;
  }

  dismissOffer(id: number): void {
    this.offers = this.offers.filter((one) => one.id !== id);
  }

  say(note: string): void {
    clearTimeout(this.#noteTimer);
    this.note = note;
    this.#noteTimer = setTimeout(() => (this.note = ''), 6000);
  }
}

export const messages = new Messages();

/** The line that a UserError carries, without what Electron puts before it. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Error invoking remote method '[^']*': /, '').replace(/^(?:[A-Za-z]*Error): /, '');
}

/**
 * Runs an action; when it fails, says so under `title` and returns undefined. Nothing is swallowed.
 * @param minor as `Messages.add` has it
 */
export async function attempt<T>(title: string, action: () => Promise<T>, minor = false): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    messages.add(title, errorText(error), minor);
    return undefined;
  }
}
