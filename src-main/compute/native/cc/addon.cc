// The door to JavaScript: one function a call, arguments checked before anything is touched. All arrays are made and owned
// by JavaScript (Electron allows no external buffers).
#include <napi.h>

#include <cstdint>
#include <new>
#include <type_traits>

#include "arguments.h"
#include "array-calls.h"
#include "cell.h"
#include "convolution-calls.h"
#include "dispatch.h"
#include "measure.h"
#include "network-calls.h"
#include "scratch.h"
#include "thread-pool.h"
#include "timed.h"

namespace medforge {

namespace {

using Info = Napi::CallbackInfo;

// --- settings ---

Napi::Value GetThreads(const Info& info) { return Napi::Number::New(info.Env(), threads()); }

void SetThreads(const Info& info) {
  Arguments args(info);
  const int count = args.integer(0, "threads");
  if (count < 0 || count > 1024) args.fail("threads must be from 0 to 1024, saw " + std::to_string(count));
  if (!args.failed()) setThreads(count);
}

Napi::Value InstructionSets(const Info& info) {
  const Kernels* sets[3];
  const int count = instructionSets(sets);
  Napi::Array result = Napi::Array::New(info.Env(), static_cast<size_t>(count));
  for (int i = 0; i < count; i++) result[static_cast<uint32_t>(i)] = Napi::String::New(info.Env(), sets[i]->name);
  return result;
}

Napi::Value GetInstructionSet(const Info& info) { return Napi::String::New(info.Env(), kernels().name); }

Napi::Value SetInstructionSet(const Info& info) {
  return Napi::Boolean::New(info.Env(), info[0].IsString() && setInstructionSet(info[0].ToString().Utf8Value().c_str()));
}

Napi::Value Statistics(const Info& info) {
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("seconds", Timed::seconds());
  result.Set("calls", Timed::calls());
  result.Set("scratchBytes", static_cast<double>(Scratch::kept()));
  return result;
}

// Bytes from the start of the buffer to its first cache line.
Napi::Value LineOffset(const Info& info) {
  if (!info[0].IsArrayBuffer()) {
    Arguments(info).fail("buffer must be an ArrayBuffer");
    return info.Env().Undefined();
  }
  const uintptr_t address = reinterpret_cast<uintptr_t>(info[0].As<Napi::ArrayBuffer>().Data());
  return Napi::Number::New(info.Env(), static_cast<double>((64 - address % 64) % 64));
}

Napi::Value MeasurePeakCall(const Info& info) {
  Arguments args(info);
  const int repetitions = args.integer(0, "repetitions");
  if (!args.failed() && repetitions < 1) args.fail("repetitions must be at least 1");
  return args.failed() ? info.Env().Undefined() : Napi::Number::New(info.Env(), measurePeak(repetitions));
}

// pass (0: forward, 1: input gradient, 2: filter gradient), shape, taps, edges, repetitions
Napi::Value MeasureConvolutionCall(const Info& info) {
  Arguments args(info);
  const int pass = args.integer(0, "pass");
  const Shape shape = args.shape(1);
  const int taps = args.integer(2, "taps"), edges = args.integer(3, "edges"), repetitions = args.integer(4, "repetitions");
  if (pass < 0 || pass > 2) args.fail("pass must be 0, 1 or 2, saw " + std::to_string(pass));
  if (!args.failed() && (taps < 1 || edges < 1 || repetitions < 1)) args.fail("taps, edges and repetitions must be positive");
  if (args.failed()) return info.Env().Undefined();
  const Measured measured = measureConvolution(static_cast<ConvolutionPass>(pass), shape, taps, edges, repetitions);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("seconds", measured.seconds);
  result.Set("operations", measured.operations);
  result.Set("direct", measured.direct);
  return result;
}

// --- the cell ---

CellPlan planOf(Arguments& args, size_t index) {
  const uint8_t none[kEdges * kOperations] = {0};
  const uint8_t* operations = args.flags(index, "active operations", kEdges * kOperations);
  const uint8_t* sizes = args.flags(index + 1, "active kernels", kEdges * kKernels);
  return args.failed() ? CellPlan(none, none) : CellPlan(operations, sizes);
}

Napi::Int32Array integersOf(Napi::Env env, const int* values, size_t count) {
  Napi::Int32Array result = Napi::Int32Array::New(env, count);
  for (size_t i = 0; i < count; i++) result[i] = values[i];
  return result;
}

// What JavaScript has to know of cell.h.
Napi::Value CellLayout(const Info& info) {
  Napi::Object result = Napi::Object::New(info.Env());
  int edges[2 * kEdges], branches[kSlots];
  for (int e = 0; e < kEdges; e++) {
    edges[2 * e] = kTarget[e];
    edges[2 * e + 1] = kSource[e];
  }
  for (int i = 0; i < kSlots; i++) branches[i] = i < kConvolved + kEdges * kBranches ? (i - kConvolved) % kBranches : -1;
  result.Set("edges", integersOf(info.Env(), edges, 2 * kEdges));
  result.Set("kernelSizes", integersOf(info.Env(), kBranchSize, kBranches));
  result.Set("branchOfSlot", integersOf(info.Env(), branches, kSlots));
  result.Set("statistics", static_cast<int>(kStatistics));
  result.Set("statisticsPerChannel", 2 * kEdges * kBranches);
  return result;
}

Napi::Value CellSlots(const Info& info) {
  Arguments args(info);
  const CellPlan plan = planOf(args, 0);
  Napi::Uint8Array result = Napi::Uint8Array::New(info.Env(), kSlots);
  for (size_t i = 0; i < kSlots; i++) result[i] = plan.slots[i];
  return result;
}

bool branchActive(const CellPlan& plan, int branch) {
  for (int e = 0; e < kEdges; e++)
    if (plan.convolution[e][branch]) return true;
  return false;
}

size_t filtersSize(const Shape& shape, int branch) {
  const size_t k = static_cast<size_t>(kBranchSize[branch]), c = static_cast<size_t>(shape.channels);
  return kEdges * k * k * c * c;
}

// What forward and backward have in common: filters at 2, operations, kernels, activity (2), slots.
template <class Call>
CellPlan cellArguments(Arguments& args, Call& call) {
  const Shape shape = args.shape(0);
  call.shape = shape;
  const CellPlan plan = planOf(args, 5);
  const Napi::Array filters = args.list(2, "filters", kBranches);
  for (int b = 0; b < kBranches && !args.failed(); b++)
    call.filters[b] = branchActive(plan, b)
                          ? args.floatsOf(filters[static_cast<uint32_t>(b)], "filter", filtersSize(shape, b))
                          : nullptr;
  call.operations = args.floats(3, "operations", kEdges * kOperations);
  call.kernels = args.floatsOrNull(4, "kernels", kEdges * kKernels);
  const Napi::Array slots = args.list(7, "slots", kSlots);
  for (int i = 0; i < kSlots && !args.failed(); i++) {
    const size_t size = i == kStatistics ? static_cast<size_t>(2 * kEdges * kBranches * shape.channels) : shape.size();
    call.slots[i] = plan.slots[i] ? args.floatsOf(slots[static_cast<uint32_t>(i)], "slot", size) : nullptr;
  }
  return plan;
}

void CellForwardCall(const Info& info) {
  Arguments args(info);
  CellForward call{};
  const CellPlan plan = cellArguments(args, call);
  call.x = args.floats(1, "x", call.shape.size());
  call.y = args.floats(8, "y", call.shape.size());
  if (args.failed()) return;
  Timed timed;
  cellForward(plan, call);
}

void CellBackwardCall(const Info& info) {
  Arguments args(info);
  CellBackward call{};
  const CellPlan plan = cellArguments(args, call);
  call.dy = args.floats(1, "dy", call.shape.size());
  call.dx = args.floats(8, "dx", call.shape.size());
  const Napi::Array gradients = args.list(9, "filter gradients", kBranches);
  for (int b = 0; b < kBranches && !args.failed(); b++) {
    const Napi::Value value = gradients[static_cast<uint32_t>(b)];
    call.filterGradients[b] = branchActive(plan, b)
                                  ? args.floatsOf(value, "filter gradient", filtersSize(call.shape, b))
                                  : args.floatsOrNullOf(value, "filter gradient", filtersSize(call.shape, b));
  }
  call.operationGradients = args.floats(10, "operation gradients", kEdges * kOperations);
  if (call.kernels) call.kernelGradients = args.floats(11, "kernel gradients", kEdges * kKernels);
  if (args.failed()) return;
  Timed timed;
  cellBackward(plan, call);
}

// --- convolutions ---

Geometry geometryOf(Arguments& args, size_t index) {
  const int32_t* n = args.integers(index, "geometry", 12);
  if (!n) return {};
  for (int i = 0; i < 10; i++)
    if (n[i] < 1) args.fail("geometry must be positive, saw " + std::to_string(n[i]));
  if (n[10] < 0 || n[11] < 0 || n[10] >= n[7] || n[11] >= n[8]) args.fail("padding must be smaller than the filter");
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]};
}

