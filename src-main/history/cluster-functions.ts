import { asReadable, inTransaction } from './database.js';
import type { Connection } from './database.js';
import type { WritableHistory } from './interface.js';
import { now } from './run-functions.js';
import { mayFollow } from './states.js';
import * as jobs from './tables/cluster-jobs.js';
import * as runs from './tables/runs.js';

type ClusterFunctions = Pick<WritableHistory, 'clusterJobs' | 'placeRun' | 'changeClusterJob' | 'releasePlacedRun'>;

/** The part of the history that keeps which runs are computed on a cluster. */
export function clusterFunctions(connection: Connection): ClusterFunctions {
  return {
    clusterJobs: () => jobs.selectClusterJobs(asReadable(connection)),
    placeRun: (job) =>
      inTransaction(connection, (database) => {
        jobs.requireNotPlaced(database, job.run);
        jobs.insertClusterJob(database, job);
        // It waits there, and in no queue of this computer.
        runs.updateQueuePosition(database, job.run, null);
        runs.updateControl(database, job.run, null);
      }),
    changeClusterJob: (run, change) =>
      inTransaction(connection, (database) => jobs.updateClusterJob(database, run, change)),
    releasePlacedRun: (run, end) =>
      inTransaction(connection, (database) => {
        jobs.deleteClusterJob(database, run);
        const { state } = runs.selectState(database, run);
        if (!end || !mayFollow(state, end.state)) return;
        const { error = null, reason = null } = end;
        runs.updateState(database, run, { state: end.state, reason, error, owner: null, now: now() });
      }),
  };
}
