#include "measure.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "convolution-set.h"
#include "dispatch.h"
#include "scratch.h"
#include "thread-pool.h"

namespace medforge {

namespace {

template <class Function>
double bestSeconds(int repetitions, const Function& f) {
  double best = 1e9;
  for (int i = 0; i <= repetitions; i++) {  // the first warms up
    const auto start = std::chrono::steady_clock::now();
    f();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (i > 0) best = std::min(best, seconds);
  }
  return best;
}

float* noise(Scratch& scratch, size_t count) {
  float* values = scratch.floats(count);
  uint32_t state = 1;
  for (size_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    values[i] = static_cast<float>(state >> 8) / 16777216.0f - 0.5f;
  }
  return values;
}

double rowPairs(const Axis& axis, int size) {
  double count = 0;
  for (int o = 0; o < size; o++)
    for (int tap = 0; tap < axis.taps; tap++) {
      const int source = o + tap - axis.pad;
      if (source >= 0 && source < axis.sources) count++;
    }
  return count;
}

}  // namespace

Measured measureConvolution(ConvolutionPass pass, const Shape& shape, int taps, int edges, int repetitions) {
  Scratch scratch;
  const size_t channels = static_cast<size_t>(shape.channels), filterSize = static_cast<size_t>(taps * taps) * channels * channels;
  const Axis vertical{taps, 1, taps / 2, 1, shape.height}, horizontal{taps, 1, taps / 2, 1, shape.width};
  const size_t count = static_cast<size_t>(edges);
  float* node = noise(scratch, shape.size());
  std::vector<float*> y(count), gradients(count);
  std::vector<const float*> filters(count), readY(count);
  for (size_t e = 0; e < count; e++) {
    readY[e] = y[e] = noise(scratch, shape.size());
    filters[e] = noise(scratch, filterSize);
    gradients[e] = scratch.floats(filterSize);
  }
  const auto runAlone = [&](const auto& plan) {
    const Scratch::Mark mark(scratch);
    ConvolutionSet set(scratch);
    set.add(plan);
    set.run();
  };
  Measured result{};
  const double rows = 2.0 * edges * shape.images * rowPairs(vertical, shape.height) * static_cast<double>(channels * channels);
  result.operations = rows * productsOfRow(vertical, horizontal, shape.channels, shape.width);
  result.direct = rows * rowPairs(horizontal, shape.width);
  if (pass == ConvolutionPass::kForward) {
    const ConvolutionInput input{node, shape.channels, vertical, horizontal, filters.data()};
    const Convolution plan{shape, edges, y.data(), 1, &input, nullptr};
    result.seconds = bestSeconds(repetitions, [&] { runAlone(plan); });
  } else if (pass == ConvolutionPass::kInputGradient) {
    std::vector<ConvolutionInput> inputs;
    for (size_t e = 0; e < count; e++) inputs.push_back({y[e], shape.channels, vertical, horizontal, &filters[e], false, true});
    const Convolution plan{shape, 1, &node, edges, inputs.data(), nullptr};
    result.seconds = bestSeconds(repetitions, [&] { runAlone(plan); });
  } else {
    const FilterGradient plan{shape, edges, readY.data(), gradients.data(), node, shape.channels, vertical, horizontal};
    result.seconds = bestSeconds(repetitions, [&] { runAlone(plan); });
  }
  return result;
}

double measurePeak(int repetitions) {
  constexpr long kRounds = 500000;
  std::vector<double> operations(static_cast<size_t>(threads()));
  const double seconds = bestSeconds(repetitions, [&] {
    parallelFor(static_cast<int>(operations.size()),
                [&](int i) { operations[static_cast<size_t>(i)] = kernels().multiplyAdds(kRounds); });
  });
  double total = 0;
  for (double done : operations) total += done;
  return total / seconds;
}

}  // namespace medforge
