/** Turns the signals that ask a process to stop into a request to pause; a second Ctrl-C ends it at once. */
export class PauseSignals {
  received: NodeJS.Signals | null = null;
  private static readonly NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

  /** @param atOnce the last thing to do before a second Ctrl-C ends the process */
  constructor(private readonly atOnce: () => void = () => undefined) {}

  listen(): void {
    for (const name of PauseSignals.NAMES) process.on(name, this.onSignal);
  }

  ignore(): void {
    for (const name of PauseSignals.NAMES) process.off(name, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.received === null || signal !== 'SIGINT') {
      this.received ??= signal;
      return;
    }
    try {
      this.atOnce();
    } finally {
      process.exit(130);
    }
  };
}
