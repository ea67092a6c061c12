import { CALIBRATED } from './onnx-writer.js';
import type { ModelDescription } from '../training/model-file.js';

/** config.pbtxt of a Triton model repository; the name must be the folder's. */
export function tritonConfig(name: string, model: ModelDescription): string {
  const outputs = ['logits', 'probabilities', CALIBRATED].map((output) => {
    const labels = output === 'logits' ? '' : ' label_filename: "labels.txt"';
    return `  { name: "${output}" data_type: TYPE_FP32 dims: [ ${String(model.space.classes)} ]${labels} }`;
  });
  const { space, size } = model;
  return `name: "${name}"
platform: "onnxruntime_onnx"
max_batch_size: 64
input [
  { name: "image" data_type: TYPE_FP32 dims: [ ${String(space.inputChannels)}, ${String(size)}, ${String(size)} ] }
]
output [
${outputs.join(',\n')}
]
dynamic_batching { }
`;
}
