import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { addDataset, catalogueIdOf, identityOf } from '../actions/add-dataset.js';
import { asChosen, chooseMirroring, nameDataset, type NamedSubject } from '../actions/dataset-choices.js';
import { chooseFinding, findingOf } from '../actions/finding.js';
import { defaultFinding } from '../datasets/finding.js';
import { catalogue, fileName, findCatalogued, type CatalogueEntry } from '../datasets/catalogue.js';
import type { LabelDecision } from '../datasets/convert.js';
import { identityText } from '../datasets/identity.js';
import { UserError } from '../errors.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import type { DatasetEntry } from '../ipc/contract.js';
import type { DatasetList } from '../ipc/handler-context.js';
import { stemHalvingsFor } from '../space/stem.js';

interface Download {
  readonly abort: AbortController;
  received: number;
  total: number;
}

/** Milliseconds between two reports of a download. */
const REPORT_MILLISECONDS = 250;

/** All datasets as the window shows them: the catalogue, the files that the user added, downloads on their way. */
export class AppDatasetList implements DatasetList {
  readonly #downloads = new Map<string, Download>();

  /**
   * @param tasks may come later: the list needs none
   * @param changed is called with the whole list whenever it changes
   */
  constructor(
    private readonly history: WritableHistory,
    private readonly tasks: TaskRunner | Promise<TaskRunner>,
    private readonly changed: (entries: DatasetEntry[]) => void,
  ) {}

  list(): DatasetEntry[] {
    const stored = this.history.listDatasets();
    const known = catalogue().map((entry) =>
      this.#fromCatalogue(
        entry,
        stored.find(({ id }) => id === entry.id),
      ),
    );
    const others = stored
      .filter(({ id }) => !known.some((entry) => entry.id === id))
      .map((entry) => this.#fromStored(asChosen(this.history, entry)));
    const coming = [...this.#downloads.keys()].filter((id) => !known.some((entry) => entry.id === id));
    return [...others.filter(({ id }) => !coming.includes(id)), ...coming.map((id) => this.#coming(id)), ...known];
  }

  entry(id: string): DatasetEntry {
    const found = this.list().find((entry) => entry.id === id);
    if (!found) throw unknown(id);
    return found;
  }

  /** The file of a dataset. @throws UserError `dataset-unknown`, `dataset-no-file` */
  file(id: string): StoredDataset {
    const stored = this.history.findDataset(id);
    if (stored) return asChosen(this.history, stored);
    throw new UserError(
      'dataset-no-file',
      `${this.entry(id).name} is not on this computer yet: add its file or download it.`,
    );
  }

  /**
   * Checks files, and the `.npz` files in folders, in a process of their own and adds the good ones.
   * @param askLabels what labels mean that can be two things; null: the file is not added
   * @returns what was added, and why the others were not
   */
  async add(
    paths: readonly string[],
    askLabels: (path: string) => Promise<LabelDecision | null>,
  ): Promise<{ added: DatasetEntry[]; refused: UserError[] }> {
    const added: string[] = [];
    const refused: UserError[] = [];
    for (const path of (await Promise.all(paths.map(npzFiles))).flat()) {
      try {
        const description = await this.#prepare(path, askLabels);
        if (description) added.push(this.#store(description));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refused.push(error);
      }
    }
    if (added.length > 0) this.#sendChange();
    return { added: added.map((id) => this.entry(id)), refused };
  }

  added(id: string): DatasetEntry {
    this.#sendChange();
    return this.entry(id);
  }

  async demo(): Promise<DatasetEntry> {
    const { datasetsFolder } = await library();
    const folder = datasetsFolder(this.history.home);
    const id = this.#store(await (await this.tasks).run({ name: 'dataset:demo', folder }));
    this.#sendChange();
    return this.entry(id);
  }

  remove(id: string): void {
    this.history.removeDataset(id);
    this.#sendChange();
  }

  setFinding(id: string, finding: number | null): DatasetEntry {
    chooseFinding(this.history, this.file(id), finding);
    this.#sendChange();
    return this.entry(id);
  }

  async download(id: string): Promise<void> {
    if (this.#downloads.has(id)) return;
    const download: Download = { abort: new AbortController(), received: 0, total: 0 };
    this.#downloads.set(id, download);
    this.#sendChange();
    let sentAt = 0;
    try {
      const request = { name: 'dataset:download', id, home: this.history.home } as const;
      const description = await (
        await this.tasks
      ).run(request, {
        signal: download.abort.signal,
        onProgress: ({ done, total }) => {
          Object.assign(download, { received: done, total });
          if (performance.now() - sentAt < REPORT_MILLISECONDS) return;
          sentAt = performance.now();
          this.#sendChange();
        },
      });
      this.#store(description);
    } catch (error) {
      if (!download.abort.signal.aborted) throw error;
    } finally {
      this.#downloads.delete(id);
      this.#sendChange();
    }
  }

  cancelDownload(id: string): void {
    this.#downloads.get(id)?.abort.abort();
  }

  setNames(id: string, names: { readonly name: string; readonly labels: readonly string[] }): DatasetEntry {
    const former = this.entry(id);
    const subject = this.#subject(id);
    const name = names.name === former.name ? undefined : names.name;
    const labels = names.labels.join('\n') === former.labels.join('\n') ? undefined : names.labels;
    nameDataset(this.history, subject, { name, labels });
    this.#sendChange();
    return this.entry(id);
  }

  setMirroring(id: string, horizontalFlip: boolean): DatasetEntry {
    chooseMirroring(this.history, this.#subject(id), horizontalFlip);
    this.#sendChange();
    return this.entry(id);
  }

  #subject(id: string): NamedSubject {
    return { ...this.file(id), catalogueId: catalogueIdOf(id) };
  }

  async #prepare(
    path: string,
    askLabels: (path: string) => Promise<LabelDecision | null>,
  ): Promise<DatasetDescription | null> {
    const prepare = async (labels: LabelDecision | null): Promise<DatasetDescription> =>
      (await this.tasks).run({ name: 'dataset:prepare', path, home: this.history.home, labels });
    try {
      return await prepare(null);
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'dataset-labels-one-hot') throw error;
      const labels = await askLabels(path);
      return labels && prepare(labels);
    }
  }

  /** A set of larger images on its way. */
  #coming(id: string): DatasetEntry {
    const { entry, file } = findCatalogued(id)!;
    return {
      ...this.#fromCatalogue(entry, undefined),
      id,
      name: fileName(entry, file.size),
      download: this.#progress(id),
    };
  }

  #progress(id: string): DatasetEntry['download'] {
    const download = this.#downloads.get(id);
    return download ? { received: download.received, total: download.total } : null;
  }

  #store(description: DatasetDescription): string {
    return addDataset(this.history, description).id;
  }

