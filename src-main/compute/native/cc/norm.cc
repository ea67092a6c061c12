#include "norm.h"

#include <cmath>

namespace medforge {

void mergeMoments(const Shape& shape, const float* moments, float* mean, float* variance) {
  const int channels = shape.channels, rows = shape.rows();
  const double total = static_cast<double>(shape.pixels());
  // A block of channels at a time, so that the sums stay in registers.
  constexpr int kBlock = 8;
  for (int c0 = 0; c0 < channels; c0 += kBlock) {
    const int block = channels - c0 < kBlock ? channels - c0 : kBlock;
    double sums[kBlock] = {0}, squares[kBlock] = {0};
    for (int r = 0; r < rows; r++) {
      const double count = static_cast<double>(shape.groupImages(r / shape.height)) * shape.width;
      const float* row = moments + static_cast<size_t>(r) * 2 * channels + c0;
      for (int c = 0; c < block; c++) sums[c] += count * static_cast<double>(row[c]);
    }
    for (int c = 0; c < block; c++) sums[c] /= total;
    for (int r = 0; r < rows; r++) {
      const double count = static_cast<double>(shape.groupImages(r / shape.height)) * shape.width;
      const float* row = moments + static_cast<size_t>(r) * 2 * channels + c0;
      for (int c = 0; c < block; c++) {
        const double difference = static_cast<double>(row[c]) - sums[c];
        squares[c] += static_cast<double>(row[channels + c]) + count * difference * difference;
      }
    }
    for (int c = 0; c < block; c++) {
      mean[c0 + c] = static_cast<float>(sums[c]);
      variance[c0 + c] = static_cast<float>(squares[c] / total);
    }
  }
}

void sumRows(const float* rows, int rowCount, int count, double* sums) {
  for (int k = 0; k < count; k++) sums[k] = 0;
  for (int r = 0; r < rowCount; r++)
    for (int k = 0; k < count; k++) sums[k] += static_cast<double>(rows[static_cast<size_t>(r) * count + k]);
}

float reciprocalDeviation(float variance) {
  return static_cast<float>(1 / std::sqrt(static_cast<double>(variance) + kBatchNormEpsilon));
}

}  // namespace medforge
