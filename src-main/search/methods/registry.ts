import type { Snapshot } from '../../compute/snapshot.js';
import { UserError } from '../../errors.js';
import type { SpaceSettings } from '../../vocabulary/space.js';
import type { TraceDescription } from '../../vocabulary/trace.js';
import { dartsV1 } from './darts-v1/index.js';
import { dartsV2 } from './darts-v2/index.js';
import { evolution } from './evolution/index.js';
import { measureSteps } from './measure-steps.js';
import type { Measured, Search, SearchMethod, SearchProblem } from '../method.js';
import { milenas } from './milenas/index.js';
import { pcDarts } from './pc-darts/index.js';
import { popnas } from './popnas/index.js';
import { random } from './random/index.js';
import { settingOptions, type SettingOption } from './setting-options.js';
import { zoDartsPlusPlus } from './zo-darts-plus-plus/index.js';
import { zoDartsPlus } from './zo-darts-plus/index.js';
import { zoDarts } from './zo-darts/index.js';

/** Every method by its name, the default first. */
const METHODS: readonly RegisteredMethod[] = [
  registered(zoDartsPlusPlus),
  registered(zoDarts),
  registered(zoDartsPlus),
  registered(dartsV1),
  registered(dartsV2),
  registered(milenas),
  registered(pcDarts),
  registered(random),
  registered(evolution),
  registered(popnas),
];

/** A method whose settings are still to be parsed. */
export interface RegisteredMethod {
  readonly id: string;
  readonly label: string;
  readonly trace: (space: SpaceSettings) => TraceDescription;
  readonly options: readonly SettingOption[];
  /** Settings of the published algorithm where the defaults differ from it. */
  readonly published: object | null;
  readonly relativeEpochs: number;
  readonly isBaseline: boolean;
  /** Every setting with its default filled in. @throws UserError `search-setting` */
  parse(settings: unknown): object;
  /** @throws UserError `search-setting`, `checkpoint-content` */
  open(problem: SearchProblem, settings: unknown, saved: Snapshot | null): Promise<Search>;
  /** @throws UserError `search-setting` */
  measure(problem: SearchProblem, settings: unknown): Promise<Measured>;
}

export const DEFAULT_METHOD = zoDartsPlusPlus.id;

export const searchMethods = (): readonly RegisteredMethod[] => METHODS;

/** @throws UserError `search-method` */
export function searchMethod(id: string): RegisteredMethod {
  const method = METHODS.find((candidate) => candidate.id === id);
  if (method) return method;
  throw new UserError(
    'search-method',
    `there is no search method ${id}: choose one of ${METHODS.map((known) => known.id).join(', ')}`,
  );
}

function registered<Settings extends object>(method: SearchMethod<Settings>): RegisteredMethod {
  const parse = (settings: unknown): Settings => {
    const parsed = method.settings.safeParse(settings);
    if (parsed.success) return parsed.data;
    const { path, message } = parsed.error.issues[0]!;
    throw new UserError('search-setting', [`settings of ${method.id}`, ...path, message].map(String).join(': '));
  };
  const open = (problem: SearchProblem, settings: unknown, saved: Snapshot | null): Promise<Search> =>
    method.open(problem, parse(settings), saved);
  return {
    id: method.id,
    label: method.label,
    trace: method.trace,
    options: settingOptions(method.settings),
    published: method.published ?? null,
    relativeEpochs: method.relativeEpochs ?? 1,
    isBaseline: method.isBaseline ?? false,
    parse,
    open,
    measure: async (problem, settings) =>
      method.measure
        ? method.measure(problem, parse(settings))
        : measureSteps(problem, () => open(problem, settings, null)),
  };
}