  #sendChange(): void {
    this.changed(this.list());
  }

  #fromStored(stored: StoredDataset): DatasetEntry {
    const { id, name, description, task, labels, channels, samples, licence, synthetic, horizontalFlip } = stored;
    const finding = findingOf(this.history, stored);
    const file = fileOf(stored);
    return {
      id,
      name,
      description,
      task,
      labels,
      channels,
      samples,
      licence,
      synthetic,
      own: catalogueIdOf(id) === null && !synthetic,
      horizontalFlip,
      finding,
      file,
      download: null,
    };
  }

  #fromCatalogue(entry: CatalogueEntry, stored: StoredDataset | undefined): DatasetEntry {
    return {
      id: entry.id,
      name: entry.name,
      description: entry.description,
      task: entry.task,
      labels: entry.labels,
      channels: entry.channels,
      samples: stored?.samples ?? entry.samples,
      licence: entry.licence,
      synthetic: false,
      own: false,
      horizontalFlip: entry.horizontalFlip,
      finding: stored ? findingOf(this.history, stored) : defaultFinding(entry.name, entry.labels),
      file: stored ? fileOf(stored) : null,
      download: this.#progress(entry.id),
    };
  }
}

/** Brings every reader of datasets with it, so it is loaded when it is needed. */
const library = () => import('../datasets/library.js');

function fileOf(stored: StoredDataset): DatasetEntry['file'] {
  const { id, path, bytes, size } = stored;
  const identity = identityOf(stored);
  const text = identityText({ ...stored, identity, catalogueId: catalogueIdOf(id) });
  return { name: basename(path), bytes, size, stemHalvings: stemHalvingsFor(size), identity, identityText: text };
}

/** A file as it is, a folder as the `.npz` files in it. @throws UserError `dataset-folder-empty` */
async function npzFiles(path: string): Promise<readonly string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const { listNpzFiles } = await library();
  const files = await listNpzFiles(path);
  if (files.length > 0) return files;
  throw new UserError(
    'dataset-folder-empty',
    `${path} contains no .npz file: choose the folder that contains the MedMNIST files.`,
  );
}

function unknown(id: string): UserError {
  return new UserError('dataset-unknown', `There is no dataset ${id}: choose one from the list.`);
}
