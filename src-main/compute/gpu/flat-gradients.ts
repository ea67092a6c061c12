/// <reference types="@webgpu/types" />

/** What a place in the buffer of gradients holds. */
type Held = 'zeros' | 'nothing' | 'gradient';

/**
 * One buffer for the gradients of weights that lie in one buffer, each where its weight lies there: a step of the optimiser then
 * reads them as they are. A place serves one tensor at a time; a second gradient of the same weight lies elsewhere.
 */
export class FlatGradients {
  private readonly held = new Map<number, Held>();

  /** @param buffer as large as that of the weights, all zeros */
  constructor(readonly buffer: GPUBuffer) {}

  /** @returns whether the place was free */
  take(offset: number): boolean {
    if (this.held.get(offset) === 'gradient') return false;
    this.held.set(offset, 'gradient');
    return true;
  }

  /** The tensor is gone; its numbers stay. */
  leave(offset: number): void {
    this.held.set(offset, 'nothing');
  }

  isTaken(offset: number): boolean {
    return this.held.get(offset) === 'gradient';
  }

  isZero(offset: number): boolean {
    return (this.held.get(offset) ?? 'zeros') === 'zeros';
  }

  setZero(offset: number): void {
    this.held.set(offset, 'zeros');
  }

  /** Other numbers were written there. */
  setWritten(offset: number): void {
    this.held.set(offset, 'nothing');
  }
}
