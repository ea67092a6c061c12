import { UserError } from '../../errors.js';
import { all, first, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { NewArchitecture, NewSample, StoredArchitecture } from '../interface.js';
import { count, stored, text, toNumber, word } from '../values.js';

const SOURCES: readonly NewArchitecture['source'][] = ['result', 'argmax', 'sample'];

function toRow(run: number, architecture: NewArchitecture, createdAt: string): Parameters {
  return {
    run,
    source: architecture.source,
    genotype: JSON.stringify(architecture.genotype),
    parameters: architecture.parameters,
    multiplyAccumulates: architecture.multiplyAccumulates,
    logProbability: architecture.logProbability,
    seed: architecture.seed,
    createdAt,
  };
}

function fromRow(row: Row): StoredArchitecture {
  return {
    architecture: count(row, 'architecture'),
    run: count(row, 'run'),
    source: word(row, 'source', SOURCES),
    genotype: stored(row, 'genotype', 'genotype'),
    parameters: count(row, 'parameters'),
    multiplyAccumulates: count(row, 'multiply_accumulates'),
    logProbability: toNumber(row['log_probability']),
    seed: toNumber(row['seed']),
    createdAt: text(row, 'created_at'),
  };
}

export function selectArchitectures(database: ReadableDatabase, run: number): StoredArchitecture[] {
  return all(database, 'SELECT * FROM architectures WHERE run = @run ORDER BY architecture', { run }).map(fromRow);
}

/** @throws UserError `architecture-unknown` */
export function selectArchitecture(database: ReadableDatabase, architecture: number): StoredArchitecture {
  const row = first(database, 'SELECT * FROM architectures WHERE architecture = @architecture', { architecture });
  if (row) return fromRow(row);
  throw new UserError(
    'architecture-unknown',
    `There is no architecture ${architecture} in the history: "medforge sample RUN --list" shows those drawn from a search.`,
  );
}

/** @returns its number */
export function insertArchitecture(
  database: WritableDatabase,
  run: number,
  architecture: NewArchitecture,
  createdAt: string,
): number {
  return write(
    database,
    `INSERT INTO architectures (run, source, genotype, parameters, multiply_accumulates, log_probability, seed,
       created_at)
     VALUES (@run, @source, @genotype, @parameters, @multiplyAccumulates, @logProbability, @seed, @createdAt)`,
    toRow(run, architecture, createdAt),
  ).key;
}

/** Removes the architecture that an earlier end of the same run left. */
export function deleteResultArchitecture(database: WritableDatabase, run: number): void {
  write(database, `DELETE FROM architectures WHERE run = @run AND source = 'result'`, { run });
}

/**
 * The draws of a seed after those that are there already. Where these are others, of an earlier epoch, they make room.
 * @returns numbers of `samples`
 */
export function replaceSamples(
  database: WritableDatabase,
  run: number,
  seed: number,
  samples: readonly NewSample[],
  createdAt: string,
): number[] {
  const rows = `FROM architectures WHERE run = @run AND source = 'sample' AND seed = @seed`;
  const found = all(database, `SELECT architecture, genotype, log_probability ${rows} ORDER BY architecture`, {
    ...{ run, seed },
  });
  const isSame = found.slice(0, samples.length).every((row, draw) => {
    const { genotype, logProbability } = samples[draw]!;
    return row['genotype'] === JSON.stringify(genotype) && row['log_probability'] === logProbability;
  });
  if (!isSame) write(database, `DELETE ${rows}`, { run, seed });
  const kept = isSame ? found.map((row) => count(row, 'architecture')) : [];
  const added = samples.slice(kept.length).map((sample) => {
    return insertArchitecture(database, run, { source: 'sample', seed, ...sample }, createdAt);
  });
  return [...kept, ...added].slice(0, samples.length);
}
