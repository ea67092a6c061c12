import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { genotypeSchemaOf, type Genotype } from '../vocabulary/space.js';
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
  const { success, data: genotype, error } = genotypeSchemaOf(cells).safeParse(value);
  if (!success) {
    const { path, message } = error.issues[0]!;
    throw new UserError('genotype-invalid', `${source}: ${placeOf(path)} ${message}`);
  }
  const disconnected = genotype.stages.findIndex(({ operations }) => !liveEdges(operations).some((live) => live));
  if (disconnected >= 0) {
    throw new UserError(
      'genotype-disconnected',
      `${source}: stage ${disconnected + 1} has no path from node 0 to node 3: give at least one chain of edges an operation other than none`,
    );
  }
  return genotype;
}

/** A path into a genotype, in words: `operation 6 of stage 2`. */
function placeOf([stages, stage, part, edge]: readonly PropertyKey[]): string {
  if (stages === undefined) return 'the genotype';
  if (stage === undefined) return 'stages';
  const name = `stage ${Number(stage) + 1}`;
  if (part === undefined) return name;
  return edge === undefined ? `${String(part)} of ${name}` : `operation ${Number(edge) + 1} of ${name}`;
}