size_t filterSize(const Geometry& g) {
  return static_cast<size_t>(g.filterHeight) * static_cast<size_t>(g.filterWidth) * static_cast<size_t>(g.inputs) *
         static_cast<size_t>(g.outputs);
}

void ConvolveCall(const Info& info) {
  Arguments args(info);
  const Geometry g = geometryOf(args, 0);
  const float* x = args.floats(1, "x", g.in().size());
  const bool rectify = args.flag(2, "relu");
  const float* filter = args.floats(3, "filter", filterSize(g));
  const float* bias = args.floatsOrNull(4, "bias", static_cast<size_t>(g.outputs));
  float* y = args.floats(5, "y", g.out().size());
  if (args.failed()) return;
  Timed timed;
  convolve(g, x, rectify, filter, bias, y);
}

void ConvolutionInputGradientCall(const Info& info) {
  Arguments args(info);
  const Geometry g = geometryOf(args, 0);
  const float* dy = args.floats(1, "dy", g.out().size());
  const float* filter = args.floats(2, "filter", filterSize(g));
  float* dx = args.floats(3, "dx", g.in().size());
  if (args.failed()) return;
  Timed timed;
  convolutionInputGradient(g, dy, filter, dx);
}

void ConvolutionFilterGradientCall(const Info& info) {
  Arguments args(info);
  const Geometry g = geometryOf(args, 0);
  const float* x = args.floats(1, "x", g.in().size());
  const float* dy = args.floats(2, "dy", g.out().size());
  float* gradient = args.floats(3, "filter gradient", filterSize(g));
  if (args.failed()) return;
  Timed timed;
  convolutionFilterGradient(g, x, dy, gradient);
}

