export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The Pareto front for few x (parameters) and much y (accuracy), left to right. A point is on it when no other has
 * at most its x and at least its y, one of the two strictly better. Equal points are all kept. O(n log n).
 */
export function paretoFront<P extends Point>(points: readonly P[]): P[] {
  const sorted = points
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
    .sort((a, b) => a.x - b.x || b.y - a.y);
  const front: P[] = [];
  for (const point of sorted) {
    const last = front.at(-1);
    if (!last || point.y > last.y || (point.y === last.y && point.x === last.x)) front.push(point);
  }
  return front;
}
