/** What a network is expected to be worth and to cost. */
export interface Expectation {
  /** Larger is better. */
  readonly worth: number;
  /** Smaller is better. */
  readonly cost: number;
}

/**
 * The Pareto front: those than which no other is at least as good in both and better in one; of equal ones the first.
 * @returns the one with the largest worth first
 */
export function paretoFront<T extends Expectation>(networks: readonly T[]): T[] {
  const sorted = [...networks].sort((a, b) => b.worth - a.worth || a.cost - b.cost);
  let least = Infinity;
  return sorted.filter(({ cost }) => {
    if (cost >= least) return false;
    least = cost;
    return true;
  });
}

/** The first `count` of the front, and where it has fewer, of the front of the others, and so on. */
export function bestByFronts<T extends Expectation>(networks: readonly T[], count: number): T[] {
  const chosen: T[] = [];
  let others = [...networks];
  while (chosen.length < count && others.length > 0) {
    const front = paretoFront(others);
    chosen.push(...front.slice(0, count - chosen.length));
    const taken = new Set(front);
    others = others.filter((network) => !taken.has(network));
  }
  return chosen;
}
