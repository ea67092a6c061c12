/// <reference types="@webgpu/types" />

/** A compute shader: storage buffers from binding 1 on; binding 0 holds its arguments. */
export interface Shader {
  /** WGSL after the declarations of `declare`; entry point `main`. */
  readonly code: string;
  /** Access of each storage buffer in the order of the bindings. */
  readonly storage: readonly ('read' | 'write')[];
}

/** Vectors of four numbers that a dispatch can be given. */
export const ARGUMENT_VECTORS = 64;
export const ARGUMENT_BYTES = ARGUMENT_VECTORS * 16;
/** WGSL: the first workgroup of a dispatch that was cut, `.x` and `.y`. */
export const FIRST_GROUP = `arguments[${ARGUMENT_VECTORS - 1}]`;

export interface Program {
  readonly id: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly storage: number;
}

/** WGSL declarations of storage buffers, in the order of `Shader.storage`, and of the arguments, `arguments[i]`. */
export function declare(buffers: readonly { name: string; type: string; access: 'read' | 'write' }[]): string {
  const lines = buffers.map(
    ({ name, type, access }, i) =>
      `@group(0) @binding(${i + 1}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: array<${type}>;`,
  );
  return [`@group(0) @binding(0) var<uniform> arguments: array<vec4<u32>, ${ARGUMENT_VECTORS}>;`, ...lines].join('\n');
}

export function compile(device: GPUDevice, id: number, label: string, shader: Shader): Program {
  const layout = device.createBindGroupLayout({
    label,
    entries: [
      {
        binding: 0,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: ARGUMENT_BYTES },
      },
      ...shader.storage.map((access, i) => ({
        binding: i + 1,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: access === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    ],
  });
  const pipeline = device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code: shader.code }), entryPoint: 'main' },
  });
  return { id, pipeline, layout, storage: shader.storage.length };
}
