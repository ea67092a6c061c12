import type { MenuCommand } from '../../src-main/ipc/contract.js';
import { main } from './main-state.svelte.js';
import { addDataset } from './search-form.svelte.js';
import { view } from './view.svelte.js';

class Commands {
  /** The user asks for the filter; the place that has one takes the focus there and sets it back. */
  find = $state(false);
  help = $state(false);
}

export const commands = new Commands();

export function runCommand(command: MenuCommand): void {
  // What a dialog asks is answered first: behind it nothing is exchanged.
  if (document.querySelector('dialog[open]')) return;
  switch (command) {
    case 'go:datasets':
      return void view.go('datasets');
    case 'go:search':
    case 'search:new':
      return void view.go('search');
    case 'go:history':
      return void view.go('history');
    case 'go:models':
      return void view.go('models');
    case 'dataset:add':
      view.go('datasets');
      return void addDataset().then((entry) => entry && (view.dataset = entry.id));
    case 'find':
      if (view.place !== 'history' || view.run !== null || view.compared.length > 0) view.go('history');
      commands.find = main.runs.length > 0;
  }
}

const KEYS: Readonly<Record<string, MenuCommand>> = {
  '1': 'go:datasets',
  '2': 'go:search',
  '3': 'go:history',
  '4': 'go:models',
  n: 'search:new',
  o: 'dataset:add',
  f: 'find',
};

export const SHORTCUTS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: 'Ctrl 1 … 4', does: 'Datasets, Search, History, Models' },
  { keys: 'Ctrl N', does: 'New search' },
  { keys: 'Ctrl O', does: 'Add a dataset file' },
  { keys: 'Ctrl F', does: 'Filter the history' },
  { keys: '↑ ↓ Page ↑↓', does: 'Move in the history' },
  { keys: 'Enter', does: 'Open the run' },
  { keys: 'Space', does: 'Select the run for comparison' },
  { keys: 'F2, Delete', does: 'Rename, delete the run' },
  { keys: '← → Page ↑↓', does: 'Move a limit of the budget' },
  { keys: 'Ctrl /', does: 'This list' },
];

/** The menu has the same keys; where it does not take them, they work here. */
export function onshortcut(event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.defaultPrevented) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.key === '/') commands.help = true;
  else {
    const command = KEYS[event.key.toLowerCase()];
    if (!command) return;
    runCommand(command);
  }
  event.preventDefault();
}
