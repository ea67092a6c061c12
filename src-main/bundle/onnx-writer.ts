import type { FoldedNetwork } from '../training/folding.js';
import { isMultiLabel } from '../datasets/dataset.js';
import type { ModelDescription } from '../training/model-file.js';
import { PROGRAM_VERSION } from '../version.js';
import { encodeModel, type OnnxModelToWrite } from './onnx-schema.js';

export const OPSET = 17;
export const IR_VERSION = 8;
/** Name of the output with probabilities after calibration. */
export const CALIBRATED = 'calibrated_probabilities';

/** TensorProto.DataType and AttributeProto.AttributeType of the schema. */
const FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

type Graph = NonNullable<OnnxModelToWrite['graph']>;
type Node = NonNullable<Graph['node']>[number];

/**
 * The network as ONNX, opset 17, IR version 8: input "image" float32 N×C×H×W in 0..1 with any N, outputs "logits" and
 * "probabilities" N×classes. Normalisation is part of the graph; batch norms are folded into the convolutions, the last
 * one is a product and a sum. Equal models give equal bytes.
 * @param temperature adds the output "calibrated_probabilities": of the logits divided by it. Default: none
 */
export function writeOnnx(
  folded: FoldedNetwork,
  description: ModelDescription,
  metadata: Record<string, string>,
  temperature: number | null = null,
): Uint8Array {
  const nodes: Node[] = [];
  const initializers: NonNullable<Graph['initializer']> = [];
  const constant = (name: string, dims: number[], values: Float32Array): string => {
    initializers.push({ name, dims, data_type: FLOAT, raw_data: littleEndian(values) });
    return name;
  };
  const add = (
    op_type: string,
    input: string[],
    output: string,
    attributes: Record<string, number | number[]> = {},
  ): string => {
    nodes.push({ op_type, name: `${output}/${op_type}`, input, output: [output], attribute: toAttributes(attributes) });
    return output;
  };
  const values: string[] = [];
  const half = constant('half', [], Float32Array.of(0.5));
  values[0] = add('Div', [add('Sub', ['image', half], 'centred'), half], 'normalised');
  // each value goes through at most one ReLU, shared by the convolutions that read it
  const rectified = new Map<number, string>();
  const relu = (value: number): string => {
    const known = rectified.get(value);
    if (known !== undefined) return known;
    const name = add('Relu', [values[value]!], `${values[value]!}/relu`);
    rectified.set(value, name);
    return name;
  };
  const filter = (name: string, kernel: number, from: number, to: number): string =>
    constant(`${name}.filter`, [to, from, kernel, kernel], toOihw(folded.filters[name]!, kernel, from, to));
  for (const step of folded.plan.steps) {
    const output = `value_${String(step.output)}`;
    switch (step.kind) {
      case 'block': {
        const { name, kernel, from, to, stride } = step;
        const pad = kernel >> 1;
        const inputs = [
          step.relu ? relu(step.input) : values[step.input]!,
          filter(name, kernel, from, to),
          constant(`${name}.bias`, [to], folded.biases[name]!),
        ];
        values[step.output] = add('Conv', inputs, output, {
          kernel_shape: [kernel, kernel],
          pads: [pad, pad, pad, pad],
          strides: [stride, stride],
        });
        break;
      }
      case 'convolution':
        values[step.output] = add('Conv', [values[step.input]!, filter(step.name, 1, step.from, step.to)], output, {
          kernel_shape: [1, 1],
        });
        break;
      case 'pool':
        values[step.output] = add(
          'AveragePool',
          [values[step.input]!],
          output,
          step.pool === 'same'
            ? { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], count_include_pad: 0 }
            : { kernel_shape: [2, 2], strides: [2, 2] },
        );
        break;
      case 'sum': {
        const [first, ...rest] = step.inputs;
        let sum = values[first!]!;
        rest.forEach((input, i) => {
          sum = add('Add', [sum, values[input]!], i === rest.length - 1 ? output : `${output}_${String(i)}`);
        });
        values[step.output] = sum;
        break;
      }
      case 'head': {
        const { from, to } = step;
        const scale = constant('last.scale', [1, from, 1, 1], folded.last.scale);
        const shift = constant('last.shift', [1, from, 1, 1], folded.last.shift);
        const scaled = add('Mul', [values[step.input]!, scale], 'last/scaled');
        const active = add('Relu', [add('Add', [scaled, shift], 'last/shifted')], 'last/relu');
        const pooled = add('Flatten', [add('GlobalAveragePool', [active], 'last/mean')], 'features', { axis: 1 });
        const kernel = constant('classifier.kernel', [from, to], folded.classifier.kernel);
        add('Gemm', [pooled, kernel, constant('classifier.bias', [to], folded.classifier.bias)], 'logits');
      }
    }
  }
  const toProbabilities = (logits: string, output: string): string =>
    isMultiLabel(description.task) ? add('Sigmoid', [logits], output) : add('Softmax', [logits], output, { axis: 1 });
  const outputs = ['logits', toProbabilities('logits', 'probabilities')];
  if (temperature !== null) {
    const divisor = constant('temperature', [], Float32Array.of(temperature));
    outputs.push(toProbabilities(add('Div', ['logits', divisor], 'calibrated_logits'), CALIBRATED));
  }

  const { inputChannels, classes } = description.space;
  return encodeModel({
    ir_version: IR_VERSION,
    producer_name: 'MedForge',
    producer_version: PROGRAM_VERSION,
    opset_import: [{ domain: '', version: OPSET }],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'medforge',
      node: nodes,
      initializer: initializers,
      input: [tensorValue('image', ['batch', inputChannels, description.size, description.size])],
      output: outputs.map((name) => tensorValue(name, ['batch', classes])),
    },
  });
}

function toAttributes(attributes: Record<string, number | number[]>): NonNullable<Node['attribute']> {
  return Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number' ? { name, type: ATTRIBUTE_INT, i: value } : { name, type: ATTRIBUTE_INTS, ints: value },
  );
}

function tensorValue(name: string, shape: (string | number)[]): NonNullable<Graph['input']>[number] {
  const dim = shape.map((n) => (typeof n === 'string' ? { dim_param: n } : { dim_value: n }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}

/** [k, k, in, out] → [out, in, k, k]. */
function toOihw(filter: Float32Array, kernel: number, from: number, to: number): Float32Array {
  const result = new Float32Array(filter.length);
  const taps = kernel * kernel;
  for (let tap = 0; tap < taps; tap++) {
    for (let i = 0; i < from; i++) {
      for (let o = 0; o < to; o++) result[(o * from + i) * taps + tap] = filter[(tap * from + i) * to + o]!;
    }
  }
  return result;
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return bytes;
}
