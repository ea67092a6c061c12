import type { BackendChoice, GpuFaultChoice } from './backend.js';
import { LIMITS, isWithin } from './limits.js';

/** Colours of the window. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** How the window writes numbers, by the sign that groups thousands and the decimal sign. */
export const NUMBER_NOTATIONS = ['comma-point', 'point-comma', 'space-point', 'space-comma'] as const;
const BACKENDS: readonly BackendChoice[] = ['auto', 'native', 'webgpu', 'tensorflow'];
const GPU_FAULT_CHOICES: readonly GpuFaultChoice[] = ['stop', 'native'];
/** What was chosen last in the command palette; more are forgotten. */
export const RECENT_CHOICES = 12;

/** What a person prefers, for every start of the window. Plain, because it is read before any schema is loaded. */
export interface Preferences {
  readonly theme: (typeof THEMES)[number];
  readonly numbers: (typeof NUMBER_NOTATIONS)[number];
  /** Of new runs; 0: one per core. */
  readonly threads: number;
  /** Of new runs. */
  readonly backend: BackendChoice;
  /** Of new runs: what they do when the graphics card fails. */
  readonly onGpuFault: GpuFaultChoice;
  /** Newest first: keys of what was chosen in the command palette. */
  readonly recent: readonly string[];
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  numbers: 'comma-point',
  threads: 0,
  backend: 'auto',
  onGpuFault: 'stop',
  recent: [],
};

/** Preferences as they were kept; what is missing or unknown has its default. */
export function readPreferences(kept: unknown): Preferences {
  const { theme, numbers, threads, backend, onGpuFault, recent } = (kept ?? {}) as Record<keyof Preferences, unknown>;
  const among = <T>(allowed: readonly T[], value: unknown, otherwise: T): T =>
    allowed.find((one) => one === value) ?? otherwise;
  const texts = Array.isArray(recent) ? recent.filter((one): one is string => typeof one === 'string') : [];
  return {
    theme: among(THEMES, theme, DEFAULT_PREFERENCES.theme),
    numbers: among(NUMBER_NOTATIONS, numbers, DEFAULT_PREFERENCES.numbers),
    threads: typeof threads === 'number' && isWithin(LIMITS.threads, threads) ? threads : DEFAULT_PREFERENCES.threads,
    backend: among(BACKENDS, backend, DEFAULT_PREFERENCES.backend),
    onGpuFault: among(GPU_FAULT_CHOICES, onGpuFault, DEFAULT_PREFERENCES.onGpuFault),
    recent: texts.slice(0, RECENT_CHOICES),
  };
}
