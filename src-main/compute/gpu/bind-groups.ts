/// <reference types="@webgpu/types" />
import { ARGUMENT_BYTES, type Program } from './program.js';

/** Offsets of a buffer of 4 GB in units of `ALIGNMENT`. */
const MOST_OFFSETS = 2 ** 24;
const MOST_BIND_GROUPS = 50_000;
/** Where a shader may be bound. */
export const ALIGNMENT = 256;

interface BoundPart {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** A level of the tree of bind groups. */
interface Level {
  readonly next: Map<number, Level>;
  group: GPUBindGroup | null;
}

function levelOf(levels: Map<number, Level>, key: number): Level {
  let level = levels.get(key);
  if (!level) levels.set(key, (level = { next: new Map(), group: null }));
  return level;
}

/** Bind groups that were made, one for each program and list of parts; found through a tree, a part a level. */
export class BindGroups {
  /** So far. */
  made = 0;
  private kept = 0;
  private readonly programs = new Map<number, Level>();
  private readonly ids = new WeakMap<GPUBuffer, number>();
  private nextId = 0;

  /** @param staging holds the arguments, at an offset that each dispatch gives */
  constructor(
    private readonly device: GPUDevice,
    private readonly staging: GPUBuffer,
  ) {}

  of(program: Program, parts: readonly BoundPart[]): GPUBindGroup {
    let place = levelOf(this.programs, program.id);
    for (const { buffer, offset } of parts) {
      place = levelOf(place.next, this.idOf(buffer) * MOST_OFFSETS + offset / ALIGNMENT);
    }
    if (!place.group) {
      this.made++;
      if (++this.kept > MOST_BIND_GROUPS) {
        this.programs.clear();
        this.kept = 0;
      }
      place.group = this.device.createBindGroup({
        layout: program.layout,
        entries: [
          { binding: 0, resource: { buffer: this.staging, offset: 0, size: ARGUMENT_BYTES } },
          ...parts.map(({ buffer, offset, size }, i) => ({ binding: i + 1, resource: { buffer, offset, size } })),
        ],
      });
    }
    return place.group;
  }

  private idOf(buffer: GPUBuffer): number {
    let id = this.ids.get(buffer);
    if (id === undefined) {
      id = this.nextId++;
      this.ids.set(buffer, id);
    }
    return id;
  }
}
