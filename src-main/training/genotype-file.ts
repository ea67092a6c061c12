import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import {
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  STAGES,
  type Genotype,
  type GenotypeOperation,
  type GenotypeStage,
} from '../vocabulary/space.js';
import { liveEdges } from '../space/live-edges.js';

/** A genotype is a few hundred bytes; whatever is much larger is another file. */
const MAX_BYTES = 64 * 1024;

const EXAMPLE = '{"stages":[{"depth":1,"operations":["conv_3x3","none","none","skip_connect","none","none"]}, …, …]}';

/**
 * Reads a genotype that a person wrote: `{"stages": [three of {"depth": 1..cells, "operations": [six names]}]}`, the
 * operations in the edge order 1←0, 2←0, 2←1, 3←0, 3←1, 3←2.
 * @param cells largest depth, default 3
 * @throws UserError `genotype-unreadable`, `genotype-invalid`, `genotype-disconnected`
 */
export async function readGenotypeFile(path: string, cells = 3): Promise<Genotype> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new UserError(
        'genotype-unreadable',
        `${path} has ${String(size)} bytes, a genotype at most ${String(MAX_BYTES)}: give a JSON file such as ${EXAMPLE}`,
      );
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'genotype-unreadable',
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): give the path of a genotype file`,
      { cause: error },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      'genotype-invalid',
      `${path} is not JSON (${(error as Error).message}): write it like ${EXAMPLE}`,
      { cause: error },
    );
  }
  return checkGenotype(value, path, cells);
}

/** Checks a value from outside. @param source names it in errors @throws UserError as `readGenotypeFile` */
export function checkGenotype(value: unknown, source: string, cells = 3): Genotype {
  const fail = (where: string, what: string): never => {
    throw new UserError('genotype-invalid', `${source}: ${where} ${what}`);
  };
  const show = (bad: unknown): string => (bad === undefined ? 'nothing' : JSON.stringify(bad).slice(0, 60));
  const record = (bad: unknown, where: string, keys: readonly string[]): Record<string, unknown> => {
    if (typeof bad !== 'object' || bad === null || Array.isArray(bad))
      fail(where, `must be an object, saw ${show(bad)}`);
    const object = bad as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      if (!keys.includes(key)) fail(where, `has the key ${show(key)}; only ${keys.join(', ')} may be there`);
    }
    for (const key of keys) if (!(key in object)) fail(where, `lacks the key "${key}"`);
    return object;
  };
  const list = (bad: unknown, where: string, length: number): unknown[] => {
    if (!Array.isArray(bad) || bad.length !== length) {
      fail(
        where,
        `must be a list of ${String(length)}, saw ${Array.isArray(bad) ? `${String(bad.length)} entries` : show(bad)}`,
      );
    }
    return bad as unknown[];
  };
  const { stages } = record(value, 'the genotype', ['stages']);
  const checked = list(stages, 'stages', STAGES).map((stage, s): GenotypeStage => {
    const where = `stage ${String(s + 1)}`;
    const { depth, operations } = record(stage, where, ['depth', 'operations']);
    if (!Number.isInteger(depth) || (depth as number) < 1 || (depth as number) > cells) {
      fail(`depth of ${where}`, `must be a whole number from 1 to ${String(cells)}, saw ${show(depth)}`);
    }
    const names = list(operations, `operations of ${where}`, EDGES_PER_STAGE).map((name, edge) => {
      if (!(GENOTYPE_OPERATIONS as readonly unknown[]).includes(name)) {
        fail(
          `operation ${String(edge + 1)} of ${where}`,
          `must be one of ${GENOTYPE_OPERATIONS.join(', ')}, saw ${show(name)}`,
        );
      }
      return name as GenotypeOperation;
    });
    if (!liveEdges(names).some((live) => live)) {
      throw new UserError(
        'genotype-disconnected',
        `${source}: ${where} leads nothing from node 0 to node 3: give at least one chain of edges an operation other than none`,
      );
    }
    return { depth: depth as number, operations: names };
  });
  return { stages: checked };
}
