import { UserError } from '../errors.js';
import { IR_VERSION, OPSET } from './onnx-writer.js';
import {
  decodeModel,
  isCanonical,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxSparseTensor,
  type OnnxTensor,
} from './onnx-schema.js';

/** Bounds on a model that is opened; the largest network of the default space has 5 million parameters, 20 MB. */
export const MAX_MODEL_BYTES = 512 * 1024 ** 2;
const MAX_NODES = 4096;
const MAX_DIMENSION = 2 ** 24;

/** The operators of MedForge's networks. */
const OPERATORS = new Set([
  'Add',
  'AveragePool',
  'Conv',
  'Div',
  'Flatten',
  'Gemm',
  'GlobalAveragePool',
  'Mul',
  'Relu',
  'Sigmoid',
  'Softmax',
  'Sub',
]);

const FLOAT = 1;

/**
 * Reads an ONNX model of unknown origin and refuses whatever a MedForge bundle cannot hold, before onnxruntime sees it:
 * data outside the file (wherever a tensor can hide), subgraphs, other operators, other precision, too many nodes.
 * @throws UserError `onnx-unreadable`, `onnx-external-data`, `onnx-content`, `onnx-too-large`
 */
export function checkOnnx(bytes: Uint8Array, source: string): OnnxModel {
  const refuse = (kind: string, what: string): never => {
    throw new UserError(kind, `${source} ${what}`);
  };
  const foreign = (what: string): never =>
    refuse('onnx-content', `${what}, which no MedForge model does: use a bundle that MedForge exported`);
  if (bytes.length > MAX_MODEL_BYTES) {
    refuse(
      'onnx-too-large',
      `has ${String(bytes.length)} bytes, more than the ${String(MAX_MODEL_BYTES)} that are opened`,
    );
  }
  let model: OnnxModel;
  try {
    model = decodeModel(bytes);
  } catch (error) {
    throw new UserError(
      'onnx-unreadable',
      `${source} is not an ONNX model (${(error as Error).message}): use a bundle that MedForge exported`,
      { cause: error },
    );
  }
  const { graph } = model;
  if (!graph) return refuse('onnx-unreadable', 'contains no graph: use a bundle that MedForge exported');
  for (const tensor of everyTensor(model)) {
    if (tensor.data_location !== 0 || tensor.external_data.length > 0) {
      refuse(
        'onnx-external-data',
        `keeps the tensor "${tensor.name}" in another file; a model with external data is never opened: export it with its data inside`,
      );
    }
  }
  if (graph.node.length > MAX_NODES) {
    refuse(
      'onnx-too-large',
      `has ${String(graph.node.length)} nodes, more than the ${String(MAX_NODES)} that are opened`,
    );
  }
  if (model.functions.length > 0) foreign('defines functions');
  if (model.training_info.length > 0) foreign('contains training information');
  if (graph.sparse_initializer.length > 0) foreign('contains sparse tensors');
  for (const node of graph.node) {
    if (node.domain !== '' || !OPERATORS.has(node.op_type)) {
      foreign(`uses the operator "${node.domain === '' ? '' : `${node.domain}.`}${node.op_type}"`);
    }
    for (const attribute of node.attribute) {
      if (attribute.type !== 2 && attribute.type !== 7)
        foreign(`gives the operator ${node.op_type} a "${attribute.name}" that is not an integer`);
    }
  }
  for (const tensor of graph.initializer) {
    if (tensor.data_type !== FLOAT) foreign(`keeps "${tensor.name}" in a precision other than float32`);
    const inRange = tensor.dims.every((n) => Number.isSafeInteger(n) && n > 0 && n <= MAX_DIMENSION);
    const items = tensor.dims.reduce((product, n) => product * n, 1);
    if (!inRange || items * 4 !== tensor.raw_data.length)
      foreign(`has ${String(tensor.raw_data.length)} bytes in "${tensor.name}" of shape [${tensor.dims.join(', ')}]`);
  }
  if (
    model.ir_version !== IR_VERSION ||
    model.opset_import.map((set) => `${set.domain}${String(set.version)}`).join() !== String(OPSET)
  ) {
    foreign(
      `is written in IR ${String(model.ir_version)} with the operator sets ${model.opset_import.map((set) => `"${set.domain}" ${String(set.version)}`).join(', ')}`,
    );
  }
  if (!isCanonical(bytes)) foreign('has fields outside the schema or in a different order');
  return model;
}

/** Every tensor of a model, wherever it is: initializers, sparse tensors, attributes, subgraphs, functions. */
function* everyTensor(model: OnnxModel): Generator<OnnxTensor> {
  const graphs: OnnxGraph[] = [];
  const nodes: OnnxNode[] = [];
  const attributes: OnnxAttribute[] = [];
  const sparse = function* (tensor: OnnxSparseTensor | null): Generator<OnnxTensor> {
    if (tensor?.values) yield tensor.values;
    if (tensor?.indices) yield tensor.indices;
  };
  if (model.graph) graphs.push(model.graph);
  for (const { initialization, algorithm } of model.training_info) {
    if (initialization) graphs.push(initialization);
    if (algorithm) graphs.push(algorithm);
  }
  for (const definition of model.functions) {
    nodes.push(...definition.node);
    attributes.push(...definition.attribute_proto);
  }
  // a list of what is left to look at instead of recursion, so that deep nesting costs no stack
  for (;;) {
    const graph = graphs.pop();
    if (graph) {
      yield* graph.initializer;
      for (const tensor of graph.sparse_initializer) yield* sparse(tensor);
      for (const node of graph.node) nodes.push(node);
      continue;
    }
    const node = nodes.pop();
    if (node) {
      for (const attribute of node.attribute) attributes.push(attribute);
      continue;
    }
    const attribute = attributes.pop();
    if (!attribute) return;
    if (attribute.t) yield attribute.t;
    yield* attribute.tensors;
    yield* sparse(attribute.sparse_tensor);
    for (const tensor of attribute.sparse_tensors) yield* sparse(tensor);
    if (attribute.g) graphs.push(attribute.g);
    for (const subgraph of attribute.graphs) graphs.push(subgraph);
  }
}
