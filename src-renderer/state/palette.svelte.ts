import { tick } from 'svelte';
import { plural } from '../logic/format.js';
import { stateWords } from '../logic/study-tasks.js';
import { COMMANDS, commands, runCommand } from './commands.svelte.js';
import { main } from './main-state.svelte.js';
import { preferences } from './preferences.svelte.js';
import { studies } from './studies.svelte.js';
import { view } from './view.svelte.js';

/** Something that one can do or go to. */
export interface PaletteEntry {
  /** The same at every start. */
  readonly key: string;
  readonly kind: 'Command' | 'Dataset' | 'Study' | 'Run' | 'Model';
  readonly label: string;
  /** What tells it from others of a similar name. */
  readonly hint: string;
  readonly choose: () => void;
}

/** Everything that the palette offers: commands first, then datasets, studies, models and runs, the newest first. */
export function paletteEntries(): PaletteEntry[] {
  return [
    ...COMMANDS.filter(({ command }) => command !== 'palette').map(({ command, label, keys }): PaletteEntry => ({
      key: `command:${command}`,
      kind: 'Command',
      label,
      hint: keys,
      choose: () => runCommand(command),
    })),
    ...main.datasets
      .filter(({ file }) => file !== null)
      .map(({ id, name, samples, labels }): PaletteEntry => ({
        key: `dataset:${id}`,
        kind: 'Dataset',
        label: name,
        hint: `${plural(samples.train + samples.val + samples.test, 'image')}, ${plural(labels.length, 'class', 'classes')}`,
        choose: () => {
          view.dataset = id;
          view.go('datasets');
        },
      })),
    ...studies.list.map((entry): PaletteEntry => ({
      // As long as a key may be that is remembered.
      key: `study:${entry.study}`.slice(0, 100),
      kind: 'Study',
      label: entry.study,
      hint: `${stateWords(entry.state)}, ${plural(entry.counts.tasks, 'task')}`,
      choose: () => view.openStudy(entry.study),
    })),
    ...main.models
      .toSorted((a, b) => b.model - a.model)
      .map(({ model, name, seed, run }): PaletteEntry => ({
        key: `model:${model}`,
        kind: 'Model',
        label: name,
        hint: `seed ${seed}, retraining #${run}`,
        choose: () => view.openModel(model),
      })),
    ...main.runs
      .toSorted((a, b) => b.run - a.run)
      .map(({ run, name, kind, state, dataset }): PaletteEntry => ({
        key: `run:${run}`,
        kind: 'Run',
        label: name,
        hint: `${kind === 'search' ? 'search' : 'retraining'} #${run}, ${state}, ${dataset}`,
        choose: () => view.go('history', run),
      })),
  ];
}

/** Closes the palette and does what was chosen; next time it is among the first. */
export async function chooseEntry(entry: PaletteEntry): Promise<void> {
  commands.palette = false;
  const { recent } = preferences.now;
  const kept = recent.filter((key) => key !== entry.key);
  void preferences.change({ recent: [entry.key, ...kept].slice(0, 12) });
  // While a dialog is open no command is taken.
  await tick();
  entry.choose();
}
