/** Plain JSON, as it survives a round trip through a file. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type SnapshotArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/**
 * The whole state of a search or a training between two steps, free of backends: what `restore` needs to go on
 * bit for bit as if nothing had happened. The job layer writes it to a checkpoint file.
 */
export interface Snapshot {
  readonly values: { readonly [key: string]: Json };
  readonly arrays: { readonly [name: string]: SnapshotArray };
}
