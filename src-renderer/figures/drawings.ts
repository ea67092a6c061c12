import type { MeasureText } from './svg-context.js';

/** Draws what a canvas shows as SVG elements of `width` × `height` pixels, in the colours of the moment. */
export type Drawing = (width: number, height: number, id: string) => string;

const drawings = new WeakMap<Element, Drawing>();

/** Says how the chart on a canvas is drawn anew as vectors. */
export function setDrawing(canvas: HTMLCanvasElement, drawing: Drawing): void {
  drawings.set(canvas, drawing);
}

export const drawingOf = (canvas: Element): Drawing | undefined => drawings.get(canvas);

let ruler: CanvasRenderingContext2D | null = null;

export function fontOnCanvas(font: string): CanvasRenderingContext2D | null {
  ruler ??= document.createElement('canvas').getContext('2d');
  if (ruler) ruler.font = font;
  return ruler;
}

export const measureOnCanvas: MeasureText = (text, font) => fontOnCanvas(font)?.measureText(text).width ?? 0;
