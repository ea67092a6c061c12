import protobuf from 'protobufjs';

/**
 * The messages of the published ONNX schema (onnx.proto3, IR version 8) that MedForge writes, and those that can carry
 * tensors in a file that somebody else wrote. Field numbers are those of the schema.
 */
const SCHEMA = `
syntax = "proto3";
package onnx;
message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  string producer_version = 3;
  string domain = 4;
  int64 model_version = 5;
  string doc_string = 6;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
  repeated TrainingInfoProto training_info = 20;
  repeated FunctionProto functions = 25;
}
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  string doc_string = 10;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto value_info = 13;
  repeated SparseTensorProto sparse_initializer = 15;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
  string doc_string = 6;
  string domain = 7;
}
message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  TensorProto t = 5;
  GraphProto g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  repeated TensorProto tensors = 10;
  repeated GraphProto graphs = 11;
  string doc_string = 13;
  int32 type = 20;
  SparseTensorProto sparse_tensor = 22;
  repeated SparseTensorProto sparse_tensors = 23;
}
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  repeated float float_data = 4;
  repeated int32 int32_data = 5;
  repeated bytes string_data = 6;
  repeated int64 int64_data = 7;
  string name = 8;
  bytes raw_data = 9;
  repeated double double_data = 10;
  repeated uint64 uint64_data = 11;
  string doc_string = 12;
  repeated StringStringEntryProto external_data = 13;
  int32 data_location = 14;
}
message SparseTensorProto {
  TensorProto values = 1;
  TensorProto indices = 2;
  repeated int64 dims = 3;
}
message ValueInfoProto {
  string name = 1;
  TypeProto type = 2;
  string doc_string = 3;
}
message TypeProto {
  TensorTypeProto tensor_type = 1;
}
message TensorTypeProto {
  int32 elem_type = 1;
  TensorShapeProto shape = 2;
}
message TensorShapeProto {
  repeated DimensionProto dim = 1;
}
message DimensionProto {
  oneof value {
    int64 dim_value = 1;
    string dim_param = 2;
  }
}
message OperatorSetIdProto {
  string domain = 1;
  int64 version = 2;
}
message StringStringEntryProto {
  string key = 1;
  string value = 2;
}
message TrainingInfoProto {
  GraphProto initialization = 1;
  GraphProto algorithm = 2;
}
message FunctionProto {
  string name = 1;
  repeated NodeProto node = 7;
  repeated AttributeProto attribute_proto = 11;
}
`;

const modelType = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('onnx.ModelProto');

export interface OnnxModel {
  ir_version: number;
  producer_name: string;
  producer_version: string;
  domain: string;
  model_version: number;
  doc_string: string;
  graph: OnnxGraph | null;
  opset_import: { domain: string; version: number }[];
  metadata_props: OnnxEntry[];
  training_info: { initialization: OnnxGraph | null; algorithm: OnnxGraph | null }[];
  functions: { node: OnnxNode[]; attribute_proto: OnnxAttribute[] }[];
}

export interface OnnxGraph {
  node: OnnxNode[];
  name: string;
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
  value_info: OnnxValue[];
  sparse_initializer: OnnxSparseTensor[];
}

export interface OnnxNode {
  input: string[];
  output: string[];
  name: string;
  op_type: string;
  attribute: OnnxAttribute[];
  domain: string;
}

export interface OnnxAttribute {
  name: string;
  type: number;
  f: number;
  i: number;
  ints: number[];
  t: OnnxTensor | null;
  g: OnnxGraph | null;
  tensors: OnnxTensor[];
  graphs: OnnxGraph[];
  sparse_tensor: OnnxSparseTensor | null;
  sparse_tensors: OnnxSparseTensor[];
}

export interface OnnxTensor {
  dims: number[];
  data_type: number;
  name: string;
  raw_data: Uint8Array;
  external_data: OnnxEntry[];
  data_location: number;
}

export interface OnnxSparseTensor {
  values: OnnxTensor | null;
  indices: OnnxTensor | null;
}

export interface OnnxValue {
  name: string;
  type: {
    tensor_type: { elem_type: number; shape: { dim: { dim_value?: number; dim_param?: string }[] } | null } | null;
  } | null;
}

export interface OnnxEntry {
  key: string;
  value: string;
}

type DeepPartial<T> = T extends Uint8Array
  ? T
  : T extends (infer U)[]
    ? DeepPartial<U>[]
    : T extends object
      ? { [K in keyof T]?: DeepPartial<T[K]> }
      : T;
/** A model as it is written: fields left out are not in the file. */
export type OnnxModelToWrite = DeepPartial<OnnxModel>;

export function encodeModel(model: OnnxModelToWrite): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}

/** @throws Error when the bytes are no protobuf message of the schema */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  return modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true, defaults: true }) as OnnxModel;
}

/** Whether the bytes are exactly what `encodeModel` makes of what `decodeModel` reads: nothing unknown hides in them. */
export function isCanonical(bytes: Uint8Array): boolean {
  return Buffer.compare(modelType.encode(modelType.decode(bytes)).finish(), bytes) === 0;
}
