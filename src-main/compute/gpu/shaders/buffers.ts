import { declare, type Shader } from '../program.js';

/** A storage buffer of a shader. */
export interface Buffer {
  readonly name: string;
  readonly type: string;
  readonly access: 'read' | 'write';
}

/** Numbers that a shader reads, or writes. */
export const read = (name: string): Buffer => ({ name, type: 'f32', access: 'read' });
export const write = (name: string): Buffer => ({ name, type: 'f32', access: 'write' });

/** A shader of these buffers. @param body WGSL after their declarations */
export const shader = (buffers: readonly Buffer[], body: string): Shader => ({
  storage: buffers.map(({ access }) => access),
  code: `${declare(buffers)}\n${body}`,
});
