/** A network that was measured on the test part, and what it costs. */
export interface Tested {
  /** Parameters, multiply-accumulates, milliseconds: the less the better. */
  readonly cost: number;
  /** The more the better. */
  readonly figure: { readonly value: number; readonly interval: readonly [number, number] | null };
}

/**
 * Where a network stands among others that were measured on the same images.
 * `front`: clearly better than the network before it on the front, the cheapest one first. `open`: not told apart from a
 * cheaper one. `beaten`: one that costs no more is clearly better.
 */
export type Standing = 'front' | 'open' | 'beaten';

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

/**
 * The Pareto front for little cost and a large figure that respects the intervals. Standings in the order of `networks`;
 * the front's own order is by cost. O(n²): 2,000 networks take some ten milliseconds.
 */
export function standingsOf(networks: readonly Tested[]): Standing[] {
  const standings = networks.map((network): Standing => {
    const beaten = networks.some((other) => other.cost <= network.cost && clearlyBetter(other, network));
    return beaten ? 'beaten' : 'open';
  });
  const order = networks
    .map((network, index) => ({ network, index }))
    .filter(({ index }) => standings[index] !== 'beaten')
    .sort((a, b) => a.network.cost - b.network.cost || b.network.figure.value - a.network.figure.value);
  let last: Tested | null = null;
  for (const { network, index } of order) {
    if (last && !clearlyBetter(network, last)) continue;
    standings[index] = 'front';
    last = network;
  }
  return standings;
}
