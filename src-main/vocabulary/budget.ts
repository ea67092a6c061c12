/** Parameters that the final network may have: lower ≤ parameters ≤ upper. */
export interface Budget {
  readonly lower: number;
  readonly upper: number;
}
