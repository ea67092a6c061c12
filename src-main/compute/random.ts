import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Json } from './snapshot.js';

/** A random generator: passed as an argument to whatever draws, never global. */
export interface Random {
  /** Uniform over 0 .. 2³²−1. */
  next32(): number;
  /** Uniform over [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform over 0 .. below−1. @throws RangeError unless 1 ≤ below ≤ 2³² */
  integer(below: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T extends { [index: number]: number; length: number }>(values: T): T;
  /** Everything that the next draws depend on, as plain JSON. */
  state(): RandomState;
}

export type RandomState = { readonly words: readonly number[]; readonly spare: number | null } & {
  readonly [key: string]: Json;
};

class Xoroshiro implements Random {
  private spare: number | null;
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(generator: ReturnType<typeof xoroshiro128plus>, spare: number | null) {
    this.generator = generator;
    this.spare = spare;
  }

  next32(): number {
    return this.generator.next() >>> 0;
  }

  uniform(): number {
    return this.next32() / 2 ** 32;
  }

  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
      throw new RangeError(`below must be an integer from 1 to 2^32, saw ${String(below)}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % below);
    let word = this.next32();
    while (word >= limit) word = this.next32();
    return word % below;
  }

  normal(): number {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  shuffle<T extends { [index: number]: number; length: number }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = values[i]!;
      values[i] = values[j]!;
      values[j] = kept;
    }
    return values;
  }

  state(): RandomState {
    return { words: [...this.generator.getState()], spare: this.spare };
  }
}

/**
 * A generator (xoroshiro128+) for one purpose of one run.
 * @param seed any safe integer  @param stream names the purpose, so that one seed gives independent streams
 */
export function createRandom(seed: number, stream: string): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a safe integer, saw ${String(seed)}`);
  let hash = 0x811c9dc5;
  for (const character of `${String(seed)}/${stream}`) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  const generator = xoroshiro128plus(hash);
  // its seeding leaves most state bits equal for every seed; a few draws mix them
  for (let i = 0; i < 64; i++) generator.next();
  return new Xoroshiro(generator, null);
}

/** The generator whose `state()` this was. */
export function restoreRandom(state: RandomState): Random {
  return new Xoroshiro(xoroshiro128plusFromState(state.words), state.spare);
}
