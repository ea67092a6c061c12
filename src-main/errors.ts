/**
 * A failure that the user can act on. `message` is one line that says what is wrong, to which file, and what to do.
 * Everything else that is thrown is a fault of the program.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  /** @param kind stable, machine-readable word for the failure, e.g. `npz-truncated`. */
  constructor(
    readonly kind: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
