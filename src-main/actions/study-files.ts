import { resolve } from 'node:path';
import { z } from 'zod';
import type { ReadableHistory, WritableHistory } from '../history/interface.js';

/** Files of studies that are remembered. */
const MOST = 1000;

const filesSchema = z.array(z.object({ study: z.string(), file: z.string() }));

/** Where the file of each study was when it was made, opened or run last, by name; the newest first. */
export function studyFiles(history: Pick<ReadableHistory, 'getSetting'>): ReadonlyMap<string, string> {
  const { data } = filesSchema.safeParse(history.getSetting('studies'));
  return new Map((data ?? []).map(({ study, file }) => [study, file]));
}

/** Another file with the same name of a study takes the place of the former. */
export function rememberStudyFile(history: WritableHistory, study: string, file: string): void {
  const others = [...studyFiles(history)].filter(([name]) => name !== study);
  const files = [[study, resolve(file)] as const, ...others].slice(0, MOST);
  history.setSetting(
    'studies',
    files.map(([name, path]) => ({ study: name, file: path })),
  );
}

/** The study is not in the list any more; its file stays where it is. */
export function forgetStudyFile(history: WritableHistory, study: string): void {
  const files = [...studyFiles(history)].filter(([name]) => name !== study);
  history.setSetting(
    'studies',
    files.map(([name, file]) => ({ study: name, file })),
  );
}
