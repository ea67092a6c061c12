export interface Question {
  readonly title: string;
  readonly body: string;
  readonly action: string;
  readonly danger: boolean;
}

/** One question at a time; answered true only by its own button. */
class Confirm {
  question = $state.raw<Question | null>(null);
  #answer: ((yes: boolean) => void) | null = null;

  ask(question: Question): Promise<boolean> {
    this.answer(false);
    this.question = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(yes: boolean): void {
    this.question = null;
    this.#answer?.(yes);
    this.#answer = null;
  }
}

export const confirm = new Confirm();
