import type { ActiveBackend } from '../compute/backend.js';
import type { Dataset } from '../datasets/dataset.js';
import type { CheckpointStore, Job, JobContext, JobOutcome } from '../jobs/job.js';
import {
  attach,
  packError,
  PAGE_HEARTBEAT_MILLISECONDS,
  parseToPage,
  unpackError,
  type Answers,
  type Arguments,
  type FromPage,
  type Question,
  type ToPage,
} from '../jobs/page/messages.js';
import type { JobPort } from '../jobs/page/port.js';
import { retrainJob } from '../jobs/retrain-job.js';
import { searchJob } from '../jobs/search-job.js';
import type { JobControl } from '../vocabulary/events.js';
import type { JobConfig } from '../vocabulary/run-config.js';

/** Bytes of a dataset in one message. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Does what comes through the port: a look at the card, or one run, whose files the other end keeps.
 * @param useBackend makes the backend of this place the active one
 */
export function serveJobs(port: JobPort, useBackend: (config: JobConfig | null) => Promise<ActiveBackend>): void {
  const client = new Client(port);
  port.listen((data) => {
    const message = parseToPage(data);
    if (message.type === 'probe') void probe();
    else if (message.type === 'run') void carryOut(message);
    else client.receive(message);
  });

  async function probe(): Promise<void> {
    try {
      client.say({ type: 'found', device: (await useBackend(null)).device });
    } catch (error) {
      client.say({ type: 'failed', error: packError(error) });
    }
  }

  async function carryOut({ run, config, door }: Extract<ToPage, { type: 'run' }>): Promise<void> {
    const beat = setInterval(() => client.say({ type: 'heartbeat', turns: client.turns }), PAGE_HEARTBEAT_MILLISECONDS);
    try {
      const context = contextOf(client, run, door, useBackend);
      const outcome = await (config.kind === 'search'
        ? start(searchJob, config, context)
        : start(retrainJob, config, context));
      client.say({ type: 'ended', outcome });
    } catch (error) {
      client.say({ type: 'failed', error: packError(error) });
    } finally {
      clearInterval(beat);
    }
  }
}

function start<C extends JobConfig>(job: Job<C>, config: C, context: JobContext): Promise<JobOutcome> {
  return job(config, context);
}

/** The page's end of the channel. */
class Client {
  /** How often the job has asked whether to go on. */
  turns = 0;
  #control: JobControl = 'continue';
  #asked = 0;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();

  constructor(private readonly port: JobPort) {}

  say(message: FromPage): void {
    this.port.post(message);
  }

  control(): JobControl {
    this.turns += 1;
    return this.#control;
  }

  ask<Q extends Question>(question: Q, ...args: Arguments<Q>): Promise<Answers[Q]> {
    const id = ++this.#asked;
    return new Promise<Answers[Q]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.say({ type: 'ask', id, question, args: [...args] });
    });
  }

  receive(message: Exclude<ToPage, { type: 'probe' | 'run' }>): void {
    if (message.type === 'control') {
      this.#control = message.control;
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.value as never);
    else waiting?.reject(unpackError(message.error));
  }
}

/** What a job gets here: all but the arithmetic is asked of the other end. */
function contextOf(
  client: Client,
  run: number,
  door: NonNullable<JobContext['door']>,
  useBackend: (config: JobConfig) => Promise<ActiveBackend>,
): JobContext {
  const checkpoints: CheckpointStore = {
    latest: (arithmetic) => client.ask('latest', arithmetic),
    save: (epoch, snapshot, finished) => client.ask('save', epoch, snapshot, finished),
  };
  return {
    run,
    door,
    // Only files of the other end lie in it.
    folder: '',
    checkpoints,
    host: {
      useBackend,
      requireWhatItNeeds: async (_config, size, backend) =>
        void (await client.ask('requireWhatItNeeds', size, backend)),
      writeModel: async (file, model) => void (await client.ask('writeModel', file, model)),
      writePredictions: async (model, predictions) => void (await client.ask('writePredictions', model, predictions)),
      testTwins: () => client.ask('testTwins'),
    },
    dataset: () => fetchDataset(client),
    emit: (event) => client.say({ type: 'event', event }),
    control: () => client.control(),
  };
}

async function fetchDataset(client: Client): Promise<Dataset> {
  const detached = await client.ask('dataset');
  const arrays: Uint8Array[] = [];
  for (const [number, bytes] of detached.bytes.entries()) {
    const array = new Uint8Array(bytes);
    for (let from = 0; from < bytes; from += CHUNK_BYTES) {
      array.set(await client.ask('part', number, from, Math.min(bytes, from + CHUNK_BYTES)), from);
    }
    arrays.push(array);
  }
  return attach(detached, arrays);
}
