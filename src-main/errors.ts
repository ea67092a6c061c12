interface Said extends ErrorOptions {
  /** The same line for the window, where it offers another way out than the command line does. */
  readonly inWindow?: string;
}

/**
 * A failure that the user can act on. `message` is one line that says what is wrong, to which file, and what to do, in the words
 * of the command line. Everything else that is thrown is a fault of the program.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  /** What the window says, where that is not `message`. */
  readonly inWindow: string | undefined;

  /** @param kind stable, machine-readable word for the failure, e.g. `npz-truncated`. */
  constructor(
    readonly kind: string,
    message: string,
    { inWindow, ...options }: Said = {},
  ) {
    super(message, options);
    this.inWindow = inWindow;
  }
}

/** What the window says of something that was thrown. */
export function windowText(error: unknown): string {
  if (error instanceof UserError) return error.inWindow ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