void BlockForwardCall(const Info& info) {
  Arguments args(info);
  BlockForward call{};
  call.geometry = geometryOf(args, 0);
  const size_t channels = static_cast<size_t>(call.geometry.outputs);
  call.relu = args.flag(1, "relu");
  call.x = args.floats(2, "x", call.geometry.in().size());
  call.filter = args.floats(3, "filter", filterSize(call.geometry));
  call.bias = args.floatsOrNull(4, "bias", channels);
  call.scale = args.floatsOrNull(5, "scale", channels);
  call.shift = args.floatsOrNull(6, "shift", channels);
  call.convolved = args.floats(7, "convolved", call.geometry.out().size());
  call.statistics = args.floats(8, "statistics", 2 * channels);
  call.y = args.floats(9, "y", call.geometry.out().size());
  call.mean = args.floats(10, "mean", channels);
  call.variance = args.floats(11, "variance", channels);
  if (args.failed()) return;
  Timed timed;
  blockForward(call);
}

void BlockNormGradientCall(const Info& info) {
  Arguments args(info);
  BlockNormGradient call{};
  call.geometry = geometryOf(args, 0);
  const size_t channels = static_cast<size_t>(call.geometry.outputs);
  call.scale = args.floatsOrNull(1, "scale", channels);
  call.dy = args.floats(2, "dy", call.geometry.out().size());
  call.convolved = args.floats(3, "convolved", call.geometry.out().size());
  call.statistics = args.floats(4, "statistics", 2 * channels);
  call.dScale = args.floatsOrNull(5, "scale gradient", channels);
  call.dShift = args.floatsOrNull(6, "shift gradient", channels);
  if (args.failed()) return;
  Timed timed;
  blockNormGradient(call);
}

