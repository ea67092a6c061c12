import type { ModelDescription } from '../training/model-file.js';

/** config.pbtxt of a Triton model repository; the name must be the folder's. */
export function tritonConfig(name: string, model: ModelDescription): string {
  const { space, size } = model;
  return `name: "${name}"
platform: "onnxruntime_onnx"
max_batch_size: 64
input [
  { name: "image" data_type: TYPE_FP32 dims: [ ${String(space.inputChannels)}, ${String(size)}, ${String(size)} ] }
]
output [
  { name: "logits" data_type: TYPE_FP32 dims: [ ${String(space.classes)} ] },
  { name: "probabilities" data_type: TYPE_FP32 dims: [ ${String(space.classes)} ] label_filename: "labels.txt" }
]
dynamic_batching { }
`;
}
