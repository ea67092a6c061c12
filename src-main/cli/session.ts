import type { Command } from 'commander';
import { removeKilledImports } from '../actions/killed-imports.js';
import { defaultFinding } from '../datasets/finding.js';
import type { WritableHistory } from '../history/interface.js';
import { openHistory } from '../history/open.js';
import { homeFolder } from '../home.js';
import { Output } from './output.js';

/** What every command gets: the data folder, the history in it, and how to speak. */
export interface Session {
  readonly home: string;
  readonly history: WritableHistory;
  readonly output: Output;
}

export function outputOf(command: Command): Output {
  return new Output(command.optsWithGlobals<{ json: boolean }>().json);
}

export function homeOf(command: Command): string {
  return homeFolder(command.optsWithGlobals<{ home?: string }>().home);
}

/** Opens the history for the length of `use` and closes it whatever happens. */
export function withSession<T>(command: Command, use: (session: Session) => Promise<T>): Promise<T> {
  return withHistory(command, 'refuse', use);
}

/** As {@link withSession}, for commands that read or free space: a full disk is said and does not stop them. */
export function withSessionOnFullDisk<T>(command: Command, use: (session: Session) => Promise<T>): Promise<T> {
  return withHistory(command, 'open', use);
}

async function withHistory<T>(
  command: Command,
  fullDisk: 'refuse' | 'open',
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const home = homeOf(command);
  const output = outputOf(command);
  const { history, recovery, full } = await openHistory(home, { fullDisk, defaultFinding });
  if (recovery) output.note(recovery.message);
  if (full) output.note(`The disk that holds ${home} is full. To free some space, run 'medforge runs delete RUN'.`);
  try {
    await removeKilledImports(home);
    return await use({ home, history, output });
  } finally {
    history.close();
  }
}
