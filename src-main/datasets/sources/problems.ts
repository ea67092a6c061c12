import { UserError } from '../../errors.js';
import {
  DECISIONS,
  type Choice,
  type DecidedKind,
  type Decisions,
  type ImportPlan,
  type ImportProblem,
  type ProblemKind,
} from '../../vocabulary/import-plan.js';

const MOST_EXAMPLES = 10;

/** What each choice does; completes "To …". */
const DOES: { readonly [kind in DecidedKind]: { readonly [choice in Choice<kind>]: string } } = {
  'uneven-rows': {
    drop: 'leave these rows out',
    keep: 'read them as they are and ignore cells beyond the last column',
  },
  'rows-without-file': { drop: 'leave these rows out' },
  'files-without-row': {
    drop: 'leave these images out',
    keep: 'import them with the information from the folders',
  },
  'ambiguous-files': {
    drop: 'leave these rows and images out',
    all: 'use the row for each of these files',
  },
  'rows-twice': {
    first: 'use the first row of each file',
    last: 'use the last row of each file',
    join: 'combine the labels of all rows, and take the rest from the first',
    drop: 'leave these images out',
  },
  'mask-files': { drop: 'leave the masks out', keep: 'import them as images' },
  'empty-labels': {
    drop: 'leave these images out',
    'as-written': 'use what is written there as a label; images with nothing at all are left out',
    none: 'give them the label “none” (which becomes no class with --none-label none)',
  },
  'labels-alike': {
    merge: 'merge the spellings into one label, in the most frequent spelling',
    keep: 'make each spelling a class',
  },
  'several-labels': {
    'multi-label': 'treat each label as a yes-or-no question',
    first: 'use the first label of each image',
    drop: 'leave these images out',
  },
  'labels-differ': {
    table: 'use the label of the table',
    folder: 'use the label of the folder',
    drop: 'leave these images out',
  },
  'images-without-patient': {
    own: 'treat each of these images as a separate patient',
    drop: 'leave these images out',
  },
  'unknown-parts': {
    drop: 'leave these images out',
    anew: 'split all images again, by patient',
  },
  'missing-parts': {
    'from-train': 'take the missing sets from the training set, by patient',
    anew: 'split all images again, by patient',
  },
  'patients-across-parts': {
    majority: 'move all images of such a patient into the set that has most of them',
    anew: 'split all images again, by patient',
    keep: 'keep the split, with a warning wherever its figures are shown',
  },
  'classes-missing': {
    keep: 'continue; figures for these classes will be missing or meaningless',
    drop: 'leave the images of these classes out',
  },
};

/** Problems of a plan as they are met, each with what was decided. */
export class Problems {
  private readonly found: ImportProblem[] = [];

  constructor(private readonly decisions: Decisions) {}

  get all(): readonly ImportProblem[] {
    return this.found;
  }

  /**
   * Notes a problem that was met.
   * @param examples all of it, or the beginning  @param possible the choices that there are here
   * @returns what was decided; null: nothing yet
   */
  meet<K extends DecidedKind>(
    kind: K,
    count: number,
    sentence: string,
    examples: Iterable<string>,
    possible: readonly Choice<K>[] = DECISIONS[kind],
  ): Choice<K> | null {
    const chosen = possible.find((choice) => choice === this.decisions[kind]) ?? null;
    const does = DOES[kind] as { readonly [choice: string]: string };
    const choices = possible.map((choice) => ({ choice, does: does[choice]! }));
    this.found.push({ kind, count, sentence, examples: few(examples), option: `--${kind}`, choices, chosen });
    return chosen;
  }

  /** A column that must be named. */
  ask(kind: ProblemKind, sentence: string, choices: readonly { choice: string; does: string }[]): void {
    this.found.push({ kind, count: 1, sentence, examples: [], option: `--${kind}`, choices, chosen: null });
  }
}

function few(examples: Iterable<string>): string[] {
  const taken: string[] = [];
  for (const example of examples) {
    if (taken.length === MOST_EXAMPLES) break;
    taken.push(example);
  }
  return taken;
}

/**
 * An import goes on only where everything is decided.
 * @throws UserError `import-undecided`: the first problem that is not, and the option that decides it
 */
export function requireDecided({ problems }: ImportPlan): void {
  const open = problems.filter(({ chosen }) => chosen === null);
  const first = open[0];
  if (first === undefined) return;
  const examples =
    first.examples.length === 0 ? '' : ` (${first.examples.slice(0, 3).join(', ')}${first.count > 3 ? ', …' : ''})`;
  const more = open.length === 1 ? '' : ` ${open.length - 1} more to decide.`;
  throw new UserError('import-undecided', `${first.sentence}${examples}. ${waysOf(first)}.${more}`);
}

const MOST_NAMED = 6;

/** Choices that do the same (columns of a table) are named together. */
function waysOf({ option, choices }: ImportProblem): string {
  const same = new Map<string, string[]>();
  for (const { choice, does } of choices) same.set(does, [...(same.get(does) ?? []), quoted(choice)]);
  const ways = [...same].map(([does, those]) => {
    const others = those.slice(1, MOST_NAMED).join(', ') + (those.length > MOST_NAMED ? ', …' : '');
    return `${option} ${those[0]!}${others === '' ? '' : ` (or ${others})`} to ${does}`;
  });
  return ways.length === 0 ? `Choose one with ${option}` : `Decide with ${listed(ways)}`;
}

const quoted = (choice: string): string => (/^[\w-]+$/.test(choice) ? choice : JSON.stringify(choice));

const listed = (ways: readonly string[]): string =>
  ways.length < 2 ? (ways[0] ?? '') : `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)!}`;
