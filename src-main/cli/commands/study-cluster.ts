import type { Command } from 'commander';
import { collectStudy, packStudy, purgeStudy, requireSlurm, type PackedStudy } from '../../actions/cluster-study.js';
import { requireMayLeave } from '../../actions/study-executor.js';
import type { OpenStudy } from '../../actions/study.js';
import { readStudy } from '../../studies/read-study.js';
import { countStandings } from '../../studies/standing.js';
import { inspectDecided } from '../dataset-argument.js';
import { counted } from '../output.js';
import { withSession, type Session } from '../session.js';
import { countsText } from '../study-text.js';

type Open = (session: Session, file: string) => Promise<OpenStudy>;

/** Commands of a study whose folder is carried to a cluster and back, or is not needed any more. */
export function registerClusterStudy(add: (name: string, description: string) => Command, open: Open): void {
  add('pack', 'puts what may start into a folder to carry to a cluster on which MedForge cannot run')
    .requiredOption('--to <folder>', 'made when it is missing')
    .option('--send-images', 'confirms that the images may be copied to it', false)
    .action((file: string, options: { to: string; sendImages: boolean }, command: Command) =>
      withSession(command, (session) => pack(session, open, file, options)),
    );
  add('collect', 'takes the results of a folder that was carried back')
    .requiredOption('--from <folder>', 'where it lies now')
    .action((file: string, options: { from: string }, command: Command) =>
      withSession(command, (session) => collect(session, open, file, options.from)),
    );
  add('purge', 'removes the images, the program and the runs from the folder of a cluster; results stay in the history')
    .option('--from <folder>', 'default: on.folder')
    .action((file: string, options: { from?: string }, command: Command) =>
      withSession(command, (session) => purge(session, file, options.from)),
    );
}

async function pack(
  session: Session,
  open: Open,
  file: string,
  { to, sendImages }: { readonly to: string; readonly sendImages: boolean },
): Promise<void> {
  const { history, output } = session;
  const opened = await open(session, file);
  const place = requireSlurm(file, opened.study);
  requireMayLeave(file, opened.study, sendImages);
  const inspect = (path: string): ReturnType<typeof inspectDecided> => inspectDecided(history, path);
  const packed = await packStudy(history, opened, { place, to, inspect });
  say(session, 'pack', opened.study.name, packed);
  output.text(
    `${counted(packed.runs, 'run')} in ${to}. Carry the folder to the cluster, run 'bash submit.sh' in it, carry it back when the jobs ` +
      `have ended, and run 'medforge study collect ${file} --from FOLDER'.`,
  );
}

async function collect(session: Session, open: Open, file: string, from: string): Promise<void> {
  const { history, output } = session;
  const opened = await open(session, file);
  const place = requireSlurm(file, opened.study);
  const inspect = (path: string): ReturnType<typeof inspectDecided> => inspectDecided(history, path);
  const packed = await collectStudy(history, opened, { place, from, inspect });
  say(session, 'collect', opened.study.name, packed);
  const { waiting, tasks, finished } = countStandings(packed.standings);
  if (packed.runs > 0)
    output.text(
      `${counted(packed.runs, 'run')} of the folder have not ended: 'bash submit.sh again' there goes on with them.`,
    );
  if (waiting > packed.runs) output.text(`'medforge study pack ${file} --to FOLDER' adds what may start now.`);
  if (finished === tasks) output.text(`'medforge study results ${file}' compares the methods.`);
}

function say({ output }: Session, event: string, study: string, { standings, runs }: PackedStudy): void {
  const counts = countStandings(standings);
  output.object({ event, study, runs, ...counts });
  output.text(`${countsText(counts)}.`);
}

async function purge({ history, output }: Session, file: string, from: string | undefined): Promise<void> {
  const study = await readStudy(file);
  const folder = from ?? requireSlurm(file, study).folder;
  purgeStudy(history, study.name, folder);
  output.object({ event: 'purge', study: study.name, folder });
  output.text(`${folder} contains nothing of the study any more.`);
}
