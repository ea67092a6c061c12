import { tf } from '../tensorflow.js';
import type { OpenedDevice } from './adapter.js';
import { GpuBackend } from './backend.js';
import { gpuFault } from './faults.js';
import { GPU, registerGpuBackend } from './register.js';

/** Makes `gpu` the active backend of TensorFlow.js. @param openDevice as the host has it @throws Error with the reason */
export async function activateGpu(openDevice: () => Promise<OpenedDevice>): Promise<void> {
  registerGpuBackend(async () => {
    const { device, info } = await openDevice();
    return new GpuBackend(device, info, gpuFault);
  });
  if (!(await tf.setBackend(GPU))) throw new Error('TensorFlow.js could not start its WebGPU backend on this card');
  await tf.ready();
  await roundTrip();
}

/** The backend object, for tests and benchmarks. @throws Error unless `gpu` is active */
export function gpuBackend(): GpuBackend {
  if (tf.getBackend() !== GPU) throw new Error(`the active backend is ${tf.getBackend()}, not ${GPU}`);
  return tf.backend() as unknown as GpuBackend;
}

/** @throws Error when numbers do not come back as they were sent */
async function roundTrip(): Promise<void> {
  const values = Float32Array.from({ length: 4096 }, (_, i) => i * 0.25 - 3);
  const x = tf.tensor1d(values);
  const y = tf.add(x, 0);
  const back = await y.data<'float32'>();
  tf.dispose([x, y]);
  if (!values.every((value, i) => value === back[i]))
    throw new Error('its driver gives back other numbers than were sent');
}
