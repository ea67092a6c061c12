import { needsText, type RunNeeds } from '../jobs/run-needs.js';
import { columns, printable, printableJson, shortened } from '../printable.js';

export { count, percent } from '../number-text.js';

/** How the command line speaks: results on stdout, everything else on stderr. */
export class Output {
  private progressLine = '';

  constructor(
    /** One JSON object a line on stdout instead of text. */
    readonly json: boolean,
    private readonly stdout: NodeJS.WriteStream = process.stdout,
    private readonly stderr: NodeJS.WriteStream = process.stderr,
  ) {}

  /** A line of the result, for people; nothing with --json. */
  text(line = ''): void {
    if (this.json) return;
    this.clearProgress();
    this.stdout.write(`${printable(line)}\n`);
  }

  /** One object of the result; nothing without --json. */
  object(value: object): void {
    if (this.json) this.stdout.write(`${printableJson(JSON.stringify(value, numbersAsTheyAre))}\n`);
  }

  /** Something worth knowing that is not the result. */
  note(line: string): void {
    this.clearProgress();
    this.stderr.write(`${printable(line)}\n`);
  }

  /** Replaces the progress line of a terminal; nothing where stderr is no terminal. */
  progress(line: string): void {
    if (!this.stderr.isTTY) return;
    this.progressLine = shortened(printable(line), Math.max(20, (this.stderr.columns || 80) - 1));
    this.stderr.write(`\r\u001b[K${this.progressLine}`);
  }

  private clearProgress(): void {
    if (this.progressLine === '') return;
    this.stderr.write('\r\u001b[K');
    this.progressLine = '';
  }
}

/** A figure that is not defined is null, as everywhere in the results; infinities, which JSON has no word for either, are text. */
function numbersAsTheyAre(_: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : String(value);
}

/** Columns of a cell: what is longer is shortened in its middle. The last cell of a row, which pushes nothing aside, has more. */
const WIDEST = 48;
const WIDEST_LAST = 1000;

/**
 * Rows as columns of equal width; numbers to the right. The first row is the heading.
 * @param toTheRight columns of text that is read as a number
 * @param widest columns of a cell that is not the last of its row
 */
export function table(
  rows: readonly (readonly (string | number)[])[],
  toTheRight: readonly boolean[] = [],
  widest = WIDEST,
): string[] {
  const texts = rows.map((row) =>
    row.map((cell, column) => shortened(printable(String(cell)), column === row.length - 1 ? WIDEST_LAST : widest)),
  );
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => columns(row[column] ?? ''))));
  return texts.map((row, i) =>
    row
      .map((cell, column) => {
        const numeric = toTheRight[column] === true || typeof rows[Math.max(1, i)]?.[column] === 'number';
        const blanks = ' '.repeat(widths[column]! - columns(cell));
        return numeric ? `${blanks}${cell}` : `${cell}${blanks}`;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** 4000 → 1 h 06 min; 75 → 1 min 15 s; 4.2 → 4.2 s. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** As exact as an estimate is: 40 → under a minute; 1857 → about 31 min; 9700 → about 2 h 40 min. */
export function roughly(seconds: number): string {
  if (seconds < 45) return 'under a minute';
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes} min`;
  const tens = Math.round(seconds / 600);
  return `about ${Math.floor(tens / 6)} h ${pad((tens % 6) * 10)} min`;
}

/** "1 epoch", "500 epochs". */
export function counted(value: number, what: string): string {
  return `${value} ${what}${value === 1 ? '' : 's'}`;
}

/** What an estimate was made from. */
export function measurementText(pace: {
  readonly stepsPerEpoch: number;
  readonly batch: number;
  readonly imagesPerSecond: number;
}): string {
  const { stepsPerEpoch, batch, imagesPerSecond } = pace;
  return (
    `Just measured with these settings: ${counted(stepsPerEpoch, 'step')} of ${counted(batch, 'image')} per epoch, ` +
    `${imagesPerSecond.toFixed(0)} images/s. Other programs on this computer make it slower. Nothing was started.`
  );
}

/** What a run would need, and what may not suffice. */
export function sayNeeds(output: Output, needs: RunNeeds): void {
  output.text(needsText(needs));
  for (const warning of needs.warnings) output.note(`medforge: ${warning}`);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
