// Batch statistics and the coefficients made of them.
#pragma once

#include "kernels.h"
#include "scratch.h"

namespace medforge {

constexpr double kBatchNormEpsilon = 1e-5;

// Mean and biased variance of each channel from the moments of the rows, merged in double in the order of the rows.
void mergeMoments(const Shape& shape, const float* moments, float* mean, float* variance);

// sums[k] over the rows of [rows][count] in double, for each k.
void sumRows(const float* rows, int rowCount, int count, double* sums);

float reciprocalDeviation(float variance);

// A pattern of `value(channel)`.
template <class Value>
float* pattern(Scratch& scratch, const Shape& shape, Value value) {
  float* result = scratch.floats(static_cast<size_t>(shape.group) * shape.channels);
  for (int c = 0; c < shape.channels; c++) result[c] = value(c);
  for (int i = shape.channels; i < shape.group * shape.channels; i++) result[i] = result[i - shape.channels];
  return result;
}

// Coefficients of dy = a * g + b * (y - mean) + c, the gradient of y -> weight * (y - mean) / deviation, from
// sums = sum of g, products = sum of g * (y - mean).
template <class Weight>
NormGradientOutput normGradientOf(Scratch& scratch, const Shape& shape, const float* y, float* dy, const float* mean,
                                  const float* deviation, const double* sums, const double* products, Weight weight) {
  const double count = static_cast<double>(shape.pixels());
  auto k = [&](int c) { return static_cast<double>(weight(c)) * deviation[c]; };
  return {y,
          pattern(scratch, shape, [&](int c) { return mean[c]; }),
          pattern(scratch, shape, [&](int c) { return static_cast<float>(k(c)); }),
          pattern(scratch, shape,
                  [&](int c) {
                    return static_cast<float>(-k(c) * deviation[c] * deviation[c] * products[c] / count);
                  }),
          pattern(scratch, shape, [&](int c) { return static_cast<float>(-k(c) * sums[c] / count); }),
          dy};
}

}  // namespace medforge
