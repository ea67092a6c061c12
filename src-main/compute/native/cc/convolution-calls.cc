#include "convolution-calls.h"

#include "convolution-set.h"
#include "dispatch.h"
#include "norm.h"
#include "scratch.h"
#include "thread-pool.h"

namespace medforge {

namespace {

Axis forwardAxis(int taps, int stride, int pad, int sources) { return {taps, stride, pad, 1, sources}; }
// With the filter flipped: the input gradient at o reads dy at (o + tap - (taps - 1 - pad)) / stride.
Axis backwardAxis(int taps, int stride, int pad, int sources) { return {taps, 1, taps - 1 - pad, stride, sources}; }

ConvolutionInput forwardInput(const Geometry& g, const float* x, const float* const* filter) {
  return {x, g.inputs, forwardAxis(g.filterHeight, g.stride, g.padTop, g.height),
          forwardAxis(g.filterWidth, g.stride, g.padLeft, g.width), filter};
}

const float* blocked(Scratch& scratch, const Shape& shape, const float* x, bool relu) {
  float* result = scratch.floats(shape.size());
  const Block plan{shape, x, relu ? nullptr : result, relu ? result : nullptr};
  parallel(kernels().block, plan, shape.rows());
  return result;
}

void unblock(const Shape& shape, const float* x, const float* scale, const float* offset, float* y) {
  const Unblock plan{shape, x, scale, offset, y};
  parallel(kernels().unblock, plan, shape.rows());
}

// Everything blocked.
void inputGradient(Scratch& scratch, const Geometry& g, const float* dy, const float* filter, float* dx) {
  const ConvolutionInput input{dy, g.outputs, backwardAxis(g.filterHeight, g.stride, g.padTop, g.outHeight),
                               backwardAxis(g.filterWidth, g.stride, g.padLeft, g.outWidth), &filter, false, true};
  ConvolutionSet set(scratch);
  set.add(Convolution{g.in(), 1, &dx, 1, &input, nullptr});
  set.run();
}

void filterGradient(Scratch& scratch, const Geometry& g, const float* x, const float* dy, float* dFilter) {
  ConvolutionSet set(scratch);
  set.add(FilterGradient{g.out(), 1, &dy, &dFilter, x, g.inputs,
                         forwardAxis(g.filterHeight, g.stride, g.padTop, g.height),
                         forwardAxis(g.filterWidth, g.stride, g.padLeft, g.width)});
  set.run();
}

}  // namespace

void convolve(const Geometry& g, const float* x, bool relu, const float* filter, const float* bias, float* y) {
  Scratch scratch;
  float* convolved = scratch.floats(g.out().size());
  const ConvolutionInput input = forwardInput(g, blocked(scratch, g.in(), x, relu), &filter);
  ConvolutionSet set(scratch);
  set.add(Convolution{g.out(), 1, &convolved, 1, &input, nullptr});
  set.run();
  unblock(g.out(), convolved, nullptr, bias, y);
}

void convolutionInputGradient(const Geometry& g, const float* dy, const float* filter, float* dx) {
  Scratch scratch;
  float* gradient = scratch.floats(g.in().size());
  inputGradient(scratch, g, blocked(scratch, g.out(), dy, false), filter, gradient);
  unblock(g.in(), gradient, nullptr, nullptr, dx);
}

void convolutionFilterGradient(const Geometry& g, const float* x, const float* dy, float* dFilter) {
  Scratch scratch;
  filterGradient(scratch, g, blocked(scratch, g.in(), x, false), blocked(scratch, g.out(), dy, false), dFilter);
}

void blockForward(const BlockForward& call) {
  Scratch scratch;
  const Geometry& g = call.geometry;
  const Shape shape = g.out();
  const size_t channels = static_cast<size_t>(shape.channels);
  float* convolved = call.convolved;
  float* moments = scratch.floats(static_cast<size_t>(shape.rows()) * 2 * channels);
  const ConvolutionInput input = forwardInput(g, blocked(scratch, g.in(), call.x, call.relu), &call.filter);
  ConvolutionSet set(scratch);
  set.add(Convolution{shape, 1, &convolved, 1, &input, &moments});
  set.run();
  float* mean = call.statistics;
  float* deviation = mean + channels;
  mergeMoments(shape, moments, mean, call.variance);
  float* scale = scratch.floats(channels);
  float* offset = scratch.floats(channels);
  for (size_t c = 0; c < channels; c++) {
    deviation[c] = reciprocalDeviation(call.variance[c]);
    call.mean[c] = mean[c] + (call.bias ? call.bias[c] : 0.0f);
    scale[c] = (call.scale ? call.scale[c] : 1.0f) * deviation[c];
    // The bias moves values and mean alike and so leaves the result as it is.
    offset[c] = static_cast<float>((call.shift ? static_cast<double>(call.shift[c]) : 0.0) -
                                   static_cast<double>(scale[c]) * static_cast<double>(mean[c]));
  }
  unblock(shape, convolved, scale, offset, call.y);
}

void blockNormGradient(const BlockNormGradient& call) {
  Scratch scratch;
  const Kernels& k = kernels();
  const Shape shape = call.geometry.out();
  const int channels = shape.channels;
  const float* mean = call.statistics;
  const float* deviation = mean + channels;
  const float* gradient = blocked(scratch, shape, call.dy, false);
  const Term term{Term::kPattern, call.convolved, 0, pattern(scratch, shape, [&](int c) { return mean[c]; })};
  float* rowSums = scratch.floats(static_cast<size_t>(shape.rows()) * 2 * static_cast<size_t>(channels));
  const NodeSums sumsPlan{shape, gradient, 1, &term, rowSums};
  parallel(k.nodeSums, sumsPlan, shape.rows());
  double* sums = scratch.doubles(static_cast<size_t>(2 * channels));
  sumRows(rowSums, shape.rows(), 2 * channels, sums);
  const double* products = sums + channels;
  for (int c = 0; c < channels; c++) {
    if (call.dShift) call.dShift[c] = static_cast<float>(sums[c]);
    if (call.dScale) call.dScale[c] = static_cast<float>(products[c] * static_cast<double>(deviation[c]));
  }
  const NormGradientOutput output =
      normGradientOf(scratch, shape, call.convolved, call.convolved, mean, deviation, sums, products,
                     [&](int c) { return call.scale ? call.scale[c] : 1.0f; });
  const NormGradient norm{shape, gradient, 1, &output};
  parallel(k.normGradient, norm, shape.rows());
}

void blockInputGradient(const Geometry& g, const float* x, bool relu, const float* filter, const float* dConvolved,
                        float* dx) {
  Scratch scratch;
  float* gradient = scratch.floats(g.in().size());
  inputGradient(scratch, g, dConvolved, filter, gradient);
  const float* rectified = relu ? blocked(scratch, g.in(), x, true) : nullptr;
  const SourceGradient plan{g.in(), gradient, rectified, nullptr, nullptr, 0, nullptr, gradient, dx};
  parallel(kernels().sourceGradient, plan, g.in().rows());
}

void blockFilterGradient(const Geometry& g, const float* x, bool relu, const float* dConvolved, float* dFilter) {
  Scratch scratch;
  filterGradient(scratch, g, blocked(scratch, g.in(), x, relu), dConvolved, dFilter);
}

}  // namespace medforge
