// Convolutions as whole calls: NHWC in, NHWC out. Filters are [height][width][input channels][output channels].
#pragma once

#include "kernels.h"

namespace medforge {

struct Geometry {
  int images, height, width, inputs;      // of x
  int outHeight, outWidth, outputs;       // of y
  int filterHeight, filterWidth, stride;
  int padTop, padLeft;
  Shape in() const { return {images, height, width, inputs}; }
  Shape out() const { return {images, outHeight, outWidth, outputs}; }
};

// y = convolution of x (of its ReLU when `relu`), + bias where there is one.
void convolve(const Geometry& geometry, const float* x, bool relu, const float* filter, const float* bias, float* y);
void convolutionInputGradient(const Geometry& geometry, const float* dy, const float* filter, float* dx);
void convolutionFilterGradient(const Geometry& geometry, const float* x, const float* dy, float* dFilter);

// ReLU (when `relu`) -> convolution (+ bias) -> batch norm with batch statistics (* scale + shift).
struct BlockForward {
  Geometry geometry;
  bool relu;
  const float *x, *filter;
  const float *bias, *scale, *shift;  // [outputs] or null
  float* convolved;                   // kept for the gradient: blocked, as large as y
  float* statistics;                  // kept for the gradient: mean without bias, reciprocal deviation
  float *y, *mean, *variance;
};
void blockForward(const BlockForward& call);

// The gradient in three steps: what the convolution gave becomes its own gradient, in place, and from that follow the
// gradients of input and filter.
struct BlockNormGradient {
  Geometry geometry;
  const float *scale, *dy, *statistics;
  float* convolved;
  float *dScale, *dShift;  // null: not wanted
};
void blockNormGradient(const BlockNormGradient& call);
void blockInputGradient(const Geometry& geometry, const float* x, bool relu, const float* filter, const float* dConvolved,
                        float* dx);
void blockFilterGradient(const Geometry& geometry, const float* x, bool relu, const float* dConvolved, float* dFilter);

}  // namespace medforge
