// Calls that are not convolutions: norm, pools, sums, linear layers, losses, the optimiser. Images are NHWC.
#pragma once

#include <vector>

#include "kernels.h"

namespace medforge {

// y = (x - mean) / deviation * scale + shift with batch statistics; `deviation` (reciprocal) is kept for the gradient.
void batchNorm(const Shape& shape, const float* x, const float* scale, const float* shift, float* y, float* mean,
               float* variance);
void batchNormGradient(const Shape& shape, const float* x, const float* mean, const float* variance, const float* scale,
                       const float* dy, float* dx, float* dScale, float* dShift);

// y = sum of weights[i] * x[i], n values each; and the gradients of both.
void weightedSum(const std::vector<const float*>& x, const float* weights, size_t n, float* y);
void weightedSumGradient(const std::vector<const float*>& x, const float* weights, const float* dy, size_t n,
                         const std::vector<float*>& dx, float* dWeights);

// 3x3 average, stride 1, padding not counted.
void averagePool3x3(const Shape& shape, const float* x, float* y);
void averagePool3x3Gradient(const Shape& shape, const float* dy, float* dx);
// 2x2 average, stride 2; shape is that of x, height and width even.
void averagePool2x2(const Shape& shape, const float* x, float* y);
void averagePool2x2Gradient(const Shape& shape, const float* dy, float* dx);
// Mean over height and width.
void globalAveragePool(const Shape& shape, const float* x, float* y);
void globalAveragePoolGradient(const Shape& shape, const float* dy, float* dx);

// y[m][n] = a[m][k] * b[k][n]; a transposed operand is stored the other way round.
void matrixProduct(const float* a, const float* b, float* y, int m, int k, int n, bool transposeA, bool transposeB);

void relu(const float* x, float* y, size_t n);
void reluGradient(const float* x, const float* dy, float* dx, size_t n);

enum class Binary { kAdd, kSubtract, kMultiply };
void binary(Binary operation, const float* a, const float* b, float* y, size_t n);
double sum(const float* x, size_t n);

// Mean over the rows of -sum targets * log softmax; gradient by the logits, may be null.
double softmaxCrossEntropy(const float* logits, const float* targets, int rows, int classes, float* gradient);
// Mean over all entries of max(z, 0) - z t + log(1 + exp(-|z|)).
double sigmoidCrossEntropy(const float* logits, const float* targets, int rows, int classes, float* gradient);

// average = decay * average + (1 - decay) * value
void movingAverage(float* average, const float* value, size_t n, float decay);

struct SgdParameter {
  float *parameter, *momentum;
  const float* gradient;  // null: zeros
  size_t size;
};
// clipNorm 0: no clipping. Returns the norm of the gradients.
double sgd(const std::vector<SgdParameter>& parameters, float rate, float momentum, float decay, float clipNorm);

}  // namespace medforge
