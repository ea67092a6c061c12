import type { Command } from 'commander';
import { listBackends } from '../../compute/index.js';
import { outputOf } from '../session.js';

export function registerDevices(program: Command): void {
  program
    .command('devices')
    .description('lists the backends that can be used on this computer, and why others cannot')
    .action(async (_: unknown, command: Command) => {
      const output = outputOf(command);
      for (const report of await listBackends()) {
        output.object({ event: 'device', ...report });
        output.text(`${report.available ? '✓' : '–'} ${report.name.padEnd(11)} ${report.device}`);
        if (report.reason) output.text(`  ${report.reason}`);
      }
    });
}
