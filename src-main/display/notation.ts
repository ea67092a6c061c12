/** How numbers and times are written where a table is shown: the window asks its user, the command line always writes alike. */
export interface Notation {
  /** 72498 → "72,498". */
  readonly integer: (value: number) => string;
  readonly decimal: (value: number, places: number) => string;
  /** 0.8634 → "86.3 %". */
  readonly percent: (share: number) => string;
  readonly duration: (seconds: number) => string;
  /** ISO 8601 → "2026-11-01 14:32" in the machine's own zone. */
  readonly date: (iso: string) => string;
}
