import type { BackendReport } from '../../src-main/ipc/contract.js';

/** The backends as they are called in the window. */
export const BACKENDS = [
  { value: 'auto', name: 'Automatic' },
  { value: 'native', name: 'CPU (native)' },
  { value: 'webgpu', name: 'GPU (WebGPU)' },
  { value: 'tensorflow', name: 'NVIDIA GPU (CUDA)' },
] as const;

export type Backend = (typeof BACKENDS)[number]['value'];

export interface BackendHint {
  readonly text: string;
  readonly available: boolean;
}

const ORDER: readonly string[] = BACKENDS.map(({ value }) => value);

/** As in the list of choices. */
export const inOrder = (devices: readonly BackendReport[]): readonly BackendReport[] =>
  [...devices].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));

/** A renderer on the processor, in the words of `describeAdapter`. */
const isSoftware = (report: BackendReport): boolean => report.device.includes('slower than native');

/**
 * What a run with this choice computes on; or why it cannot, and what to do.
 * @param devices as they were found; null is returned before they are
 */
export function backendHint(choice: Backend, devices: readonly BackendReport[]): BackendHint | null {
  const find = (name: Backend): BackendReport | undefined => devices.find((device) => device.name === name);
  const card = find('webgpu');
  // In the window Automatic takes no graphics card.
  const report = find(choice === 'auto' ? 'native' : choice);
  if (!report) return null;
  const { available, device, reason } = report;
  if (!available) {
    return { text: `Not available: ${(reason ?? '').replace(/\.$/, '')}. Choose CPU (native) to start.`, available };
  }
  if (choice === 'webgpu') {
    const text = isSoftware(report)
      ? `No graphics card: ${device}. Choose CPU (native).`
      : `Computes on the graphics card: ${device}.`;
    return { text, available };
  }
  if (choice === 'tensorflow') return { text: device, available };
  const text = `Computes on the processor: ${device}.`;
  const offered = choice === 'auto' && card?.available && !isSoftware(card);
  return { text: offered ? `${text} For ${card.device} choose GPU (WebGPU).` : text, available };
}

/** In the place of an estimate: those are measured by a process that computes on no graphics card. */
export const CARD_NOT_MEASURED =
  'A graphics card is not measured in advance. The run shows the time left once its first steps have ended.';
