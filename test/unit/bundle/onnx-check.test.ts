import { beforeAll, describe, expect, it } from 'vitest';
import { checkOnnx } from '../../../src-main/bundle/onnx-check.js';
import { encodeModel, type OnnxModelToWrite } from '../../../src-main/bundle/onnx-schema.js';
import { OnnxSession } from '../../../src-main/bundle/onnx-session.js';
import { tf } from '../../../src-main/compute/tensorflow.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Graph = NonNullable<OnnxModelToWrite['graph']>;

const value = (name: string): NonNullable<Graph['input']>[number] => ({
  name,
  type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_param: 'batch' }, { dim_value: 2 }] } } },
});
const relu = { op_type: 'Relu', name: 'r', input: ['image'], output: ['logits'], attribute: [] };
const softmax = {
  op_type: 'Softmax',
  name: 's',
  input: ['logits'],
  output: ['probabilities'],
  attribute: [{ name: 'axis', type: 2, i: 1 }],
};

/** A small valid model, changed. */
function model(graph: Graph = {}, rest: OnnxModelToWrite = {}): Uint8Array {
  return encodeModel({
    ir_version: 8,
    producer_name: 'x',
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'g',
      node: [relu, softmax],
      input: [value('image')],
      output: [value('logits'), value('probabilities')],
      ...graph,
    },
    ...rest,
  });
}

const external = {
  name: 'w',
  dims: [1],
  data_type: 1,
  data_location: 1,
  external_data: [{ key: 'location', value: '../../etc/passwd' }],
};
const onlyListed = { name: 'w', dims: [1], data_type: 1, external_data: [{ key: 'location', value: 'w.bin' }] };
const inside = { name: 'w', dims: [1], data_type: 1, raw_data: new Uint8Array(4) };
const withAttribute = (attribute: object): Graph => ({
  node: [{ ...relu, attribute: [{ name: 'a', ...attribute }] }, softmax],
});
const nested = (depth: number): Graph => {
  let graph: Graph = { initializer: [external] };
  for (let i = 0; i < depth; i++) graph = withAttribute({ type: 5, g: graph });
  return graph;
};
const externalMessage =
  'm.onnx keeps the tensor "w" in another file; a model with external data is never opened: export it with its data inside';

describe('external data is refused wherever it hides', () => {
  it.each<[string, Uint8Array]>([
    ['an initializer', model({ initializer: [external] })],
    ['an initializer without the location flag', model({ initializer: [onlyListed] })],
    ['the values of a sparse initializer', model({ sparse_initializer: [{ values: external, indices: inside }] })],
    ['the indices of a sparse initializer', model({ sparse_initializer: [{ values: inside, indices: external }] })],
    ['a tensor attribute', model(withAttribute({ type: 4, t: external }))],
    ['a list of tensors', model(withAttribute({ type: 9, tensors: [inside, external] }))],
    ['a sparse attribute', model(withAttribute({ type: 11, sparse_tensor: { values: external } }))],
    ['a list of sparse attributes', model(withAttribute({ type: 12, sparse_tensors: [{ indices: external }] }))],
    ['a subgraph', model(withAttribute({ type: 5, g: { initializer: [external] } }))],
    ['a list of subgraphs', model(withAttribute({ type: 10, graphs: [{}, { initializer: [external] }] }))],
    ['a subgraph 20 levels down', model(nested(20))],
    [
      'a function',
      model(
        {},
        {
          functions: [{ node: [{ attribute: [{ name: 'a', type: 4, t: external }] }] }],
        },
      ),
    ],
    [
      'the default attribute of a function',
      model(
        {},
        {
          functions: [{ node: [], attribute_proto: [{ name: 'a', t: external }] }],
        },
      ),
    ],
    ['training information', model({}, { training_info: [{ algorithm: { initializer: [external] } }] })],
  ])('%s', (_, bytes) => {
    expect(() => checkOnnx(bytes, 'm.onnx')).toThrow(externalMessage);
  });
});

