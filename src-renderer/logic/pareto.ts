/** A network that was measured on the test part. */
export interface Tested {
  readonly parameters: number;
  readonly accuracy: { readonly value: number; readonly interval: readonly [number, number] | null };
}

/**
 * Where a network stands among others that were measured on the same images.
 * `front`: clearly better than the network before it on the front, the smallest one first. `open`: not told apart from a
 * smaller one. `beaten`: one that is no larger is clearly better.
 */
export type Standing = 'front' | 'open' | 'beaten';

/**
 * Whether the intervals tell the two apart: the difference is larger than both half-widths added in quadrature. That asks for
 * more than a paired test on the same images would, never for less. Without an interval nothing is told apart.
 */
export function clearlyBetter({ accuracy: a }: Tested, { accuracy: b }: Tested): boolean {
  if (!a.interval || !b.interval) return false;
  return a.value - b.value > Math.hypot(a.value - a.interval[0], b.interval[1] - b.value);
}

/**
 * The Pareto front for few parameters and much accuracy that respects the intervals. Standings in the order of `networks`;
 * the front's own order is by parameters. O(n²), for the few that are compared at once.
 */
export function standingsOf(networks: readonly Tested[]): Standing[] {
  const standings = networks.map((network): Standing => {
    const beaten = networks.some((other) => other.parameters <= network.parameters && clearlyBetter(other, network));
    return beaten ? 'beaten' : 'open';
  });
  const order = networks
    .map((network, index) => ({ network, index }))
    .filter(({ index }) => standings[index] !== 'beaten')
    .sort((a, b) => a.network.parameters - b.network.parameters || b.network.accuracy.value - a.network.accuracy.value);
  let last: Tested | null = null;
  for (const { network, index } of order) {
    if (last && !clearlyBetter(network, last)) continue;
    standings[index] = 'front';
    last = network;
  }
  return standings;
}
