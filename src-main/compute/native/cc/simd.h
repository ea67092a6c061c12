// Vectors of floats for the instruction set that this translation unit is compiled for. Every name is static or inside
// MEDFORGE_TARGET, and no function of the C++ library is called from here on: a shared inline function that one target
// compiled could otherwise be the one that the linker keeps for all.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__) || defined(_M_X64)
#include <immintrin.h>
#elif defined(__ARM_NEON) || defined(_M_ARM64)
#include <arm_neon.h>
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#define MEDFORGE_INLINE static __forceinline
#define MEDFORGE_UNROLL
#else
#define MEDFORGE_INLINE static inline __attribute__((always_inline))
#define MEDFORGE_PRAGMA(x) _Pragma(#x)
#if defined(__clang__)
#define MEDFORGE_UNROLL MEDFORGE_PRAGMA(clang loop unroll(full))
#else
#define MEDFORGE_UNROLL MEDFORGE_PRAGMA(GCC unroll 16)
#endif
#endif

namespace MEDFORGE_TARGET {

#if defined(__AVX512F__)

using Vector = __m512;
constexpr int kLanes = 16;
// 24 accumulators, 3 weights and memory operands out of 32 registers.
constexpr int kTile = 8;
constexpr int kColumns = 3;
MEDFORGE_INLINE Vector zero() { return _mm512_setzero_ps(); }
MEDFORGE_INLINE Vector load(const float* p) { return _mm512_loadu_ps(p); }
MEDFORGE_INLINE void store(float* p, Vector v) { _mm512_storeu_ps(p, v); }
MEDFORGE_INLINE Vector broadcast(float x) { return _mm512_set1_ps(x); }
MEDFORGE_INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
MEDFORGE_INLINE Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
MEDFORGE_INLINE Vector sub(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
MEDFORGE_INLINE Vector mul(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
// A NaN stays one.
MEDFORGE_INLINE Vector relu(Vector a) { return _mm512_max_ps(_mm512_setzero_ps(), a); }
// v where by > 0, else 0
MEDFORGE_INLINE Vector whenPositive(Vector by, Vector v) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(by, _mm512_setzero_ps(), _CMP_GT_OQ), v);
}
MEDFORGE_INLINE Vector loadFirst(const float* p, int n) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
}
MEDFORGE_INLINE void storeFirst(float* p, Vector v, int n) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), v);
}

#elif defined(__AVX2__)

