export interface Problem {
  readonly id: number;
  readonly title: string;
  readonly message: string;
}

let next = 1;

/** What went wrong, until the user has dismissed it, and short notes of what went well. */
class Messages {
  problems = $state.raw<readonly Problem[]>([]);
  note = $state('');
  #noteTimer: ReturnType<typeof setTimeout> | undefined;

  /** The same problem said again moves to the end instead of piling up. */
  add(title: string, message: string): void {
    const others = this.problems.filter((problem) => problem.title !== title || problem.message !== message);
    this.problems = [...others, { id: next++, title, message }].slice(-5);
  }

  dismiss(id: number): void {
    this.problems = this.problems.filter((problem) => problem.id !== id);
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

/** Runs an action; when it fails, says so under `title` and returns undefined. Nothing is swallowed. */
export async function attempt<T>(title: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    messages.add(title, errorText(error));
    return undefined;
  }
}
