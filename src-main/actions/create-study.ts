import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';
import type { WritableHistory } from '../history/interface.js';
import { checkStudy } from '../studies/read-study.js';
import { STUDY_FORMAT, STUDY_VERSION, type Study } from '../vocabulary/study.js';
import { findDataset } from './named-dataset.js';
import { rememberStudyFile, studyFiles } from './study-files.js';

/** A study as a person chooses it; null is the default of the field. */
export interface StudyChoices {
  readonly name: string;
  readonly datasets: readonly ChosenDataset[];
  readonly methods: readonly { readonly method: string; readonly asPublished: boolean }[];
  readonly budgets: readonly string[];
  readonly seeds: readonly number[];
  readonly epochs: number | null;
  readonly batch: number | null;
  readonly channels: number | null;
  readonly cells: number | null;
  readonly retrainSeeds: readonly number[];
  readonly retrainEpochs: number | null;
  readonly threads: number;
  readonly atOnce: number | null;
}

export interface ChosenDataset {
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

/**
 * Writes the file of a study, as a person would write it: only what differs from the defaults.
 * @param file is not there yet
 * @throws UserError `study-name-taken`, `study-invalid`, `study-unwritable`
 */
export function createStudy(history: WritableHistory, file: string, choices: StudyChoices): Study {
  const { datasets, methods, retrainSeeds, retrainEpochs, threads, atOnce, budgets, seeds } = choices;
  const { epochs, batch, channels, cells } = choices;
  const value = {
    format: STUDY_FORMAT,
    version: STUDY_VERSION,
    name: choices.name,
    datasets: datasets.map((dataset) => datasetName(history, dataset)),
    searches: {
      methods: methods.map(({ method, asPublished }) => (asPublished ? { method, asPublished } : method)),
      ...{ budgets, seeds, ...given({ epochs, batch, channels, cells }) },
    },
    retrainings: { seeds: retrainSeeds, ...given({ epochs: retrainEpochs }) },
    on: { executor: 'local', threads, ...given({ atOnce }) },
  };
  const study = checkStudy(value, 'the study');
  const taken = studyFiles(history).has(study.name) || history.studyTasks(study.name) !== null || existsSync(file);
  if (taken) {
    throw new UserError('study-name-taken', `There is a study “${study.name}” already: give this one another name.`);
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeDurably(file, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8')]);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    const message = `${file} could not be written: ${whyNotWritten(code)}; free some space or change the rights of its folder.`;
    throw new UserError('study-unwritable', message, { cause: error });
  }
  rememberStudyFile(history, study.name, file);
  return study;
}

function given(fields: { readonly [field: string]: number | null }): { readonly [field: string]: number } {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => (value === null ? [] : [[field, value]])),
  );
}

/** What tables call it: its id in the catalogue, its name where that names this file and no other, or its path. */
function datasetName(history: WritableHistory, { id, name, path }: ChosenDataset): string {
  const called = id.startsWith('file:') ? name : id;
  try {
    if (findDataset(history, called) === path) return called;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return path;
}
