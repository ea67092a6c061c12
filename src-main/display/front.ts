import type { Standing } from '../vocabulary/model-front.js';

export type { Standing } from '../vocabulary/model-front.js';

/** A network that was measured on the test part, and what it costs. */
export interface Tested {
  /** Parameters, multiply-accumulates, milliseconds: the less the better. */
  readonly cost: number;
  /** The more the better. */
  readonly figure: { readonly value: number; readonly interval: readonly [number, number] | null };
}

/**
 * Whether the intervals tell the two apart: the difference is larger than both half-widths added in quadrature. That asks for
 * more than a paired test on the same images would, never for less. Without an interval nothing is told apart.
 */
export function clearlyBetter({ figure: a }: Tested, { figure: b }: Tested): boolean {
  if (!a.interval || !b.interval) return false;
  // Most pairs of thousands end here.
  if (!(a.value > b.value)) return false;
  return a.value - b.value > Math.hypot(a.value - a.interval[0], b.interval[1] - b.value);
}

/** Whether the first is better than the second, of networks whose intervals leave it open. */
export type Question = readonly [first: number, second: number];

/**
 * The Pareto front for little cost and a large figure that respects the intervals: networks are taken by their cost, and one
 * joins when it is better than the last one that did. Intervals that lie apart say so by themselves; of others it is asked.
 * O(n²): 2,000 networks take some ten milliseconds.
 * @yields indices of networks; the answer is whether the first is better than the second
 * @returns standings in the order of `networks`; the front's own order is by cost
 */
export function* walkFront(networks: readonly Tested[]): Generator<Question, Standing[], boolean> {
  const standings = networks.map((network): Standing => {
    const beaten = networks.some((other) => other.cost <= network.cost && clearlyBetter(other, network));
    return beaten ? 'beaten' : 'open';
  });
  const order = networks
    .map((network, index) => ({ network, index }))
    .filter(({ index }) => standings[index] !== 'beaten')
    .sort((a, b) => a.network.cost - b.network.cost || b.network.figure.value - a.network.figure.value);
  let last: { readonly network: Tested; readonly index: number } | null = null;
  for (const one of order) {
    if (last) {
      const { figure } = last.network;
      if (!(one.network.figure.value > figure.value)) continue;
      if (!liesAbove(one.network.figure.interval, figure.interval) && !(yield [one.index, last.index])) continue;
    }
    standings[one.index] = 'front';
    last = one;
  }
  return standings;
}

function liesAbove(one: Tested['figure']['interval'], other: Tested['figure']['interval']): boolean {
  return one !== null && other !== null && one[0] > other[1];
}

/** The front by the intervals of each network by itself. */
export function standingsOf(networks: readonly Tested[]): Standing[] {
  const walk = walkFront(networks);
  let step = walk.next();
  while (!step.done) {
    const [first, second]: Question = step.value;
    step = walk.next(clearlyBetter(networks[first]!, networks[second]!));
  }
  return step.value;
}
