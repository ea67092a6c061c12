import { UserError } from '../../errors.js';
import { byteSize } from '../../number-text.js';

/** What can go wrong on a card: an error that it reports, the card itself, its memory. */
export type GpuFaultKind = 'gpu-fault' | 'gpu-lost' | 'out-of-memory';

const TEXTS: Record<
  GpuFaultKind,
  (line: string) => { readonly what: string; readonly terminal: string; readonly window: string }
> = {
  'gpu-fault': (line) => ({
    what: `The graphics card reported a fault: ${line}`,
    terminal: 'Use --backend native, or try again.',
    window: 'Compute on the processor, or try again.',
  }),
  'gpu-lost': (line) => ({
    what: `The graphics card was lost: ${line}`,
    terminal: 'Use --backend native, or try again.',
    window: 'Compute on the processor, or try again.',
  }),
  'out-of-memory': () => ({
    what: 'The graphics card has too little free memory',
    terminal: 'Use a smaller --batch, or --backend native.',
    window: 'Choose a smaller batch, or compute on the processor.',
  }),
};

/** @param message what the card or its driver said; its first line is passed on */
export function gpuFault(message: string, kind: GpuFaultKind = 'gpu-fault'): UserError {
  const line = message.split('\n', 1)[0]!.replace(/\.$/, '') || 'it gave no reason';
  const { what, terminal, window } = TEXTS[kind](line);
  return new UserError(kind, `${what}. ${terminal}`, { inWindow: `${what}. ${window}` });
}

/**
 * What does not fit into one binding of the card, `batch-too-large`.
 * @param images that the array is for; 0 where its size does not depend on the batch
 */
export function tooLargeForCard(bytes: number, most: number, images: number): UserError {
  const fitting = Math.floor((images * most) / bytes);
  const what = `The graphics card takes at most ${byteSize(most)} in one piece, and ${
    images > 0 ? `a batch of ${String(images)} images` : 'this network'
  } needs ${byteSize(bytes)}`;
  const [terminal, window] =
    fitting > 0
      ? [
          `use --batch ${String(fitting)} or less, or --backend native`,
          `choose a batch of ${String(fitting)} or less, or compute on the processor`,
        ]
      : ['use fewer --channels, or --backend native', 'choose fewer channels, or compute on the processor'];
  return new UserError('batch-too-large', `${what}: ${terminal}.`, { inWindow: `${what}: ${window}.` });
}
