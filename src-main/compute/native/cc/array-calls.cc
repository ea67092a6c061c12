#include "array-calls.h"

#include <string.h>

#include <algorithm>
#include <cmath>

#include "dispatch.h"
#include "norm.h"
#include "scratch.h"
#include "thread-pool.h"

namespace medforge {

namespace {

// Arrays are cut into pieces of this length, whatever the number of threads.
constexpr size_t kPiece = 16384;

int pieces(size_t n) { return static_cast<int>((n + kPiece - 1) / kPiece); }

template <class Function>
void eachPiece(size_t n, const Function& f) {
  parallelFor(pieces(n), [&](int piece) {
    const size_t begin = static_cast<size_t>(piece) * kPiece;
    f(begin, std::min(kPiece, n - begin), piece);
  });
}

Shape asNhwc(Shape shape) {
  shape.group = 1;
  return shape;
}

}  // namespace

void batchNorm(const Shape& of, const float* x, const float* scale, const float* shift, float* y, float* mean,
               float* variance) {
  Scratch scratch;
  const Shape shape = asNhwc(of);
  const size_t channels = static_cast<size_t>(shape.channels);
  float* moments = scratch.floats(static_cast<size_t>(shape.rows()) * 2 * channels);
  const RowMoments momentsPlan{shape, x, moments};
  parallel(kernels().rowMoments, momentsPlan, shape.rows());
  mergeMoments(shape, moments, mean, variance);
  float* factor = scratch.floats(channels);
  float* offset = scratch.floats(channels);
  for (size_t c = 0; c < channels; c++) {
    factor[c] = (scale ? scale[c] : 1.0f) * reciprocalDeviation(variance[c]);
    offset[c] = static_cast<float>((shift ? static_cast<double>(shift[c]) : 0.0) -
                                   static_cast<double>(factor[c]) * static_cast<double>(mean[c]));
  }
  const Unblock plan{shape, x, factor, offset, y};
  parallel(kernels().unblock, plan, shape.rows());
}

void batchNormGradient(const Shape& of, const float* x, const float* mean, const float* variance, const float* scale,
                       const float* dy, float* dx, float* dScale, float* dShift) {
  Scratch scratch;
  const Shape shape = asNhwc(of);
  const int channels = shape.channels;
  float* deviation = scratch.floats(static_cast<size_t>(channels));
  for (int c = 0; c < channels; c++) deviation[c] = reciprocalDeviation(variance[c]);
  const Term term{Term::kPattern, x, 0, mean};
  float* rowSums = scratch.floats(static_cast<size_t>(shape.rows()) * 2 * static_cast<size_t>(channels));
  const NodeSums sumsPlan{shape, dy, 1, &term, rowSums};
  parallel(kernels().nodeSums, sumsPlan, shape.rows());
  double* sums = scratch.doubles(static_cast<size_t>(2 * channels));
  sumRows(rowSums, shape.rows(), 2 * channels, sums);
  const double* products = sums + channels;
  for (int c = 0; c < channels; c++) {
    if (dShift) dShift[c] = static_cast<float>(sums[c]);
    if (dScale) dScale[c] = static_cast<float>(products[c] * static_cast<double>(deviation[c]));
  }
  const NormGradientOutput output = normGradientOf(scratch, shape, x, dx, mean, deviation, sums, products,
                                                   [&](int c) { return scale ? scale[c] : 1.0f; });
  const NormGradient plan{shape, dy, 1, &output};
  parallel(kernels().normGradient, plan, shape.rows());
}

void weightedSum(const std::vector<const float*>& x, const float* weights, size_t n, float* y) {
  eachPiece(n, [&](size_t begin, size_t count, int) {
    for (size_t i = 0; i < x.size(); i++) kernels().scaleAdd(weights[i], x[i] + begin, y + begin, count, i == 0);
  });
}

void weightedSumGradient(const std::vector<const float*>& x, const float* weights, const float* dy, size_t n,
                         const std::vector<float*>& dx, float* dWeights) {
  Scratch scratch;
  double* dots = scratch.doubles(static_cast<size_t>(pieces(n)) * x.size());
  eachPiece(n, [&](size_t begin, size_t count, int piece) {
    for (size_t i = 0; i < x.size(); i++) {
      dots[static_cast<size_t>(piece) * x.size() + i] = kernels().dot(dy + begin, x[i] + begin, count);
      kernels().scaleAdd(weights[i], dy + begin, dx[i] + begin, count, true);
    }
  });
  for (size_t i = 0; i < x.size(); i++) {
    double total = 0;
    for (int piece = 0; piece < pieces(n); piece++) total += dots[static_cast<size_t>(piece) * x.size() + i];
    dWeights[i] = static_cast<float>(total);
  }
}

void averagePool3x3(const Shape& of, const float* x, float* y) {
  const Pool plan{asNhwc(of), x, y};
  parallel(kernels().pool, plan, plan.shape.rows());
}

void averagePool3x3Gradient(const Shape& of, const float* dy, float* dx) {
  const Pool plan{asNhwc(of), dy, dx};
  parallel(kernels().poolGradient, plan, plan.shape.rows());
}

void averagePool2x2(const Shape& shape, const float* x, float* y) {
  const int height = shape.height / 2, width = shape.width / 2, channels = shape.channels;
  parallelFor(shape.images * height, [&](int row) {
    const float* upper = x + static_cast<size_t>(row) * 2 * static_cast<size_t>(shape.width * channels);
    const float* lower = upper + static_cast<size_t>(shape.width * channels);
    float* to = y + static_cast<size_t>(row) * static_cast<size_t>(width * channels);
    for (int w = 0; w < width; w++)
      for (int c = 0; c < channels; c++) {
        const int left = 2 * w * channels + c, right = left + channels;
        to[w * channels + c] = (upper[left] + upper[right] + lower[left] + lower[right]) * 0.25f;
      }
  });
}

void averagePool2x2Gradient(const Shape& shape, const float* dy, float* dx) {
  const int height = shape.height / 2, width = shape.width / 2, channels = shape.channels;
  parallelFor(shape.images * height, [&](int row) {
    float* upper = dx + static_cast<size_t>(row) * 2 * static_cast<size_t>(shape.width * channels);
    float* lower = upper + static_cast<size_t>(shape.width * channels);
    const float* from = dy + static_cast<size_t>(row) * static_cast<size_t>(width * channels);
    for (int w = 0; w < width; w++)
      for (int c = 0; c < channels; c++) {
        const int left = 2 * w * channels + c, right = left + channels;
        upper[left] = upper[right] = lower[left] = lower[right] = from[w * channels + c] * 0.25f;
      }
  });
}

void globalAveragePool(const Shape& shape, const float* x, float* y) {
  const int places = shape.height * shape.width, channels = shape.channels;
  parallelFor(shape.images, [&](int image) {
    const float* from = x + static_cast<size_t>(image) * static_cast<size_t>(places * channels);
    float* to = y + static_cast<size_t>(image) * static_cast<size_t>(channels);
    memset(to, 0, static_cast<size_t>(channels) * sizeof(float));
    for (int p = 0; p < places; p++)
      for (int c = 0; c < channels; c++) to[c] += from[p * channels + c];
    for (int c = 0; c < channels; c++) to[c] /= static_cast<float>(places);
  });
}

void globalAveragePoolGradient(const Shape& shape, const float* dy, float* dx) {
  const int places = shape.height * shape.width, channels = shape.channels;
  parallelFor(shape.images, [&](int image) {
    const float* from = dy + static_cast<size_t>(image) * static_cast<size_t>(channels);
    float* to = dx + static_cast<size_t>(image) * static_cast<size_t>(places * channels);
    for (int p = 0; p < places; p++)
      for (int c = 0; c < channels; c++) to[p * channels + c] = from[c] / static_cast<float>(places);
  });
}

void matrixProduct(const float* a, const float* b, float* y, int m, int k, int n, bool transposeA, bool transposeB) {
  auto at = [](int row, int column, int columns) {
    return static_cast<size_t>(row) * static_cast<size_t>(columns) + static_cast<size_t>(column);
  };
  parallelFor(m, [&](int i) {
    float* row = y + at(i, 0, n);
    if (transposeB) {
      for (int j = 0; j < n; j++) {
        float total = 0;
        for (int l = 0; l < k; l++) total += a[transposeA ? at(l, i, m) : at(i, l, k)] * b[at(j, l, k)];
        row[j] = total;
      }
      return;
    }
    memset(row, 0, static_cast<size_t>(n) * sizeof(float));
    for (int l = 0; l < k; l++) {
      const float value = a[transposeA ? at(l, i, m) : at(i, l, k)];
      const float* other = b + at(l, 0, n);
      for (int j = 0; j < n; j++) row[j] += value * other[j];
    }
  });
}

void relu(const float* x, float* y, size_t n) {
  eachPiece(n, [&](size_t begin, size_t count, int) { kernels().relu(x + begin, y + begin, count); });
}

void reluGradient(const float* x, const float* dy, float* dx, size_t n) {
  eachPiece(n, [&](size_t begin, size_t count, int) {
    kernels().reluGradient(x + begin, dy + begin, dx + begin, count);
  });
}

void binary(Binary operation, const float* a, const float* b, float* y, size_t n) {
  eachPiece(n, [&](size_t begin, size_t count, int) {
    kernels().binary(static_cast<int>(operation), a + begin, b + begin, y + begin, count);
  });
}

double sum(const float* x, size_t n) {
  Scratch scratch;
  double* sums = scratch.doubles(static_cast<size_t>(pieces(n)));
  eachPiece(n, [&](size_t begin, size_t count, int piece) {
    double total = 0;
    for (size_t i = begin; i < begin + count; i++) total += static_cast<double>(x[i]);
    sums[piece] = total;
  });
  double total = 0;
  for (int piece = 0; piece < pieces(n); piece++) total += sums[piece];
  return total;
}

double softmaxCrossEntropy(const float* logits, const float* targets, int rows, int classes, float* gradient) {
  double loss = 0;
  for (int r = 0; r < rows; r++) {
    const float* z = logits + static_cast<size_t>(r) * static_cast<size_t>(classes);
    const float* t = targets + static_cast<size_t>(r) * static_cast<size_t>(classes);
    double largest = z[0], total = 0, mass = 0;
    for (int k = 1; k < classes; k++) largest = std::max(largest, static_cast<double>(z[k]));
    for (int k = 0; k < classes; k++) {
      total += std::exp(static_cast<double>(z[k]) - largest);
      mass += static_cast<double>(t[k]);
    }
    const double logTotal = largest + std::log(total);
    for (int k = 0; k < classes; k++) {
      if (t[k] != 0.0f) loss -= static_cast<double>(t[k]) * (static_cast<double>(z[k]) - logTotal);
      if (gradient)
        gradient[static_cast<size_t>(r) * static_cast<size_t>(classes) + static_cast<size_t>(k)] =
            static_cast<float>((mass * std::exp(static_cast<double>(z[k]) - logTotal) - static_cast<double>(t[k])) / rows);
    }
  }
  return loss / rows;
}

double sigmoidCrossEntropy(const float* logits, const float* targets, int rows, int classes, float* gradient) {
  const size_t count = static_cast<size_t>(rows) * static_cast<size_t>(classes);
  double loss = 0;
  for (size_t i = 0; i < count; i++) {
    const double z = logits[i], t = targets[i];
    loss += std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::fabs(z)));
    if (gradient) gradient[i] = static_cast<float>((1 / (1 + std::exp(-z)) - t) / static_cast<double>(count));
  }
  return loss / static_cast<double>(count);
}

