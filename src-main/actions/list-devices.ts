import type { BackendReport } from '../compute/backend.js';

/**
 * What can compute in the window: as elsewhere, but for the graphics card, which a page of the window uses.
 * @param list of a process of its own: `listBackends`
 * @param findCard of a page: what its card calls itself, or why there is none
 */
export async function listDevices(
  list: () => Promise<readonly BackendReport[]>,
  findCard: () => Promise<string>,
): Promise<readonly BackendReport[]> {
  const [reports, card] = await Promise.all([list(), ofCard(findCard)]);
  return reports.map((report) => (report.name === 'webgpu' ? card : report));
}

async function ofCard(findCard: () => Promise<string>): Promise<BackendReport> {
  const name = 'webgpu';
  try {
    return { name, available: true, device: await findCard(), reason: null };
  } catch (error) {
    const line = (error as Error).message.split('\n', 1)[0]!;
    const reason = line.replace(/^The webgpu backend cannot be used: /, '').replace(/\.$/, '');
    return { name, available: false, device: 'graphics card', reason };
  }
}