using Vector = __m256;
constexpr int kLanes = 8;
constexpr int kTile = 4;
constexpr int kColumns = 3;
MEDFORGE_INLINE Vector zero() { return _mm256_setzero_ps(); }
MEDFORGE_INLINE Vector load(const float* p) { return _mm256_loadu_ps(p); }
MEDFORGE_INLINE void store(float* p, Vector v) { _mm256_storeu_ps(p, v); }
MEDFORGE_INLINE Vector broadcast(float x) { return _mm256_set1_ps(x); }
MEDFORGE_INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
MEDFORGE_INLINE Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
MEDFORGE_INLINE Vector sub(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
MEDFORGE_INLINE Vector mul(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
MEDFORGE_INLINE Vector relu(Vector a) { return _mm256_max_ps(_mm256_setzero_ps(), a); }
MEDFORGE_INLINE Vector whenPositive(Vector by, Vector v) {
  return _mm256_and_ps(_mm256_cmp_ps(by, _mm256_setzero_ps(), _CMP_GT_OQ), v);
}
MEDFORGE_INLINE __m256i firstLanes(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
MEDFORGE_INLINE Vector loadFirst(const float* p, int n) { return _mm256_maskload_ps(p, firstLanes(n)); }
MEDFORGE_INLINE void storeFirst(float* p, Vector v, int n) { _mm256_maskstore_ps(p, firstLanes(n), v); }

#else

constexpr int kLanes = 4;
#if defined(__SSE2__) || defined(_M_X64)
using Vector = __m128;
constexpr int kTile = 4;
constexpr int kColumns = 2;
MEDFORGE_INLINE Vector zero() { return _mm_setzero_ps(); }
MEDFORGE_INLINE Vector load(const float* p) { return _mm_loadu_ps(p); }
MEDFORGE_INLINE void store(float* p, Vector v) { _mm_storeu_ps(p, v); }
MEDFORGE_INLINE Vector broadcast(float x) { return _mm_set1_ps(x); }
MEDFORGE_INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
MEDFORGE_INLINE Vector add(Vector a, Vector b) { return _mm_add_ps(a, b); }
MEDFORGE_INLINE Vector sub(Vector a, Vector b) { return _mm_sub_ps(a, b); }
MEDFORGE_INLINE Vector mul(Vector a, Vector b) { return _mm_mul_ps(a, b); }
MEDFORGE_INLINE Vector relu(Vector a) { return _mm_max_ps(_mm_setzero_ps(), a); }
MEDFORGE_INLINE Vector whenPositive(Vector by, Vector v) { return _mm_and_ps(_mm_cmpgt_ps(by, _mm_setzero_ps()), v); }
#elif defined(__ARM_NEON) || defined(_M_ARM64)
using Vector = float32x4_t;
constexpr int kTile = 8;
constexpr int kColumns = 3;
MEDFORGE_INLINE Vector zero() { return vdupq_n_f32(0); }
MEDFORGE_INLINE Vector load(const float* p) { return vld1q_f32(p); }
MEDFORGE_INLINE void store(float* p, Vector v) { vst1q_f32(p, v); }
MEDFORGE_INLINE Vector broadcast(float x) { return vdupq_n_f32(x); }
MEDFORGE_INLINE Vector fma(Vector a, Vector b, Vector c) { return vfmaq_f32(c, a, b); }
MEDFORGE_INLINE Vector add(Vector a, Vector b) { return vaddq_f32(a, b); }
MEDFORGE_INLINE Vector sub(Vector a, Vector b) { return vsubq_f32(a, b); }
MEDFORGE_INLINE Vector mul(Vector a, Vector b) { return vmulq_f32(a, b); }
MEDFORGE_INLINE Vector relu(Vector a) { return vmaxq_f32(a, vdupq_n_f32(0)); }
MEDFORGE_INLINE Vector whenPositive(Vector by, Vector v) {
  return vreinterpretq_f32_u32(vandq_u32(vcgtq_f32(by, vdupq_n_f32(0)), vreinterpretq_u32_f32(v)));
}
#else
struct Vector {
  float lane[4];
};
constexpr int kTile = 4;
constexpr int kColumns = 2;
MEDFORGE_INLINE Vector zero() { return {{0, 0, 0, 0}}; }
MEDFORGE_INLINE Vector load(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
MEDFORGE_INLINE void store(float* p, Vector v) {
  for (int i = 0; i < 4; i++) p[i] = v.lane[i];
}
MEDFORGE_INLINE Vector broadcast(float x) { return {{x, x, x, x}}; }
#define MEDFORGE_LANEWISE(expression)                       \
  Vector result;                                            \
  for (int i = 0; i < 4; i++) result.lane[i] = (expression); \
  return result
MEDFORGE_INLINE Vector fma(Vector a, Vector b, Vector c) { MEDFORGE_LANEWISE(a.lane[i] * b.lane[i] + c.lane[i]); }
MEDFORGE_INLINE Vector add(Vector a, Vector b) { MEDFORGE_LANEWISE(a.lane[i] + b.lane[i]); }
MEDFORGE_INLINE Vector sub(Vector a, Vector b) { MEDFORGE_LANEWISE(a.lane[i] - b.lane[i]); }
MEDFORGE_INLINE Vector mul(Vector a, Vector b) { MEDFORGE_LANEWISE(a.lane[i] * b.lane[i]); }
MEDFORGE_INLINE Vector relu(Vector a) { MEDFORGE_LANEWISE(a.lane[i] < 0 ? 0 : a.lane[i]); }
MEDFORGE_INLINE Vector whenPositive(Vector by, Vector v) { MEDFORGE_LANEWISE(by.lane[i] > 0 ? v.lane[i] : 0); }
#undef MEDFORGE_LANEWISE
#endif
MEDFORGE_INLINE Vector loadFirst(const float* p, int n) {
  float lanes[kLanes] = {0, 0, 0, 0};
  for (int i = 0; i < n; i++) lanes[i] = p[i];
  return load(lanes);
}
MEDFORGE_INLINE void storeFirst(float* p, Vector v, int n) {
  float lanes[kLanes];
  store(lanes, v);
  for (int i = 0; i < n; i++) p[i] = lanes[i];
}

#endif

// Lanes 0..n-1 of a vector at p; n == kLanes is the quick way.
MEDFORGE_INLINE Vector loadLanes(const float* p, int n) { return n == kLanes ? load(p) : loadFirst(p, n); }
MEDFORGE_INLINE void storeLanes(float* p, Vector v, int n) {
  if (n == kLanes)
    store(p, v);
  else
    storeFirst(p, v, n);
}

MEDFORGE_INLINE int least(int a, int b) { return a < b ? a : b; }
MEDFORGE_INLINE int most(int a, int b) { return a > b ? a : b; }

}  // namespace MEDFORGE_TARGET
