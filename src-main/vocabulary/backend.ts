import { z } from 'zod';

/** The compute backends. */
export const backendNameSchema = z.enum(['native', 'webgpu', 'tensorflow']);
export type BackendName = z.infer<typeof backendNameSchema>;

/** `auto`: native, unless another one on hardware of its own wins a race of the first steps. */
export const backendChoiceSchema = z.enum(['auto', ...backendNameSchema.options]);
export type BackendChoice = z.infer<typeof backendChoiceSchema>;

/** What follows a fault of the graphics card: nothing until the run is resumed, or `native` from the last checkpoint. */
export const gpuFaultChoiceSchema = z.enum(['stop', 'native']);
export type GpuFaultChoice = z.infer<typeof gpuFaultChoiceSchema>;

/** What computes work that is no run: an evaluation, an export. */
export interface Engine {
  /** Default: `auto`. */
  readonly backend?: BackendChoice;
  /** Threads of `native`. Default: 0, one per core. */
  readonly threads?: number;
}