void BlockInputGradientCall(const Info& info) {
  Arguments args(info);
  const Geometry g = geometryOf(args, 0);
  const bool rectified = args.flag(1, "relu");
  const float* x = args.floats(2, "x", g.in().size());
  const float* filter = args.floats(3, "filter", filterSize(g));
  const float* gradient = args.floats(4, "gradient", g.out().size());
  float* dx = args.floats(5, "dx", g.in().size());
  if (args.failed()) return;
  Timed timed;
  blockInputGradient(g, x, rectified, filter, gradient, dx);
}

void BlockFilterGradientCall(const Info& info) {
  Arguments args(info);
  const Geometry g = geometryOf(args, 0);
  const bool rectified = args.flag(1, "relu");
  const float* x = args.floats(2, "x", g.in().size());
  const float* gradient = args.floats(3, "gradient", g.out().size());
  float* filterGradient = args.floats(4, "filter gradient", filterSize(g));
  if (args.failed()) return;
  Timed timed;
  blockFilterGradient(g, x, rectified, gradient, filterGradient);
}

// --- everything else ---

void BatchNormCall(const Info& info) {
  Arguments args(info);
  const Shape shape = args.shape(0);
  const size_t channels = static_cast<size_t>(shape.channels);
  const float* x = args.floats(1, "x", shape.size());
  const float* scale = args.floatsOrNull(2, "scale", channels);
  const float* shift = args.floatsOrNull(3, "shift", channels);
  float* y = args.floats(4, "y", shape.size());
  float* mean = args.floats(5, "mean", channels);
  float* variance = args.floats(6, "variance", channels);
  if (args.failed()) return;
  Timed timed;
  batchNorm(shape, x, scale, shift, y, mean, variance);
}

void BatchNormGradientCall(const Info& info) {
  Arguments args(info);
  const Shape shape = args.shape(0);
  const size_t channels = static_cast<size_t>(shape.channels);
  const float* x = args.floats(1, "x", shape.size());
  const float* mean = args.floats(2, "mean", channels);
  const float* variance = args.floats(3, "variance", channels);
  const float* scale = args.floatsOrNull(4, "scale", channels);
  const float* dy = args.floats(5, "dy", shape.size());
  float* dx = args.floats(6, "dx", shape.size());
  float* dScale = args.floatsOrNull(7, "scale gradient", channels);
  float* dShift = args.floatsOrNull(8, "shift gradient", channels);
  if (args.failed()) return;
  Timed timed;
  batchNormGradient(shape, x, mean, variance, scale, dy, dx, dScale, dShift);
}

template <class Pointer>
std::vector<Pointer> pointers(Arguments& args, size_t index, const char* name, size_t count, size_t size) {
  const Napi::Array list = args.list(index, name, count);
  std::vector<Pointer> result(count);
  for (size_t i = 0; i < count && !args.failed(); i++)
    result[i] = args.floatsOf(list[static_cast<uint32_t>(i)], name, size);
  return result;
}

size_t lengthOf(const Info& info, size_t index) {
  return info[index].IsArray() ? info[index].As<Napi::Array>().Length()
         : info[index].IsTypedArray() ? info[index].As<Napi::TypedArray>().ElementLength()
                                      : 0;
}

void WeightedSumCall(const Info& info) {
  Arguments args(info);
  const size_t count = lengthOf(info, 0), size = lengthOf(info, 2);
  const std::vector<const float*> x = pointers<const float*>(args, 0, "tensor", count, size);
  const float* weights = args.floats(1, "weights", count);
  float* y = args.floats(2, "y", size);
  if (args.failed()) return;
  Timed timed;
  weightedSum(x, weights, size, y);
}

void WeightedSumGradientCall(const Info& info) {
  Arguments args(info);
  const size_t count = lengthOf(info, 0), size = lengthOf(info, 2);
  const std::vector<const float*> x = pointers<const float*>(args, 0, "tensor", count, size);
  const float* weights = args.floats(1, "weights", count);
  const float* dy = args.floats(2, "dy", size);
  const std::vector<float*> dx = pointers<float*>(args, 3, "gradient", count, size);
  float* dWeights = args.floats(4, "weight gradients", count);
  if (args.failed()) return;
  Timed timed;
  weightedSumGradient(x, weights, dy, size, dx, dWeights);
}

using Pool = void (*)(const Shape&, const float*, float*);

