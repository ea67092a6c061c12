import type { BackendReport } from '../compute/backend.js';
import { UserError } from '../errors.js';
import type { BackendChoice } from '../vocabulary/backend.js';

/**
 * Proves that what was chosen can compute, before anything is created for it.
 * @param list what can compute here: `listBackends`, in this process or in another one
 * @param wayOut last sentence of the error
 * @throws UserError `backend-unavailable` with the reason and what to do
 */
export async function requireBackend(
  choice: BackendChoice,
  list: () => Promise<readonly BackendReport[]>,
  wayOut = 'Nothing was started.',
): Promise<void> {
  // One of them always works; which, is decided where it computes.
  if (choice === 'auto' || choice === 'native') return;
  const report = (await list()).find(({ name }) => name === choice);
  if (report?.available) return;
  throw new UserError(
    'backend-unavailable',
    `The ${choice} backend cannot be used: ${report?.reason ?? 'it is unknown on this computer'}. ${wayOut}`,
  );
}
