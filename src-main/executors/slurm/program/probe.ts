import { availableParallelism, hostname } from 'node:os';
import { writeDurably } from '../../../durable-file.js';
import { loadBinding } from '../../../compute/native/binding.js';
import type { Probe } from '../probe-file.js';

/** Writes what this node is into a file. @throws where the addon does not load */
export function probe(file: string): void {
  const report = process.report as (typeof process.report & { excludeNetwork?: boolean }) | undefined;
  if (report) report.excludeNetwork = true;
  const { header } = (report?.getReport() ?? {}) as { header?: { glibcVersionRuntime?: string } };
  const found: Probe = {
    host: hostname(),
    node: process.versions.node,
    glibc: header?.glibcVersionRuntime ?? 'unknown',
    processors: availableParallelism(),
    instructionSet: loadBinding().instructionSet(),
  };
  writeDurably(file, [Buffer.from(JSON.stringify(found))]);
}