// Pools and their gradients: shape of the larger side, input, output; `shrink` = values of the one per value of the other.
template <Pool pool, bool gradient>
void PoolCall(const Info& info) {
  Arguments args(info);
  const Shape shape = args.shape(0);
  size_t small = shape.size();
  if (pool == Pool(averagePool2x2) || pool == Pool(averagePool2x2Gradient)) {
    if (!args.failed() && (shape.height % 2 || shape.width % 2)) args.fail("height and width must be even");
    small /= 4;
  }
  if (pool == Pool(globalAveragePool) || pool == Pool(globalAveragePoolGradient))
    small = static_cast<size_t>(shape.images) * static_cast<size_t>(shape.channels);
  const float* from = args.floats(1, "input", gradient ? small : shape.size());
  float* to = args.floats(2, "output", gradient ? shape.size() : small);
  if (args.failed()) return;
  Timed timed;
  pool(shape, from, to);
}

void MatrixProductCall(const Info& info) {
  Arguments args(info);
  const int m = args.integer(3, "m"), k = args.integer(4, "k"), n = args.integer(5, "n");
  const bool transposeA = args.flag(6, "transposeA"), transposeB = args.flag(7, "transposeB");
  if (!args.failed() && (m < 1 || k < 1 || n < 1)) args.fail("m, k and n must be positive");
  const float* a = args.floats(0, "a", static_cast<size_t>(m) * static_cast<size_t>(k));
  const float* b = args.floats(1, "b", static_cast<size_t>(k) * static_cast<size_t>(n));
  float* y = args.floats(2, "y", static_cast<size_t>(m) * static_cast<size_t>(n));
  if (args.failed()) return;
  Timed timed;
  matrixProduct(a, b, y, m, k, n, transposeA, transposeB);
}

void ReluCall(const Info& info) {
  Arguments args(info);
  const size_t size = lengthOf(info, 1);
  const float* x = args.floats(0, "x", size);
  float* y = args.floats(1, "y", size);
  if (args.failed()) return;
  Timed timed;
  relu(x, y, size);
}

void ReluGradientCall(const Info& info) {
  Arguments args(info);
  const size_t size = lengthOf(info, 2);
  const float* x = args.floats(0, "x", size);
  const float* dy = args.floats(1, "dy", size);
  float* dx = args.floats(2, "dx", size);
  if (args.failed()) return;
  Timed timed;
  reluGradient(x, dy, dx, size);
}

void BinaryCall(const Info& info) {
  Arguments args(info);
  const int operation = args.integer(0, "operation");
  if (operation < 0 || operation > 2) args.fail("operation must be 0, 1 or 2, saw " + std::to_string(operation));
  const size_t size = lengthOf(info, 3);
  const float* a = args.floats(1, "a", size);
  const float* b = args.floats(2, "b", size);
  float* y = args.floats(3, "y", size);
  if (args.failed()) return;
  Timed timed;
  binary(static_cast<Binary>(operation), a, b, y, size);
}

Napi::Value SumCall(const Info& info) {
  Arguments args(info);
  const size_t size = lengthOf(info, 0);
  const float* x = args.floats(0, "x", size);
  if (args.failed()) return info.Env().Undefined();
  Timed timed;
  return Napi::Number::New(info.Env(), sum(x, size));
}

using Loss = double (*)(const float*, const float*, int, int, float*);

template <Loss loss>
Napi::Value LossCall(const Info& info) {
  Arguments args(info);
  const int rows = args.integer(2, "rows"), classes = args.integer(3, "classes");
  if (!args.failed() && (rows < 1 || classes < 1)) args.fail("rows and classes must be positive");
  const size_t size = static_cast<size_t>(rows) * static_cast<size_t>(classes);
  const float* logits = args.floats(0, "logits", size);
  const float* targets = args.floats(1, "targets", size);
  float* gradient = args.floatsOrNull(4, "gradient", size);
  if (args.failed()) return info.Env().Undefined();
  Timed timed;
  return Napi::Number::New(info.Env(), loss(logits, targets, rows, classes, gradient));
}

void MovingAverageCall(const Info& info) {
  Arguments args(info);
  const size_t size = lengthOf(info, 0);
  float* average = args.floats(0, "average", size);
  const float* value = args.floats(1, "value", size);
  const float decay = static_cast<float>(args.number(2, "decay"));
  if (args.failed()) return;
  Timed timed;
  movingAverage(average, value, size, decay);
}

