import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withoutFinding } from '../../../src-main/actions/diagnose-model.js';
import { UserError, windowText } from '../../../src-main/errors.js';
import { connect } from '../../../src-main/history/database.js';
import { explain } from '../../../src-main/history/errors.js';
import { openHistory } from '../../../src-main/history/open.js';
import { prepareHome } from '../../../src-main/history/preflight.js';
import { registerHandlers, type Reply } from '../../../src-main/ipc/handle.js';
import { fromJobError, toJobError } from '../../../src-main/jobs/job-error.js';
import { requirePredictions } from '../../../src-main/jobs/model-diagnosis.js';
import { temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => (home = temporaryFolder()));
afterEach(() => home.remove());

/** A history that something of this kind is done to, and opened again. */
async function opened(pragma: string | null): Promise<unknown> {
  const { history } = await openHistory(home.folder);
  history.close();
  if (pragma === null) return;
  const database = connect(join(home.folder, 'medforge.db'));
  database.pragma(pragma);
  database.close();
  return openHistory(home.folder);
}

const said = (code: string): unknown => explain(Object.assign(new Error(code), { code }), '/home/medforge.db');

/** What fails, and its way out in the window. */
const FAILURES: readonly (readonly [name: string, failing: () => unknown, inWindow: RegExp])[] = [
  [
    'a history of a newer version',
    () => opened('user_version = 99'),
    /, or set the variable MEDFORGE_HOME to another folder\. Nothing/,
  ],
  [
    'the database of another program',
    () => opened('application_id = 7'),
    /move it, or set the variable MEDFORGE_HOME to another folder\.$/,
  ],
  [
    'a data folder that cannot be',
    () => {
      writeFileSync(join(home.folder, 'file'), '');
      prepareHome(join(home.folder, 'file', 'home'));
    },
    /Set the variable MEDFORGE_HOME to another folder, or correct the path\.$/,
  ],
  ...['SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH'].map(
    (code) =>
      [
        code,
        () => {
          throw said(code);
        },
        /, or use another data folder \(Settings says how\)\.$/,
      ] as const,
  ),
  [
    'a run that is not there',
    async () => (await openHistory(home.folder)).history.getRun(9),
    /There is no run 9 in the history: it may have been deleted\.$/,
  ],
  [
    'a model that is not there',
    async () => (await openHistory(home.folder)).history.getModel(9),
    /There is no model 9 in the history: it may have been deleted\.$/,
  ],
  [
    'a model of an earlier version',
    () => requirePredictions(join(home.folder, 'model.safetensors'), 4),
    /evaluate it again \(on its page under Models\)\.$/,
  ],
  [
    'no finding',
    () => {
      throw withoutFinding(['0', '1']);
    },
    /choose one first on the page of the dataset \("0", "1"\)\.$/,
  ],
];

describe('a way out is said in the words of who shows it', () => {
  test.each(FAILURES)('%s', async (_, failing, inWindow) => {
    const error = await (async () => failing())().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(windowText(error)).toMatch(inWindow);
    expect(windowText(error)).not.toMatch(/--home|medforge /);
    expect((error as UserError).message).toMatch(/--home|medforge /);
  });

  test('from another process and to the page too', async () => {
    const error = await requirePredictions(join(home.folder, 'model.safetensors'), 4).catch(
      (thrown: unknown) => thrown,
    );
    const travelled = fromJobError(toJobError(error, home.folder));
    expect(travelled).toMatchObject({ kind: 'predictions-missing', message: (error as UserError).message });
    let call: ((event: object) => Promise<Reply>) | undefined;
    registerHandlers(
      { handle: (channel, listener) => void (channel === 'models:list' && (call = listener as typeof call)) },
      new Promise(() => undefined),
      () => undefined,
      Promise.resolve({
        'models:list': () => {
          throw travelled;
        },
      }),
    );
    const answered = await call?.({ senderFrame: { url: 'app://medforge/index.html', parent: null } });
    expect(answered).toEqual({ ok: false, message: windowText(error) });
  });
});
