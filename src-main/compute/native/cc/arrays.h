// Kernels over plain arrays. Included by kernels.cc once per instruction set. Arrays are cut into chunks of fixed length by
// the caller, so sums do not depend on the number of threads.
#pragma once

#include "kernels.h"
#include "simd.h"

namespace MEDFORGE_TARGET {

static double dot(const float* a, const float* b, size_t n) {
  Vector sums[4] = {zero(), zero(), zero(), zero()};
  size_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes)
    MEDFORGE_UNROLL for (int k = 0; k < 4; k++) sums[k] = fma(load(a + i + k * kLanes), load(b + i + k * kLanes), sums[k]);
  float lane[kLanes];
  store(lane, add(add(sums[0], sums[1]), add(sums[2], sums[3])));
  double result = 0;
  for (int k = 0; k < kLanes; k++) result += static_cast<double>(lane[k]);
  for (; i < n; i++) result += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return result;
}

template <class Operation>
MEDFORGE_INLINE void eachVector(size_t n, Operation operation) {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) operation(i, kLanes);
  if (i < n) operation(i, static_cast<int>(n - i));
}

static void sgd(float* parameter, float* momentum, const float* gradient, size_t n, float scale, float rate,
                float momentumRate, float decay) {
  const Vector s = broadcast(scale), r = broadcast(-rate), m = broadcast(momentumRate), d = broadcast(decay);
  eachVector(n, [=](size_t i, int lanes) {
    const Vector w = loadLanes(parameter + i, lanes);
    Vector step = mul(w, d);
    if (gradient) step = fma(loadLanes(gradient + i, lanes), s, step);
    const Vector velocity = fma(loadLanes(momentum + i, lanes), m, step);
    storeLanes(momentum + i, velocity, lanes);
    storeLanes(parameter + i, fma(r, fma(velocity, m, step), w), lanes);
  });
}

static void binary(int operation, const float* a, const float* b, float* y, size_t n) {
  if (operation == 0)
    eachVector(n, [=](size_t i, int lanes) { storeLanes(y + i, add(loadLanes(a + i, lanes), loadLanes(b + i, lanes)), lanes); });
  else if (operation == 1)
    eachVector(n, [=](size_t i, int lanes) { storeLanes(y + i, sub(loadLanes(a + i, lanes), loadLanes(b + i, lanes)), lanes); });
  else
    eachVector(n, [=](size_t i, int lanes) { storeLanes(y + i, mul(loadLanes(a + i, lanes), loadLanes(b + i, lanes)), lanes); });
}

static void reluArray(const float* x, float* y, size_t n) {
  eachVector(n, [=](size_t i, int lanes) { storeLanes(y + i, relu(loadLanes(x + i, lanes)), lanes); });
}

static void reluGradient(const float* x, const float* dy, float* dx, size_t n) {
  eachVector(n, [=](size_t i, int lanes) {
    storeLanes(dx + i, whenPositive(loadLanes(x + i, lanes), loadLanes(dy + i, lanes)), lanes);
  });
}

static void scaleAdd(float weight, const float* x, float* y, size_t n, bool fresh) {
  const Vector w = broadcast(weight);
  eachVector(n, [=](size_t i, int lanes) {
    storeLanes(y + i, fma(w, loadLanes(x + i, lanes), fresh ? zero() : loadLanes(y + i, lanes)), lanes);
  });
}

static double multiplyAdds(long rounds) {
  constexpr int kChains = kTile * kColumns;
  volatile float seed = 1e-6f;
  Vector sums[kChains];
  // Different starts, or the compiler would see that all chains are one.
  MEDFORGE_UNROLL for (int i = 0; i < kTile; i++)
    MEDFORGE_UNROLL for (int v = 0; v < kColumns; v++)
      sums[i * kColumns + v] = broadcast(seed * static_cast<float>(i * kColumns + v));
  const Vector a = broadcast(seed), b = broadcast(seed);
  for (long r = 0; r < rounds; r++)
    MEDFORGE_UNROLL for (int i = 0; i < kTile; i++)
      MEDFORGE_UNROLL for (int v = 0; v < kColumns; v++) sums[i * kColumns + v] = fma(a, b, sums[i * kColumns + v]);
  Vector total = zero();
  MEDFORGE_UNROLL for (int i = 0; i < kChains; i++) total = add(total, sums[i]);
  float lane[kLanes];
  store(lane, total);
  volatile float sink = lane[0];
  (void)sink;
  return 2.0 * kLanes * kChains * static_cast<double>(rounds);
}

}  // namespace MEDFORGE_TARGET
