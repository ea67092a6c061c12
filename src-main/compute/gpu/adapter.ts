/// <reference types="@webgpu/types" />

/** What a graphics card says of itself. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** A renderer that computes on the processor: SwiftShader, llvmpipe, WARP. */
  readonly software: boolean;
}

/** A device of our own, and what its card says of itself. */
export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
}

/** @param fallback the driver itself says that it computes on the processor */
export function adapterInfo(
  { vendor, architecture, description }: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description'>,
  fallback: boolean,
): AdapterInfo {
  const named = /swiftshader|llvmpipe|software|basic render/i.test(`${vendor} ${architecture} ${description}`);
  return { vendor, architecture, description, software: fallback || named };
}

/** One line that names a card, and says when it is none. */
export function describeAdapter({ description, vendor, architecture, software }: AdapterInfo): string {
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'graphics card';
  return software ? `${name} (computes on the processor, slower than native)` : name;
}

/** @param gpu of the process @throws Error when there is no card */
export async function openAdapter(gpu: GPU): Promise<OpenedDevice & { readonly fallback: boolean }> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('the graphics card is gone');
  const device = await adapter.requestDevice({ requiredLimits: wantedLimits(adapter.limits) });
  const { info, isFallbackAdapter } = adapter as unknown as {
    readonly info: GPUAdapterInfo;
    readonly isFallbackAdapter?: boolean;
  };
  const ofInfo = (info as { readonly isFallbackAdapter?: boolean }).isFallbackAdapter;
  return { device, info, fallback: Boolean(ofInfo ?? isFallbackAdapter) };
}

/** More than the smallest device must have, where this one has it. */
function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  return {
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxBufferSize: limits.maxBufferSize,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
  };
}
