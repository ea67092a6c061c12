import { z } from 'zod';
import type { Snapshot } from '../compute/snapshot.js';
import type { TrainingDataset } from '../datasets/dataset.js';
import { asValues, groupOf, valuesOf, withPrefix } from '../learning/snapshot-codec.js';
import { planNetwork } from '../space/network-plan.js';
import { Trainer, type TrainingReport } from '../training/trainer.js';
import type { Recipe } from '../vocabulary/recipe.js';
import type { Turn } from '../training/turn.js';
import { genotypeSchema, type Genotype, type SpaceSettings } from '../vocabulary/space.js';
import type { Rung } from './halving-rungs.js';

export interface HalvingSettings {
  /** Its train part trains the networks, its validation part judges them. */
  readonly dataset: TrainingDataset;
  readonly space: SpaceSettings;
  readonly recipe: Recipe;
  readonly rungs: readonly Rung[];
  /** Network i is trained with seed + i. */
  readonly seed: number;
}

const entrySchema = z.object({
  genotype: genotypeSchema,
  /** Trained so far. */
  epochs: z.int().min(0),
  /** Validation AUC after the last epoch, accuracy where the part has no AUC; larger is better. */
  score: z.number(),
  /** Validation loss. */
  loss: z.number(),
});
/** A network of a successive halving. */
export type HalvingEntry = Readonly<z.infer<typeof entrySchema>>;

const stateSchema = z.object({
  epoch: z.int().min(0),
  rung: z.int().min(0),
  /** Networks that are still to be trained in this round, the first now. */
  waiting: z.array(z.int().min(0)),
  entries: z.array(entrySchema),
  trainings: z.record(z.string(), z.record(z.string(), z.json())),
});
type State = z.infer<typeof stateSchema>;

/**
 * Trains networks by successive halving: after each round the better half goes on from where it stopped. One step at a time;
 * the whole state is in `snapshot()`.
 */
export class SuccessiveHalving {
  private trainer: Trainer | null = null;

  private constructor(
    private readonly settings: HalvingSettings,
    private readonly state: State,
    /** Networks that have begun and are not out, by their number. */
    private readonly trainings: Map<number, Snapshot>,
  ) {}

  /** @param genotypes as many as the first round has networks */
  static create(settings: HalvingSettings, genotypes: readonly Genotype[]): SuccessiveHalving {
    const entries = genotypes.map((genotype) => ({ genotype, epochs: 0, score: 0, loss: 0 }));
    const state = { epoch: 0, rung: 0, waiting: [...entries.keys()], entries, trainings: {} };
    return new SuccessiveHalving(settings, state, new Map());
  }

  /** The one whose `snapshot()` this was. @throws UserError `checkpoint-content` */
  static restore(settings: HalvingSettings, snapshot: Snapshot): SuccessiveHalving {
    const state = valuesOf(snapshot.values, stateSchema);
    const trainings = Object.entries(state.trainings).map(
      ([i, values]) => [Number(i), { values, arrays: groupOf(snapshot.arrays, `${i}/`) }] as const,
    );
    return new SuccessiveHalving(settings, state, new Map(trainings));
  }

  /** Epochs that have ended, over all networks. */
  get epoch(): number {
    return this.state.epoch;
  }

  /** Finished steps of the epoch that is running. */
  get step(): number {
    const waiting = this.trainings.get(this.state.waiting[0] ?? -1);
    return this.trainer?.step ?? Number(waiting?.values['step'] ?? 0);
  }

  get finished(): boolean {
    return this.state.rung === this.settings.rungs.length;
  }

  /** Networks of the round that is running, of the last one at the end. */
  get networks(): number {
    return (this.settings.rungs[this.state.rung] ?? this.settings.rungs.at(-1)!).networks;
  }

  /** Networks that got further first, then those with the larger score, then with the smaller loss. */
  get ranking(): readonly HalvingEntry[] {
    return this.order().map((i) => this.state.entries[i]!);
  }

  /** One step of one network. @param turn as of `Trainer.advance`  @returns its loss, and the report when it ended an epoch of this network */
  async advance(turn?: Turn): Promise<{ loss: number; report: TrainingReport | null }> {
    const { state, settings } = this;
    const current = state.waiting[0]!;
    this.trainer ??= this.open(current);
    const { loss, report } = await this.trainer.advance(turn);
    if (!report) return { loss, report };
    const { validationAuc, validationAccuracy, validationLoss } = report;
    const entry = state.entries[current]!;
    entry.epochs++;
    entry.score = Number.isNaN(validationAuc) ? validationAccuracy! : validationAuc!;
    entry.loss = validationLoss!;
    state.epoch++;
    const due = settings.rungs.slice(0, state.rung + 1).reduce((sum, { epochs }) => sum + epochs, 0);
    if (entry.epochs === due) await this.endTurn(current);
    return { loss, report };
  }

  async snapshot(): Promise<Snapshot> {
    const { state, trainings, trainer } = this;
    if (trainer) trainings.set(state.waiting[0]!, await trainer.snapshot());
    const values = Object.fromEntries([...trainings].map(([i, training]) => [i, training.values]));
    const arrays = [...trainings].map(([i, training]) => withPrefix(`${i}/`, training.arrays));
    return {
      values: asValues(structuredClone({ ...state, trainings: values })),
      arrays: Object.assign({}, ...arrays) as Snapshot['arrays'],
    };
  }

  dispose(): void {
    this.trainer?.dispose();
    this.trainer = null;
  }

  private order(): number[] {
    const { entries } = this.state;
    const compared = (a: HalvingEntry, b: HalvingEntry): number =>
      b.epochs - a.epochs || b.score - a.score || a.loss - b.loss;
    return [...entries.keys()].sort((i, j) => compared(entries[i]!, entries[j]!) || i - j);
  }

  private open(i: number): Trainer {
    const { dataset, space, recipe, seed } = this.settings;
    const plan = planNetwork(space, this.state.entries[i]!.genotype);
    const saved = this.trainings.get(i);
    return saved ? Trainer.restore(dataset, plan, recipe, saved) : Trainer.create(dataset, plan, recipe, seed + i);
  }

  private async endTurn(current: number): Promise<void> {
    const { state, trainings } = this;
    trainings.set(current, await this.trainer!.snapshot());
    this.dispose();
    state.waiting.shift();
    if (state.waiting.length > 0) return;
    state.rung++;
    state.waiting = this.order().slice(0, this.settings.rungs[state.rung]?.networks ?? 0);
    for (const i of trainings.keys()) if (!state.waiting.includes(i)) trainings.delete(i);
  }
}
