import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';

/** Names another `better_sqlite3.node` than the one that is found. */
export const BINDING_VARIABLE = 'MEDFORGE_SQLITE_BINDING';

/** Node-API version that the prebuilt binaries of better-sqlite3 ask for (Node 22). */
const PREBUILT_NODE_API = 10;

/**
 * Where better-sqlite3's native part is: the override, else the one that set-up built, else undefined: the package's own
 * prebuilt one, which needs Node 22.
 * @throws UserError `sqlite-not-built` when none of them can work here.
 */
export function findBinding(
  environment: NodeJS.ProcessEnv = process.env,
  nodeApi = Number(process.versions['napi'] ?? 0),
): string | undefined {
  const override = environment[BINDING_VARIABLE];
  if (override !== undefined && override !== '') {
    if (existsSync(override)) return override;
    throw new UserError('sqlite-not-built', `${BINDING_VARIABLE} names ${override}, which does not exist: correct it.`);
  }
  const built = join(packageFolder(), 'build', 'Release', 'better_sqlite3.node');
  if (existsSync(built)) return built;
  if (nodeApi >= PREBUILT_NODE_API) return undefined;
  throw new UserError(
    'sqlite-not-built',
    `The database driver is not built for Node ${process.versions.node} (${built} is missing): run "npm run setup".`,
  );
}

function packageFolder(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  // Native code cannot be loaded from inside a package archive; the packager unpacks it beside.
  return folder.replace(/\.asar([\\/])/, '.asar.unpacked$1');
}
