import type { MenuCommand } from '../../src-main/ipc/contract.js';
import { imageImport } from './image-import.svelte.js';
import { main } from './main-state.svelte.js';
import { addDataset } from './search-form.svelte.js';
import { view } from './view.svelte.js';

class Commands {
  /** The user asks for the filter; the place that has one takes the focus there and sets it back. */
  find = $state(false);
  help = $state(false);
  palette = $state(false);
  settings = $state(false);
  guide = $state(false);
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
    case 'go:studies':
      return void view.go('studies');
    case 'dataset:add':
      view.go('datasets');
      return void addDataset().then((entry) => entry && (view.dataset = entry.id));
    case 'dataset:import':
      view.go('datasets');
      return void imageImport.begin();
    case 'find':
      // The leaderboard has a filter of its own.
      if (view.place === 'models' && view.board) return void (commands.find = main.models.length > 0);
      if (view.place !== 'history' || view.run !== null || view.compared.length > 0) view.go('history');
      commands.find = main.runs.length > 0;
      return;
    case 'palette':
      commands.palette = true;
      return;
    case 'settings':
      commands.settings = true;
      return;
    case 'guide':
      commands.guide = true;
      return;
    case 'shortcuts':
      commands.help = true;
  }
}

const KEYS: Readonly<Record<string, MenuCommand>> = {
  '1': 'go:datasets',
  '2': 'go:search',
  '3': 'go:history',
  '4': 'go:models',
  '5': 'go:studies',
  n: 'search:new',
  o: 'dataset:add',
  i: 'dataset:import',
  f: 'find',
  k: 'palette',
  ',': 'settings',
  '/': 'shortcuts',
};

/** All that can be asked for by name. */
export const COMMANDS: readonly { readonly command: MenuCommand; readonly label: string; readonly keys: string }[] = [
  { command: 'go:datasets', label: 'Go to Datasets', keys: 'Ctrl 1' },
  { command: 'go:search', label: 'Go to Search', keys: 'Ctrl 2' },
  { command: 'go:history', label: 'Go to History', keys: 'Ctrl 3' },
  { command: 'go:models', label: 'Go to Models', keys: 'Ctrl 4' },
  { command: 'go:studies', label: 'Go to Studies', keys: 'Ctrl 5' },
  { command: 'search:new', label: 'New search', keys: 'Ctrl N' },
  { command: 'dataset:add', label: 'Add a dataset file', keys: 'Ctrl O' },
  { command: 'dataset:import', label: 'Import images', keys: 'Ctrl I' },
  { command: 'find', label: 'Filter the history', keys: 'Ctrl F' },
  { command: 'palette', label: 'Go to anything', keys: 'Ctrl K' },
  { command: 'settings', label: 'Settings', keys: 'Ctrl ,' },
  { command: 'guide', label: 'Guide: from your first dataset to a bundle', keys: '' },
  { command: 'shortcuts', label: 'Keyboard shortcuts', keys: 'Ctrl /' },
];

export const SHORTCUTS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: 'Ctrl 1 … 5', does: 'Datasets, Search, History, Models, Studies' },
  { keys: 'Ctrl N', does: 'New search' },
  { keys: 'Ctrl O', does: 'Add a dataset file' },
  { keys: 'Ctrl I', does: 'Import images of your own' },
  { keys: 'Ctrl F', does: 'Filter the history or the leaderboard' },
  { keys: '↑ ↓ Page ↑↓', does: 'Move in the history or the leaderboard' },
  { keys: 'Enter', does: 'Open the run or the model' },
  { keys: 'Space', does: 'Select it for comparison' },
  { keys: 'F2, Delete', does: 'Rename, delete it' },
  { keys: '← → Page ↑↓', does: 'Move a limit of the budget' },
  { keys: 'Esc, Alt ←', does: 'Back' },
  { keys: 'Alt →', does: 'Forward' },
  { keys: 'Ctrl K', does: 'Find a command, dataset, study, run or model' },
  { keys: 'Ctrl ,', does: 'Settings' },
  { keys: 'Ctrl /', does: 'This list' },
];

/** Esc out of a run or a comparison; Alt and an arrow as in a browser. In a field both keys are the field's. */
function wayOf({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent): (() => void) | null {
  if (ctrlKey || metaKey) return null;
  if (altKey) return { ArrowLeft: () => view.back(), ArrowRight: () => view.forward() }[key] ?? null;
  const inField = target instanceof Element && target.matches('input:not([type=checkbox]), textarea, select');
  return key === 'Escape' && !inField && view.inside ? () => view.up() : null;
}

/** The buttons for back and forward that many mice have. */
export function onmousebutton({ button }: MouseEvent): void {
  if (document.querySelector('dialog[open]')) return;
  if (button === 3) view.back();
  else if (button === 4) view.forward();
}

/** The menu has the same keys; where it does not take them, they work here. */
export function onshortcut(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open], [popover=auto]:popover-open')) return;
  const way = wayOf(event);
  if (way) {
    way();
    event.preventDefault();
    return;
  }
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const command = KEYS[event.key.toLowerCase()];
  if (!command) return;
  runCommand(command);
  event.preventDefault();
}
