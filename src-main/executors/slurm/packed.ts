import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeDurably } from '../../durable-file.js';
import type { SlurmPlace } from '../../vocabulary/study.js';
import type { Executor } from '../executor.js';
import { comebackOptions, resourceOptions } from './batch-job.js';
import { ClusterRuns, type ClusterRunsOptions } from './cluster-runs.js';

export const SUBMIT_FILE = 'submit.sh';

/** Runs in a folder that somebody carries to a cluster and back: Slurm is told by a script there, and asked nothing here. */
export class PackedExecutor implements Executor {
  readonly #runs: ClusterRuns;

  /** @param packs whether runs may be added, or what is there is read alone */
  constructor(
    private readonly options: ClusterRunsOptions & { readonly place: SlurmPlace },
    private readonly packs: boolean,
  ) {
    this.#runs = new ClusterRuns(options);
  }

  async check(): Promise<readonly string[]> {
    await this.#runs.open();
    return [];
  }

  room(): number {
    return this.packs ? Number.MAX_SAFE_INTEGER : 0;
  }

  submit(run: number): Promise<void> {
    return this.#runs.prepare(run, randomUUID());
  }

  async poll(): Promise<ReadonlySet<number>> {
    for (const { run } of this.#runs.list()) {
      if (await this.#runs.read(run)) this.#runs.passOn(run);
    }
    return new Set(this.#runs.list().map(({ run }) => run));
  }

  async cancel(run: number): Promise<void> {
    this.options.history.requestControl(run, 'cancel');
    this.#runs.passOn(run);
  }

  async leave(): Promise<void> {
    if (!this.packs) return;
    const { place } = this.options;
    const runs = this.#runs.list().map(({ run }) => run);
    writeDurably(join(place.folder, SUBMIT_FILE), [Buffer.from(submitScript(place, runs))]);
  }
}

/** Gives runs of the folder to Slurm that have not ended and were not given yet. */
export function submitScript(place: SlurmPlace, runs: readonly number[]): string {
  const options = [...resourceOptions(place), ...comebackOptions(place)].map((option) => `'${option}'`).join(' ');
  return `#!/bin/bash
# Gives the runs of this folder to Slurm: bash ${SUBMIT_FILE}
# Those whose jobs ended too early, once more: bash ${SUBMIT_FILE} again
cd "$(dirname "$0")" || exit 1
for run in ${runs.join(' ')}; do
  folder=runs/$run
  grep -qsE '"type":"(finished|cancelled|failed)"' "$folder"/attempts/*.jsonl && continue
  [ -e "$folder/submitted" ] && [ "$1" != again ] && continue
  sbatch --parsable --job-name="medforge-$run" --chdir="$PWD" --output="$PWD/$folder/slurm-%j.out" \\
    ${options} "$folder/job.sh" > "$folder/submitted.part" && mv "$folder/submitted.part" "$folder/submitted" || exit 1
done
`;
}