describe('a model', () => {
  it('that MedForge could have written is accepted', () => {
    expect(checkOnnx(model({ initializer: [inside] }), 'm.onnx').graph!.node).toHaveLength(2);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'm.onnx contains no graph: use a bundle that MedForge exported'],
    ['text', Buffer.from('hello, this is no model'), 'm.onnx is not an ONNX model ('],
    ['cut', model().subarray(0, 60), 'm.onnx is not an ONNX model ('],
    ['nested 100,000 levels', deep(100_000), 'm.onnx is not an ONNX model ('],
    [
      'too many nodes',
      model({ node: new Array<typeof relu>(5000).fill(relu) }),
      'm.onnx has 5000 nodes, more than the 4096 that are opened',
    ],
    [
      'a loop',
      model({ node: [{ ...relu, op_type: 'Loop' }, softmax] }),
      'm.onnx uses the operator "Loop", which no MedForge model does: use a bundle that MedForge exported',
    ],
    [
      'an operator of another domain',
      model({ node: [{ ...relu, domain: 'com.x' }, softmax] }),
      'm.onnx uses the operator "com.x.Relu"',
    ],
    [
      'a subgraph',
      model(withAttribute({ type: 5, g: {} })),
      'm.onnx gives the operator Relu a "a" that is not an integer',
    ],
    ['a function', model({}, { functions: [{ node: [] }] }), 'm.onnx defines functions'],
    ['training information', model({}, { training_info: [{}] }), 'm.onnx contains training information'],
    ['sparse tensors', model({ sparse_initializer: [{ values: inside }] }), 'm.onnx contains sparse tensors'],
    [
      'double precision',
      model({ initializer: [{ ...inside, data_type: 11 }] }),
      'm.onnx keeps "w" in a precision other than float32',
    ],
    [
      'a shape larger than its data',
      model({ initializer: [{ ...inside, dims: [2 ** 20, 2 ** 20] }] }),
      'm.onnx has 4 bytes in "w" of shape [1048576, 1048576]',
    ],
    [
      'a negative shape',
      model({ initializer: [{ ...inside, dims: [-1, -1] }] }),
      'm.onnx has 4 bytes in "w" of shape [-1, -1]',
    ],
    [
      'another operator set',
      model({}, { opset_import: [{ domain: '', version: 21 }] }),
      'm.onnx is written in IR 8 with the operator sets "" 21',
    ],
    [
      'unknown fields',
      Buffer.concat([model(), Buffer.from([0xf2, 0x07, 1, 0])]),
      'm.onnx has fields outside the schema or in a different order',
    ],
  ])('is refused: %s', (_, bytes, message) => {
    expect(() => checkOnnx(bytes, 'm.onnx')).toThrow(message);
  });

  it('whose inputs have other names is refused by the session', async () => {
    const shape = { channels: 1, size: 4, outputs: 2 };
    await expect(
      OnnxSession.open(model({ input: [value('x')], node: [{ ...relu, input: ['x'] }, softmax] }), 'm.onnx', shape),
    ).rejects.toThrow('m.onnx goes from x → logits,probabilities instead of image → logits,probabilities');
    await expect(
      OnnxSession.open(model({ node: [{ ...relu, input: ['nowhere'] }, softmax] }), 'm.onnx', shape),
    ).rejects.toThrow('m.onnx is refused by onnxruntime (');
  });
});

/** A graph in an attribute of a node of a graph in an attribute … , written by hand because the writer would overflow. */
function deep(levels: number): Uint8Array {
  // sizes from the inside out, then the headers from the outside in
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
  const headers: number[][] = [];
  let length = 0;
  for (let i = 0; i < levels; i++) {
    const field = [0x0a, 0x2a, 0x32][i % 3]!;
    const header = [field, ...varint(length)];
    headers.push(header);
    length += header.length;
  }
  return Uint8Array.from([0x3a, ...varint(length), ...headers.reverse().flat()]);
}