void movingAverage(float* average, const float* value, size_t n, float decay) {
  const float rest = 1 - decay;
  eachPiece(n, [&](size_t begin, size_t count, int) {
    for (size_t i = begin; i < begin + count; i++) average[i] = decay * average[i] + rest * value[i];
  });
}

double sgd(const std::vector<SgdParameter>& parameters, float rate, float momentum, float decay, float clipNorm) {
  Scratch scratch;
  struct Piece {
    const SgdParameter* of;
    size_t begin, count;
  };
  static thread_local std::vector<Piece> all;
  all.clear();
  for (const SgdParameter& p : parameters)
    for (size_t begin = 0; begin < p.size; begin += kPiece) all.push_back({&p, begin, std::min(kPiece, p.size - begin)});
  const std::vector<Piece>& cut = all;
  double* squares = scratch.doubles(cut.size());
  const int count = static_cast<int>(cut.size());
  parallelFor(count, [&](int i) {
    const Piece& piece = cut[static_cast<size_t>(i)];
    const float* g = piece.of->gradient;
    squares[i] = g ? kernels().dot(g + piece.begin, g + piece.begin, piece.count) : 0;
  });
  double total = 0;
  for (int i = 0; i < count; i++) total += squares[i];
  const double norm = std::sqrt(total);
  const float scale = clipNorm > 0 ? static_cast<float>(std::min(1.0, static_cast<double>(clipNorm) / (norm + 1e-6))) : 1.0f;
  parallelFor(count, [&](int i) {
    const Piece& piece = cut[static_cast<size_t>(i)];
    const float* g = piece.of->gradient;
    kernels().sgd(piece.of->parameter + piece.begin, piece.of->momentum + piece.begin, g ? g + piece.begin : nullptr,
                  piece.count, scale, rate, momentum, decay);
  });
  return norm;
}

}  // namespace medforge
