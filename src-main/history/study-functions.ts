import { UserError } from '../errors.js';
import { isAlive, ownIdentity } from '../process-identity.js';
import { asReadable, inTransaction } from './database.js';
import type { Connection } from './database.js';
import type { WritableHistory } from './interface.js';
import { now } from './run-functions.js';
import * as studies from './tables/studies.js';

type StudyFunctions = Pick<
  WritableHistory,
  | 'listStudies'
  | 'studyTasks'
  | 'studyOwner'
  | 'planStudy'
  | 'claimStudy'
  | 'releaseStudy'
  | 'moveStudyTask'
  | 'countStudyAttempt'
>;

/** The part of the history that keeps studies. Runs of their tasks are created as all runs are (`run-functions.ts`). */
export function studyFunctions(connection: Connection): StudyFunctions {
  const reader = asReadable(connection);
  return {
    listStudies: () =>
      studies.selectStudies(reader).map(({ owner, ...study }) => {
        const alive = owner !== null && isAlive(owner);
        return { ...study, owner: alive ? owner : null, abandoned: owner !== null && !alive };
      }),
    studyTasks: (study) => (studies.studyExists(reader, study) ? studies.selectStudyTasks(reader, study) : null),
    studyOwner(study) {
      const owner = studies.selectStudyOwner(reader, study);
      return owner && isAlive(owner) ? owner : null;
    },
    planStudy: (study, tasks) =>
      inTransaction(connection, (database) => studies.replaceStudyPlan(database, study, tasks, now())),
    claimStudy: (study) =>
      inTransaction(connection, (database) => {
        const owner = studies.selectStudyOwner(database, study);
        if (owner && isAlive(owner)) {
          throw new UserError(
            'study-busy',
            `Study ${study} is going on in process ${owner.pid}: follow it with 'medforge study watch', or stop that process first.`,
          );
        }
        studies.updateStudyOwner(database, study, ownIdentity());
      }),
    releaseStudy: (study) => inTransaction(connection, (database) => studies.updateStudyOwner(database, study, null)),
    moveStudyTask: (task, change) =>
      inTransaction(connection, (database) => studies.updateStudyTask(database, task, change)),
    countStudyAttempt: (task, attempt) =>
      inTransaction(connection, (database) => studies.updateStudyAttempt(database, task, attempt)),
  };
}
