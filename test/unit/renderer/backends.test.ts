import { describe, expect, it } from 'vitest';
import type { BackendReport } from '../../../src-main/ipc/contract.js';
import { backendHint, inOrder, type Backend } from '../../../src-renderer/logic/backends.js';

const report = (name: Backend, device: string, reason: string | null = null): BackendReport =>
  ({ name, device, reason, available: reason === null }) as BackendReport;
const native = report('native', 'Xeon, AVX-512, 2 threads');
const card = report('webgpu', 'NVIDIA H200');
const software = report('webgpu', 'llvmpipe (computes on the processor, slower than native)');
const none = report('webgpu', 'graphics card', "Chromium finds no graphics card; install the card's driver");

describe('what the form says of a backend', () => {
  it.each<[Backend, BackendReport, string, boolean]>([
    ['auto', none, 'Computes on the processor: Xeon, AVX-512, 2 threads.', true],
    ['auto', software, 'Computes on the processor: Xeon, AVX-512, 2 threads.', true],
    ['auto', card, 'Computes on the processor: Xeon, AVX-512, 2 threads. For NVIDIA H200 choose GPU (WebGPU).', true],
    ['native', card, 'Computes on the processor: Xeon, AVX-512, 2 threads.', true],
    ['webgpu', card, 'Computes on the graphics card: NVIDIA H200.', true],
    [
      'webgpu',
      software,
      'No graphics card: llvmpipe (computes on the processor, slower than native). Choose CPU (native).',
      true,
    ],
    [
      'webgpu',
      none,
      "Not available: Chromium finds no graphics card; install the card's driver. Choose CPU (native) to start.",
      false,
    ],
  ])('%s', (choice, found, text, available) => {
    expect(backendHint(choice, [found, native])).toEqual({ text, available });
  });

  it('nothing before the devices are known', () => {
    expect(backendHint('webgpu', [])).toBeNull();
  });

  it('lists them in the order of the choices', () => {
    expect(inOrder([report('tensorflow', 'CUDA', 'no'), none, native]).map(({ name }) => name)).toEqual([
      'native',
      'webgpu',
      'tensorflow',
    ]);
  });
});