Napi::Value SgdCall(const Info& info) {
  Arguments args(info);
  const size_t count = lengthOf(info, 0);
  const Napi::Array parameters = args.list(0, "parameters", count);
  const Napi::Array momenta = args.list(1, "momenta", count);
  const Napi::Array gradients = args.list(2, "gradients", count);
  std::vector<SgdParameter> all(count);
  for (uint32_t i = 0; i < count && !args.failed(); i++) {
    const Napi::Value parameter = parameters[i];
    const size_t size = parameter.IsTypedArray() ? parameter.As<Napi::TypedArray>().ElementLength() : 0;
    all[i] = {args.floatsOf(parameter, "parameter", size), args.floatsOf(momenta[i], "momentum", size),
              args.floatsOrNullOf(gradients[i], "gradient", size), size};
  }
  const float rate = static_cast<float>(args.number(3, "learning rate"));
  const float momentum = static_cast<float>(args.number(4, "momentum rate"));
  const float decay = static_cast<float>(args.number(5, "weight decay"));
  const float clip = static_cast<float>(args.number(6, "clip norm"));
  if (args.failed()) return info.Env().Undefined();
  Timed timed;
  return Napi::Number::New(info.Env(), sgd(all, rate, momentum, decay, clip));
}

// A call that throws in JavaScript what V8 throws for want of memory, instead of ending the process.
template <class Result>
auto guarded(Result (*call)(const Info&)) {
  return [call](const Info& info) -> Result {
    try {
      return call(info);
    } catch (const std::bad_alloc&) {
      Napi::RangeError::New(info.Env(), "Array buffer allocation failed").ThrowAsJavaScriptException();
      if constexpr (!std::is_void_v<Result>) return info.Env().Undefined();
    }
  };
}

Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
  auto add = [&](const char* name, auto function) { exports.Set(name, Napi::Function::New(env, guarded(function), name)); };
  add("threads", GetThreads);
  add("setThreads", SetThreads);
  add("instructionSets", InstructionSets);
  add("instructionSet", GetInstructionSet);
  add("setInstructionSet", SetInstructionSet);
  add("statistics", Statistics);
  add("lineOffset", LineOffset);
  add("measurePeak", MeasurePeakCall);
  add("measureConvolution", MeasureConvolutionCall);
  add("cellLayout", CellLayout);
  add("cellSlots", CellSlots);
  add("cellForward", CellForwardCall);
  add("cellBackward", CellBackwardCall);
  add("convolve", ConvolveCall);
  add("convolutionInputGradient", ConvolutionInputGradientCall);
  add("convolutionFilterGradient", ConvolutionFilterGradientCall);
  add("blockForward", BlockForwardCall);
  add("blockNormGradient", BlockNormGradientCall);
  add("blockInputGradient", BlockInputGradientCall);
  add("blockFilterGradient", BlockFilterGradientCall);
  add("batchNorm", BatchNormCall);
  add("batchNormGradient", BatchNormGradientCall);
  add("weightedSum", WeightedSumCall);
  add("weightedSumGradient", WeightedSumGradientCall);
  add("averagePool3x3", PoolCall<averagePool3x3, false>);
  add("averagePool3x3Gradient", PoolCall<averagePool3x3Gradient, true>);
  add("averagePool2x2", PoolCall<averagePool2x2, false>);
  add("averagePool2x2Gradient", PoolCall<averagePool2x2Gradient, true>);
  add("globalAveragePool", PoolCall<globalAveragePool, false>);
  add("globalAveragePoolGradient", PoolCall<globalAveragePoolGradient, true>);
  add("matrixProduct", MatrixProductCall);
  add("relu", ReluCall);
  add("reluGradient", ReluGradientCall);
  add("binary", BinaryCall);
  add("sum", SumCall);
  add("softmaxCrossEntropy", LossCall<softmaxCrossEntropy>);
  add("sigmoidCrossEntropy", LossCall<sigmoidCrossEntropy>);
  add("movingAverage", MovingAverageCall);
  add("sgd", SgdCall);
  addNetworkCalls(env, exports);
  return exports;
}

}  // namespace

}  // namespace medforge

static Napi::Object InitialiseAddon(Napi::Env env, Napi::Object exports) { return medforge::Initialise(env, exports); }

NODE_API_MODULE(medforge_native, InitialiseAddon)
