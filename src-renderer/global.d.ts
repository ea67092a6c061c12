import type { MedForgeApi } from '../src-main/ipc/contract.js';

declare global {
  interface Window {
    readonly medforge: MedForgeApi;
  }
}
