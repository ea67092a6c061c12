import { isAlive } from '../process-identity.js';
import type { ConfirmCopy } from './backups.js';
import { clusterFunctions } from './cluster-functions.js';
import { asReadable, first, inTransaction } from './database.js';
import type { Connection, WritableDatabase } from './database.js';
import { explained } from './errors.js';
import { runFolder } from './files.js';
import type { TakenEvent, WritableHistory } from './interface.js';
import { recordEvent, writeEpoch, writeResult } from './record-event.js';
import { now, runFunctions } from './run-functions.js';
import { trySettleRunFolder } from './settle-run.js';
import { studyFunctions } from './study-functions.js';
import { replaceSamples, selectArchitecture, selectArchitectures } from './tables/architectures.js';
import { takeEvents } from './take-events.js';
import { deleteBundle, insertBundle, updateVerified } from './tables/bundles.js';
import { replaceDatasetChoices, selectDatasetChoices } from './tables/dataset-choices.js';
import { deleteDataset, replaceDataset, selectDataset, selectDatasets } from './tables/datasets.js';
import { replaceHealth, selectHealth } from './tables/dataset-health.js';
import { selectEpochs } from './tables/epochs.js';
import { deleteFinding, replaceFinding, selectFinding } from './tables/findings.js';
import { selectModel, selectModelFiles, selectModels, updateMeasured } from './tables/models.js';
import { deleteOperatingPoint, replaceOperatingPoint, selectOperatingPoint } from './tables/operating-points.js';
import * as runs from './tables/runs.js';
import { findingReader, type DefaultFinding, type FindingReader } from './tables/class-figures.js';
import { replaceTiming } from './tables/timings.js';
import { selectSetting, upsertSetting } from './tables/settings.js';
import { replaceTags, selectTags } from './tables/tags.js';
import { selectTraces } from './tables/traces.js';
import { fromJson } from './values.js';

/** What the one who opened the connection does with it as a whole. */
export interface Maintenance {
  backup(force: boolean, confirm?: ConfirmCopy): Promise<string | null>;
  close(): void;
}

