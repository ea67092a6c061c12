import type { Prediction, ReceivedFiles } from '../../src-main/ipc/contract.js';
import { foreseen, type Foreseen } from '../logic/dropped.js';
import { plural } from '../logic/format.js';
import { imageImport } from './image-import.svelte.js';
import { main } from './main-state.svelte.js';
import { attempt, messages } from './problems.svelte.js';
import { view } from './view.svelte.js';

type BundleReport = Extract<ReceivedFiles, { kind: 'bundle' }>['report'];

/** Files that are held over the window, and what came of those that were let go. */
class FileDrop {
  /** What would happen; null while nothing is held over the window. */
  over = $state.raw<Foreseen | null>(null);
  working = $state(false);
  report = $state.raw<BundleReport | null>(null);
  /** An image that was dropped, classified. */
  prediction = $state.raw<{ readonly model: number; readonly prediction: Prediction } | null>(null);
  /** Elements that the pointer is in, one in the other. */
  #depth = 0;

  /** The model that an image would be tried on. */
  get model(): number | null {
    if (view.place !== 'models') return null;
    const shown = main.models.find(({ model }) => model === view.model);
    return shown?.model ?? null;
  }

  enter(event: DragEvent): void {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    this.#depth++;
    const types = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === 'file').map(({ type }) => type);
    const name = main.models.find(({ model }) => model === this.model)?.name ?? null;
    this.over = foreseen(types, name);
  }

  /** Without this the browser would take the file for an address to go to. */
  hover(event: DragEvent): void {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = document.querySelector('dialog[open]') ? 'none' : 'copy';
  }

  leave(event: DragEvent): void {
    if (!carriesFiles(event)) return;
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth === 0) this.over = null;
  }

  async drop(event: DragEvent): Promise<void> {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    this.#depth = 0;
    this.over = null;
    // What a dialog asks is answered first.
    if (document.querySelector('dialog[open]')) return;
    const files = [...(event.dataTransfer?.files ?? [])];
    const { model } = this;
    this.working = true;
    const received = await attempt('The dropped files could not be used', () => window.medforge.receive(files, model));
    this.working = false;
    if (received) this.#show(received);
  }

  #show(received: ReceivedFiles): void {
    switch (received.kind) {
      case 'datasets': {
        const [first] = received.entries;
        if (first) view.dataset = first.id;
        view.go('datasets');
        messages.say(`${plural(received.entries.length, 'dataset')} added`);
        break;
      }
      case 'import':
        view.go('datasets');
        imageImport.open(received.place);
        break;
      case 'bundle':
        this.report = received.report;
        break;
      case 'image':
        this.prediction = received;
        view.openModel(received.model);
    }
  }
}

const carriesFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

export const fileDrop = new FileDrop();
