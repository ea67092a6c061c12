import type { App, CommandLine } from 'electron';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramLog } from './log.js';

const CRASHES = 3;
const WITHIN_MILLISECONDS = 30_000;

/** How Linux names what can draw: cards and their render nodes (in `dri`), NVIDIA's own, and the host's under Windows. */
const GRAPHICS_DEVICE = /^(dri|nvidia\d+|dxg)$/;

/**
 * Whether there may be hardware to draw with. Where there is none, Chromium's attempt costs the start 0.4 s.
 * Everywhere but on Linux: true.
 */
export function hasGraphicsDevice(platform: NodeJS.Platform, devices = '/dev'): boolean {
  if (platform !== 'linux') return true;
  try {
    return readdirSync(devices).some((name) => GRAPHICS_DEVICE.test(name));
  } catch {
    return true;
  }
}

/** On Linux Chromium computes on a graphics card only when it is told to, and by Vulkan. */
export function allowWebGpu(commandLine: Pick<CommandLine, 'appendSwitch' | 'getSwitchValue'>): void {
  const features = commandLine.getSwitchValue('enable-features').split(',').filter(Boolean);
  commandLine.appendSwitch('enable-unsafe-webgpu');
  commandLine.appendSwitch('enable-features', [...new Set([...features, 'Vulkan'])].join(','));
}

/** After three crashes of the drawing process in half a minute, the next start draws in software. */
export class GpuGuard {
  readonly #marker: string;
  readonly #crashes: number[] = [];

  constructor(home: string) {
    this.#marker = join(home, 'window', 'draw-in-software');
  }

  /** True when the last session wrote the marker; it holds for one start, then hardware is tried again. */
  failed(): boolean {
    const failed = existsSync(this.#marker);
    try {
      rmSync(this.#marker, { force: true });
    } catch {
      // It stays: the next start draws in software too.
    }
    return failed;
  }

  /** @param isComputing whether a run computes on the graphics card: it, and not drawing, is taken for the cause then */
  watch(app: Pick<App, 'on'>, log: ProgramLog, isComputing: () => boolean = () => false): void {
    app.on('child-process-gone', (_event, { type, reason }) => {
      if (type !== 'GPU' || reason === 'clean-exit') return;
      const computing = isComputing();
      log.write(`the GPU process ended (${reason})${computing ? ' while a run computed on it' : ''}`);
      if (!computing) this.crashed(performance.now());
    });
  }

  /** @param now milliseconds of a monotonic clock */
  crashed(now: number): void {
    this.#crashes.push(now);
    if (this.#crashes.filter((time) => now - time < WITHIN_MILLISECONDS).length >= CRASHES) {
      try {
        writeFileSync(this.#marker, '');
      } catch {
        // The next start tries the hardware again.
      }
    }
  }
}
