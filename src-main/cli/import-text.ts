import type { ImportPlan } from '../vocabulary/import-plan.js';
import { count, table } from './output.js';

/** A plan of an import for people: what was found out, what would become of it, and what is to be decided. */
export function planLines(plan: ImportPlan): string[] {
  const { inspection, classes, images, patients, groups, problems, notes, preview } = plan;
  const rows = [
    ['class', 'train', 'val', 'test'],
    ...classes.map((one) => [one.name, ...one.images.map(count)]),
    ['images', ...images.map(count)],
    ...(patients ? [['patients', ...patients.map(count)]] : []),
  ];
  return [
    `${inspection.sentence}.`,
    ...(inspection.table ? [`Table: ${inspection.table.sentence}`] : []),
    `Patients: ${plan.patientsFrom}. Split: ${{ kept: 'as found', anew: 'made by patient', completed: 'missing sets taken from train, by patient' }[plan.split]}.`,
    ...notes.map((note) => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`),
    ...groups.map(
      ({ name, values, unknown }) =>
        `By ${name}: ${values.map(({ value, images: number }) => `${value} ${count(number)}`).join(', ')}${unknown > 0 ? `, unknown ${count(unknown)}` : ''}.`,
    ),
    ...table(rows),
    ...table([
      ['file', 'row', 'labels', 'patient', 'set', ...groups.map(({ name }) => name)],
      ...preview.map((row) => [
        row.file,
        row.row === null ? '–' : String(row.row),
        row.labels.join(' | '),
        row.patient ?? '–',
        row.part,
        ...row.groups.map((value) => value ?? '–'),
      ]),
    ]),
    ...problems.map(({ sentence, option, chosen, choices }) =>
      chosen === null
        ? `To decide: ${sentence}: ${ways(choices, option)}.`
        : `Decided: ${sentence}: ${option} ${quoted(chosen)}.`,
    ),
  ];
}

/** As a shell takes it. */
const quoted = (choice: string): string => (/^[\w-]+$/.test(choice) ? choice : JSON.stringify(choice));

/** Of many columns the likely ones. */
const MOST_WAYS = 4;

function ways(choices: ImportPlan['problems'][number]['choices'], option: string): string {
  const shown = choices.length > MOST_WAYS + 1 ? [...choices.slice(0, MOST_WAYS - 1), choices.at(-1)!] : choices;
  const texts = shown.map(({ choice, does }) => `${option} ${quoted(choice)} to ${does}`);
  return shown.length < choices.length ? `${texts.slice(0, -1).join('; ')}; …; ${texts.at(-1)!}` : texts.join('; ');
}
