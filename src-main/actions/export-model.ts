import type { WritableHistory } from '../history/interface.js';
import type { BundleRequest, WrittenBundle } from '../jobs/bundle-writer.js';
import type { Engine } from '../vocabulary/backend.js';
import { referenceAsChosen } from './dataset-choices.js';
import { modelProvenance } from './model-provenance.js';

/** What a person may choose of an export. */
export interface ExportChoices {
  /** The folder that the bundle's own folder is made in. */
  readonly folder: string;
  /** Default: made of dataset, run and seed. */
  readonly name?: string | undefined;
  /** Default: the first free one from 1.0.0. */
  readonly version?: string | undefined;
  /** Adds a Triton model repository. Default: false. */
  readonly triton?: boolean | undefined;
  /** Computes what onnxruntime is compared with. */
  readonly engine?: Engine;
}

export interface ExportContext {
  readonly history: WritableHistory;
  /** Writes the bundle, in this process or in another one: `writeModelBundle` of `jobs/bundle-writer.ts`. */
  readonly write: (request: BundleRequest) => Promise<WrittenBundle>;
}

/**
 * Exports a trained model as a verified bundle and enters it into the history.
 * @returns the bundle with its number in the history
 * @throws UserError `model-unknown`, and what `write` refuses
 */
export async function exportModel(
  { history, write }: ExportContext,
  model: number,
  { folder, name, version, triton = false, engine = {} }: ExportChoices,
): Promise<WrittenBundle & { readonly bundle: number }> {
  const { file, summary } = history.getModel(model);
  const dataset = referenceAsChosen(history, history.getRun(summary.run).dataset);
  const provenance = modelProvenance(history, model);
  const written = await write({
    model: file,
    dataset,
    folder,
    version: version ?? null,
    context: { ...provenance, triton, name: name ?? provenance.name },
    engine,
  });
  return { ...written, bundle: history.addBundle(model, written.folder, true) };
}