/** The history over an open, checked and migrated connection. */
export function createHistory(
  connection: Connection,
  home: string,
  file: string,
  upkeep: Maintenance,
  defaultFinding: DefaultFinding = () => null,
): WritableHistory {
  const reader = asReadable(connection);
  const folderOf = (run: number): string => runFolder(home, run);
  const findings = (): FindingReader => findingReader(reader, defaultFinding);
  const findRun: WritableHistory['findRun'] = (run) => runs.selectRun(reader, run, folderOf(run), findings());

  const functions = runFunctions(connection, home);
  const takeOrThrow = (
    run: number,
    may: (database: WritableDatabase) => boolean,
    secondsLeft: number | null = null,
  ): TakenEvent[] => {
    const { taken, problem } = inTransaction(connection, (db) =>
      may(db) ? takeEvents(db, folderOf(run), run, secondsLeft) : { taken: [], problem: null },
    );
    if (problem) throw problem;
    return taken;
  };

  const history: WritableHistory = {
    home,
    file,
    ...functions,
    ...studyFunctions(connection),
    ...clusterFunctions(connection),
    interruptDeadRuns() {
      const dead = functions.interruptDeadRuns();
      // Of some it is now known how they ended.
      for (const run of dead) trySettleRunFolder(history, run);
      return dead;
    },

    listRuns: (filter) => runs.selectRuns(reader, filter, findings()),
    findRun,
    getRun(run) {
      const details = findRun(run);
      if (!details) throw runs.unknownRun(run);
      return details;
    },
    epochs: (run, since = 0) => selectEpochs(reader, run, since),
    traces: (run, since = 0) => selectTraces(reader, run, since),
    architectures: (run) => selectArchitectures(reader, run),
    getArchitecture: (architecture) => selectArchitecture(reader, architecture),
    listModels: (run) => selectModels(reader, run ?? null, findings()),
    modelFiles: (sha256) => selectModelFiles(reader, sha256, folderOf),
    getModel: (model) => selectModel(reader, model, folderOf, findings()),
    listDatasets: () => selectDatasets(reader),
    findDataset: (id) => selectDataset(reader, id),
    chosenFinding: (sha256) => selectFinding(reader, sha256),
    datasetChoices: (sha256) => selectDatasetChoices(reader, sha256),
    datasetHealth: (sha256) => selectHealth(reader, sha256),
    operatingPoint: (model) => selectOperatingPoint(reader, model),
    listTags: () => selectTags(reader),
    queue: () => runs.selectQueue(reader),
    controlRequest: (run) => runs.selectControl(reader, run),
    getSetting: (key) => selectSetting(reader, key),
    runFolder: folderOf,
    // Twice a second: `connection.pragma` would prepare it anew, and each stays in memory until the next whole collection.
    dataVersion: () => Number(first(reader, 'PRAGMA data_version')?.['data_version']),

    renameRun: (run, name) => inTransaction(connection, (db) => runs.updateText(db, run, 'name', name)),
    setNote: (run, note) => inTransaction(connection, (db) => runs.updateText(db, run, 'note', note)),
    setTags: (run, tags) =>
      inTransaction(connection, (db) => {
        if (!runs.runExists(db, run)) throw runs.unknownRun(run);
        replaceTags(db, run, tags);
      }),

    appendEpoch: (run, record, trace, context) =>
      inTransaction(connection, (db) => writeEpoch(db, run, { record, trace }, { ...context, now: now() })),
    describeTraces: (run, description) =>
      inTransaction(connection, (db) => runs.updateText(db, run, 'trace', fromJson(description))),
    heartbeat: (run, seconds, secondsLeft) =>
      inTransaction(connection, (db) => runs.updateHeartbeat(db, run, { seconds, secondsLeft, now: now() })),
    finishRun: (run, result, seconds) =>
      inTransaction(connection, (db) => {
        history.moveRun(run, 'finished');
        writeResult(db, run, result, seconds, now());
      }),
    takeEvents: (run, secondsLeft = null) => takeOrThrow(run, () => true, secondsLeft),
    takeEarlierEvents: (run) =>
      takeOrThrow(run, (db) => !runs.selectState(db, run).processes.some((process) => isAlive(process))),
    takeUnlogged: (run, event, context) =>
      inTransaction(connection, (db) => {
        recordEvent(db, run, event, { ...context, secondsLeft: null, now: now() });
      }),

    keepSamples: (run, seed, samples) =>
      inTransaction(connection, (db) => {
        if (!runs.runExists(db, run)) throw runs.unknownRun(run);
        return replaceSamples(db, run, seed, samples, now());
      }),
    addBundle: (model, folder, verified) =>
      inTransaction(connection, (db) => {
        selectModel(db, model, folderOf);
        return insertBundle(db, { model, folder, verified, createdAt: now() });
      }),
    setBundleVerified: (bundle, verified) => inTransaction(connection, (db) => updateVerified(db, bundle, verified)),
    removeBundle: (bundle) => inTransaction(connection, (db) => deleteBundle(db, bundle)),
    addDataset: (dataset) => inTransaction(connection, (db) => replaceDataset(db, dataset)),
    removeDataset: (id) => inTransaction(connection, (db) => deleteDataset(db, id)),
    chooseFinding: (sha256, finding) =>
      inTransaction(connection, (db) =>
        finding ? replaceFinding(db, sha256, finding.class) : deleteFinding(db, sha256),
      ),
    setDatasetChoices: (sha256, choices) =>
      inTransaction(connection, (db) => replaceDatasetChoices(db, sha256, choices)),
    keepDatasetHealth: (report) => inTransaction(connection, (db) => replaceHealth(db, report, now())),
    setOperatingPoint: (model, point) =>
      inTransaction(connection, (db) => {
        selectModel(db, model, folderOf);
        if (point) replaceOperatingPoint(db, model, point);
        else deleteOperatingPoint(db, model);
      }),
    keepMeasured: (model, measured) => inTransaction(connection, (db) => updateMeasured(db, model, measured, folderOf)),
    keepTiming: (model, timing) =>
      inTransaction(connection, (db) => {
        selectModel(db, model, folderOf);
        replaceTiming(db, model, timing);
      }),
    setSetting: (key, value) => inTransaction(connection, (db) => upsertSetting(db, key, value)),

    backup: (force = false, confirm) => upkeep.backup(force, confirm),
    close: () => upkeep.close(),
  };
  return explained(history, file);
}
