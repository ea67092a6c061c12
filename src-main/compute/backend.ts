import type { BackendName } from '../vocabulary/backend.js';

/** What `medforge devices` says of one backend. */
export interface BackendReport {
  readonly name: BackendName;
  readonly available: boolean;
  /** Processor or graphics card, with instruction set and threads where known. */
  readonly device: string;
  /** Why it cannot be used and what to do; null when available. */
  readonly reason: string | null;
}

export interface ActiveBackend {
  readonly name: BackendName;
  readonly device: string;
  readonly threads: number;
  /** What the last bits of its results depend on, e.g. `native avx512`: two that differ here round differently. */
  readonly arithmetic: string;
}
