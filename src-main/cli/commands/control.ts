import type { Command } from 'commander';
import type { ControlRequest } from '../../history/interface.js';
import { requestRunControl } from '../../history/settle-run.js';
import { wholeNumber } from '../options.js';
import { withSessionOnFullDisk } from '../session.js';

const WORDS = {
  pause: { description: 'pauses a run: it writes a checkpoint and stops', requested: 'will pause within one step' },
  cancel: { description: 'cancels a run; it cannot be resumed', requested: 'will be cancelled within one step' },
} as const;

export function registerControl(program: Command): void {
  for (const request of ['pause', 'cancel'] satisfies ControlRequest[]) {
    program
      .command(request)
      .argument('<run>', 'number of the run', wholeNumber)
      .description(WORDS[request].description)
      .action((run: number, _: unknown, command: Command) =>
        withSessionOnFullDisk(command, async ({ history, output }) => {
          const answer = requestRunControl(history, run, request);
          output.object({ event: request, run, done: answer === 'done' });
          output.text(
            answer === 'done'
              ? `Run ${run} is ${history.getRun(run).summary.state}.`
              : `Run ${run} ${WORDS[request].requested}.`,
          );
          await Promise.resolve();
        }),
      );
  }
}
