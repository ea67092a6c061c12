import { z } from 'zod';
import type { RandomState } from '../compute/random.js';
import type { Json, Snapshot, SnapshotArray } from '../compute/snapshot.js';
import { UserError } from '../errors.js';

type Arrays = Snapshot['arrays'];

/** Arrays of a part under names of their own: `filter` becomes `<prefix>filter`. */
export function withPrefix(prefix: string, arrays: Arrays): Record<string, SnapshotArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [`${prefix}${name}`, values]));
}

/** The arrays that `withPrefix` named, under their first names. */
export function groupOf(arrays: Arrays, prefix: string): Record<string, SnapshotArray> {
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, values]) => [name.slice(prefix.length), values]),
  );
}

/** The same for arrays that are weights. @throws UserError `checkpoint-content` */
export function weightsOf(arrays: Arrays, prefix: string): Record<string, Float32Array> {
  const group = groupOf(arrays, prefix);
  return Object.fromEntries(Object.keys(group).map((name) => [name, arrayOf(group, name, Float32Array)]));
}

/** One array of a kind. @throws UserError `checkpoint-content` when it is absent or of another kind */
export function arrayOf<A extends SnapshotArray>(arrays: Arrays, name: string, kind: new (length: number) => A): A {
  const values = arrays[name];
  if (values instanceof kind) return values;
  throw foreign(`${name}: expected a ${kind.name}, saw ${values?.constructor.name ?? 'nothing'}`);
}

/** The values of a snapshot by their schema. @throws UserError `checkpoint-content` */
export function valuesOf<T>(values: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw foreign([...issue.path, issue.message].map(String).join(': '));
}

/** Typed values as a snapshot holds them. */
export function asValues(values: object): { readonly [key: string]: Json } {
  return values as { readonly [key: string]: Json };
}

export const randomState: z.ZodType<RandomState> = z.strictObject({
  words: z.array(z.int()),
  spare: z.number().nullable(),
});

function foreign(what: string): UserError {
  return new UserError(
    'checkpoint-content',
    `the checkpoint does not contain what this version of MedForge needs to resume (${what}): resume with the version that wrote it, or start the run again`,
  );
}
