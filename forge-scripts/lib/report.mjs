/** What the scripts say: on stderr, one line a step, with its seconds. stdout belongs to the program that is run. */

const started = performance.now();

export function say(text) {
  process.stderr.write(`medforge: ${text}\n`);
}

/** Says what begins, runs it, says how long it took. */
export async function step(what, work) {
  const begin = performance.now();
  say(`${what} …`);
  const result = await work();
  say(`${what}: ${seconds(performance.now() - begin)}`);
  return result;
}

export function elapsed() {
  return seconds(performance.now() - started);
}

export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A failure that the user can act on: printed as one text, without a stack. */
export class SetupError extends Error {}

/** Runs a script's main function; failures end with exit code 1 and a text that says what to do. */
export function main(work) {
  work().catch((error) => {
    process.stderr.write(error instanceof SetupError ? `medforge: ${error.message}\n` : `${error.stack ?? error}\n`);
    process.exitCode = 1;
  });
}
