/// <reference types="@webgpu/types" />

/** The last that is pushed is popped first, and told first: that memory is missing makes what follows invalid. */
const SCOPES = ['validation', 'internal', 'out-of-memory'] as const;

/** Errors are collected in scopes, as the event of an error may come after the numbers that it spoilt. */
export class ErrorScopes {
  constructor(private readonly device: GPUDevice) {
    this.open();
  }

  /** The errors since the last call; what comes from now on belongs to the next. */
  async next(): Promise<readonly GPUError[]> {
    // The scopes of a device that is lost give nothing.
    const popped = SCOPES.map(() => this.device.popErrorScope().catch(() => null));
    this.open();
    return (await Promise.all(popped)).filter((error) => error !== null);
  }

  private open(): void {
    for (const filter of SCOPES) this.device.pushErrorScope(filter);
  }
}
