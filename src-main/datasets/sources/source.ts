import type { ImportChoices, Inspection } from '../../vocabulary/import-plan.js';
import type { Place } from './place.js';
import type { PlannedImport, PlanOptions } from './plan-images.js';

/** A format in which people keep images with their labels. */
export interface ImageSource {
  /** Kept in the manifest of an import. */
  readonly id: string;
  /** Whether this is how the place is laid out. */
  match(place: Place): boolean;
  /** What lies there, before anything is chosen. */
  inspect(place: Place): Inspection;
  /** @throws UserError as `planImages` */
  plan(place: Place, choices: ImportChoices, options?: PlanOptions): Promise<PlannedImport>;
}
