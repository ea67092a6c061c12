import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'scontrol'];
const PLACES = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];

function programPath(name: string): string | null {
  return (
    PLACES.map((folder) => join(folder, name)).find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }) ?? null
  );
}

/** Why there can be no Slurm here; null where there can. */
export function missingSlurm(): string | null {
  if (process.platform !== 'linux') return 'Slurm runs on Linux';
  if (process.getuid?.() !== 0) return 'its daemons are started as root here';
  const missing = PROGRAMS.filter((name) => programPath(name) === null);
  if (missing.length === 0) return null;
  return `${missing.join(', ')} not found: apt-get install -y --no-install-recommends slurmctld slurmd slurm-client munge libjson-c5`;
}

type Daemon = 'munged' | 'slurmctld' | 'node1' | 'node2';

/** A real Slurm of two nodes with one processor each on this machine, in a folder and on ports of its own. */
export class RealSlurm {
  readonly folder = mkdtempSync(join(tmpdir(), 'medforge-slurm-'));
  /** For commands that are to talk to it. */
  readonly environment: NodeJS.ProcessEnv;
  #host = hostname().split('.')[0]!;

  private constructor() {
    this.environment = { ...process.env, SLURM_CONF: join(this.folder, 'slurm.conf') };
  }

  static async start(): Promise<RealSlurm> {
    const slurm = new RealSlurm();
    try {
      await slurm.#configure();
      for (const daemon of ['munged', 'slurmctld', 'node1', 'node2'] as const) await slurm.startDaemon(daemon);
      await slurm.#until('two idle nodes', async () => (await slurm.#idleNodes()) === 2);
      return slurm;
    } catch (error) {
      await slurm.stop();
      throw error;
    }
  }

  async startDaemon(daemon: Daemon): Promise<void> {
    const at = (...path: string[]): string => join(this.folder, ...path);
    if (daemon === 'munged') {
      const files = [
        'key-file=munge/key',
        'socket=run/munge.socket',
        'pid-file=run/munge.pid',
        'log-file=log/munge.log',
        'seed-file=munge/seed',
      ];
      await this.#spawn('munged', ['--force', ...files.map((text) => `--${text.replace('=', `=${this.folder}/`)}`)]);
      await this.#until('munge', async () => this.pid('munged') !== null);
      return;
    }
    rmSync(at('run', PID_FILES[daemon]), { force: true });
    if (daemon === 'slurmctld') await this.#spawn('slurmctld', this.#started ? [] : ['-i']);
    else await this.#spawn('slurmd', ['-N', daemon]);
    this.#started = true;
    await this.#until(daemon, async () => this.pid(daemon) !== null);
  }
  #started = false;

  /** Number of the process of a daemon; null where it has none. */
  pid(daemon: Daemon): number | null {
    try {
      const pid = Number(readFileSync(join(this.folder, 'run', PID_FILES[daemon]), 'utf8'));
      process.kill(pid, 0);
      return pid > 0 ? pid : null;
    } catch {
      return null;
    }
  }

  async kill(daemon: Daemon, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const pid = this.pid(daemon);
    if (pid === null) return;
    process.kill(pid, signal);
    await this.#until(`the end of ${daemon}`, async () => this.pid(daemon) === null);
  }

  /** Output of a command of Slurm. */
  async command(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(name, args, { env: this.environment, timeout: 30_000 });
    return stdout;
  }

  /** Cancels all jobs, stops all daemons and removes the folder. */
  async stop(): Promise<void> {
    if (this.pid('slurmctld') !== null) await this.command('scancel', '--user=root').catch(() => undefined);
    await sleep(500);
    for (const daemon of ['node1', 'node2', 'slurmctld', 'munged'] as const) {
      await this.kill(daemon, 'SIGTERM').catch(() => this.kill(daemon).catch(() => undefined));
    }
    endProcessesIn(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #configure(): Promise<void> {
    for (const folder of ['munge', 'run', 'log', 'state', 'spool/node1', 'spool/node2']) {
      mkdirSync(join(this.folder, folder), { recursive: true });
    }
    chmodSync(this.folder, 0o755);
    for (const folder of ['munge', 'run', 'log'])
      chmodSync(join(this.folder, folder), folder === 'run' ? 0o755 : 0o700);
    writeFileSync(join(this.folder, 'munge', 'key'), randomBytes(128), { mode: 0o400 });
    const [controller, first, second] = await freePorts(3);
    const text = CONFIGURATION.replaceAll('FOLDER', this.folder)
      .replaceAll('HOST', this.#host)
      .replace('PORT0', String(controller))
      .replace('PORT1', String(first))
      .replace('PORT2', String(second));
    writeFileSync(join(this.folder, 'slurm.conf'), text);
  }

  async #spawn(name: string, args: readonly string[]): Promise<void> {
    const log = openSync(join(this.folder, 'log', `${name}.out`), 'a');
    const child = spawn(programPath(name)!, args, {
      env: this.environment,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      // A daemon leaves its first process.
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}: ${this.#logOf(name)}`)),
      );
    });
  }

  #logOf(name: string): string {
    return readFileSync(join(this.folder, 'log', `${name}.out`), 'utf8').slice(-2000);
  }

  async #idleNodes(): Promise<number> {
    const text = await this.command('sinfo', '--noheader', '--Node', '--format=%T').catch(() => '');
    return text.split('\n').filter((state) => state.trim() === 'idle').length;
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await holds()) return;
      await sleep(100);
    }
    throw new Error(`Slurm: ${what} did not come within 20 s`);
  }
}

const PID_FILES: { readonly [daemon in Daemon]: string } = {
  munged: 'munge.pid',
  slurmctld: 'slurmctld.pid',
  node1: 'slurmd-node1.pid',
  node2: 'slurmd-node2.pid',
};

/** Processes that an orphaned job left, and only these: those whose command line names the folder. */
function endProcessesIn(folder: string): void {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  for (const line of list.split('\n')) {
    const pid = Number(line.trim().split(' ', 1)[0]);
    if (!line.includes(folder) || pid === process.pid || !(pid > 1)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const CONFIGURATION = `ClusterName=medforge
SlurmctldHost=HOST(127.0.0.1)
SlurmctldPort=PORT0
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=FOLDER/run/munge.socket,cred_expire=5
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=FOLDER/log/jobcomp.txt
StateSaveLocation=FOLDER/state
SlurmdSpoolDir=FOLDER/spool/%n
SlurmctldPidFile=FOLDER/run/slurmctld.pid
SlurmdPidFile=FOLDER/run/slurmd-%n.pid
SlurmctldLogFile=FOLDER/log/slurmctld.log
SlurmdLogFile=FOLDER/log/slurmd-%n.log
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=100000,bf_interval=1,batch_sched_delay=0
SlurmdTimeout=10
KillWait=10
JobRequeue=1
NodeName=node1 NodeAddr=127.0.0.1 NodeHostname=HOST Port=PORT1 CPUs=1 RealMemory=8000
NodeName=node2 NodeAddr=127.0.0.1 NodeHostname=HOST Port=PORT2 CPUs=1 RealMemory=8000
PartitionName=work Nodes=node[1-2] Default=YES MaxTime=INFINITE State=UP
`;
