/** A round of successive halving: so many networks are trained so many epochs further each. */
export interface Rung {
  readonly networks: number;
  readonly epochs: number;
}

/**
 * Rounds of successive halving (Jamieson & Talwalkar 2016) that spend exactly `epochs` epochs: every round about the same
 * number, the last one what is left; half of the networks go on from each.
 * @param most networks of the first round: the largest power of two up to it with which each round has an epoch a network
 */
export function halvingRungs(epochs: number, most: number): Rung[] {
  let networks = 1;
  while (2 * networks <= most && 2 * networks * (Math.log2(2 * networks) + 1) <= epochs) networks *= 2;
  const rounds = Math.log2(networks) + 1;
  const rungs: Rung[] = [];
  let left = epochs;
  for (; networks > 1; networks /= 2) {
    const each = Math.floor(epochs / rounds / networks);
    rungs.push({ networks, epochs: each });
    left -= networks * each;
  }
  return [...rungs, { networks: 1, epochs: left }];
}
