import { EDGES } from './space.js';

/** Geometry of a cell: four nodes on a line, edges as arcs that never cross a node. Units: SVG user units. */
export const WIDTH = 340;
export const HEIGHT = 196;
const BASELINE = 122;
const NODE_X = [26, 122, 218, 314] as const;
export const NODE_RADIUS = 13;

export interface Place {
  readonly x: number;
  readonly y: number;
}

export const nodePlace = (node: number): Place => ({ x: NODE_X[node] ?? 0, y: BASELINE });

/** How far the middle of an edge's arc lies above (−) or below (+) the line of nodes. */
const LIFT: readonly number[] = [0, -54, 0, -98, 50, 0];

interface Curve {
  readonly from: Place;
  readonly to: Place;
  readonly control: Place;
}

function curve(edge: number): Curve {
  const [target, source] = EDGES[edge] ?? [0, 0];
  const from = nodePlace(source);
  const to = nodePlace(target);
  const lift = LIFT[edge] ?? 0;
  return { from, to, control: { x: (from.x + to.x) / 2, y: BASELINE + 2 * lift } };
}

/** Path of one strand of an edge, `offset` units beside its middle. All strands meet at the nodes. */
export function strandPath(edge: number, offset: number): string {
  const { from, to, control } = curve(edge);
  return `M${from.x} ${from.y} Q${visible(control.x)} ${visible(control.y + 2 * offset)} ${to.x} ${to.y}`;
}

export function labelPlace(edge: number): Place {
  const { from, to } = curve(edge);
  const lift = LIFT[edge] ?? 0;
  return { x: (from.x + to.x) / 2, y: BASELINE + lift + (lift > 0 ? 17 : -9) };
}

export interface Strand {
  readonly path: string;
  readonly width: number;
}

const THINNEST = 0.75;
const THICKEST = 7;
const GAP = 1.5;

/** Strands side by side, each as wide as its probability, together centred on the edge. */
export function strands(edge: number, probabilities: readonly number[]): Strand[] {
  const widths = probabilities.map((p) => THINNEST + (THICKEST - THINNEST) * Math.min(1, Math.max(0, p)));
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
  let left = -total / 2;
  return widths.map((width) => {
    const offset = left + width / 2;
    left += width + GAP;
    return { path: strandPath(edge, offset), width: visible(width) };
  });
}

/** To a quarter of a unit: what no eye sees is no change, and costs no drawing. */
const visible = (value: number): number => Math.round(value * 4) / 4;
