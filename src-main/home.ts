import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Names the data folder for both the window and the command line. */
export const HOME_VARIABLE = 'MEDFORGE_HOME';

/**
 * The data folder (history, runs, demo dataset), absolute: `given` (`--home`), else MEDFORGE_HOME, else MedForge's folder
 * among the platform's application data. The window and the command line share it.
 */
export function homeFolder(
  given?: string,
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = given ?? environment[HOME_VARIABLE];
  if (chosen) return resolve(chosen);
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'MedForge');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'MedForge');
  const data = environment['XDG_DATA_HOME'];
  // The XDG base directory specification has relative paths ignored.
  return join(data?.startsWith('/') ? data : join(homedir(), '.local', 'share'), 'medforge');
}
