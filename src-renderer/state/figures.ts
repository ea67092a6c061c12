import type { FigureTable } from '../../src-main/ipc/contract.js';
import { pngOf } from '../figures/png.js';
import { svgOf } from '../figures/svg-of-element.js';
import { attempt, messages } from './problems.svelte.js';
import { onPaper } from './theme.svelte.js';

/** A figure of the window: what is seen, and the numbers behind it. */
export interface Figure {
  readonly name: string;
  readonly element: () => Element;
  readonly table: () => FigureTable;
}

export type FigureFormat = 'png' | 'svg' | 'pdf' | 'csv';

const draw = ({ name, element }: Figure) => onPaper(() => svgOf(element(), name));

export async function saveFigure(figure: Figure, format: FigureFormat): Promise<void> {
  const { name } = figure;
  const file = await attempt(`“${name}” could not be saved`, async () => {
    if (format === 'csv') return window.medforge.invoke('figures:save', { name, format, table: figure.table() });
    const drawn = draw(figure);
    if (format === 'png') return window.medforge.invoke('figures:save', { name, format, png: await pngOf(drawn) });
    return window.medforge.invoke('figures:save', { name, format, ...drawn });
  });
  if (file) messages.say(`Saved: ${file}`);
}

export async function copyFigure(figure: Figure, what: 'picture' | 'data'): Promise<void> {
  const copied = await attempt(`“${figure.name}” could not be copied`, async () => {
    const copy = what === 'data' ? { table: figure.table() } : { png: await pngOf(draw(figure)) };
    await window.medforge.invoke('figures:copy', copy);
    return true;
  });
  if (copied) messages.say(what === 'data' ? 'Data copied as CSV' : 'Picture copied');
}
