import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEPT } from './project.mjs';
import { say } from './report.mjs';

/** Runs `work` while no other set-up of this folder runs; a lock whose process is gone is taken over. */
export async function withLock(work) {
  mkdirSync(KEPT, { recursive: true });
  const file = join(KEPT, 'lock');
  let told = false;
  while (!take(file)) {
    const holder = owner(file);
    if (holder !== null && !alive(holder)) rmSync(file, { force: true });
    else {
      if (!told) say(`waiting for another set-up of this folder (process ${holder ?? 'unknown'})`);
      told = true;
      await sleep(300);
    }
  }
  try {
    return await work();
  } finally {
    if (owner(file) === process.pid) rmSync(file, { force: true });
  }
}

/** The lock appears with its content in one step: a link to a file that already holds our process number. */
function take(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function owner(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || null;
  } catch {
    return null;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
