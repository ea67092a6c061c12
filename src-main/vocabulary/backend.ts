import { z } from 'zod';

/** The compute backends. */
export const backendNameSchema = z.enum(['native', 'webgpu', 'tensorflow']);
export type BackendName = z.infer<typeof backendNameSchema>;

/** `auto`: native, which always works; the others are taken by name. */
export const backendChoiceSchema = z.enum(['auto', ...backendNameSchema.options]);
export type BackendChoice = z.infer<typeof backendChoiceSchema>;

/** What computes work that is no run: an evaluation, an export. */
export interface Engine {
  /** Default: `auto`. */
  readonly backend?: BackendChoice;
  /** Threads of `native`. Default: 0, one per core. */
  readonly threads?: number;
}
