// Kernels that walk through one row of one group of images. Included by kernels.cc once per instruction set.
#pragma once

#include "kernels.h"
#include "simd.h"

namespace MEDFORGE_TARGET {

using namespace medforge;

struct Row {
  int group, h, images, width;
  ptrdiff_t place;  // floats of one place: images * channels
  size_t offset;
};

MEDFORGE_INLINE Row rowOf(const Shape& shape, int task) {
  Row row;
  row.group = task / shape.height;
  row.h = task % shape.height;
  row.images = shape.groupImages(row.group);
  row.width = shape.width;
  row.place = static_cast<ptrdiff_t>(row.images) * shape.channels;
  row.offset = shape.row(row.group, row.h);
  return row;
}

// Rows or columns of a 3-wide window around i that lie inside.
struct Window {
  int begin, end;
};
MEDFORGE_INLINE Window windowOf(int i, int size) { return {most(0, i - 1), least(size, i + 2)}; }
MEDFORGE_INLINE int inside(int i, int size) {
  Window window = windowOf(i, size);
  return window.end - window.begin;
}

static void toNhwc(const Shape& shape, const Row& row, const float* blocked, const float* scale, const float* offset,
                   float* nhwc) {
  for (int i = 0; i < row.images; i++) {
    const int image = row.group * shape.group + i;
    float* to = nhwc + (static_cast<size_t>(image) * shape.height + row.h) * shape.width * shape.channels;
    const float* from = blocked + static_cast<ptrdiff_t>(i) * shape.channels;
    for (int w = 0; w < row.width; w++) {
      for (int c = 0; c < shape.channels; c += kLanes) {
        int lanes = least(kLanes, shape.channels - c);
        Vector value = loadLanes(from + c, lanes);
        if (scale) value = mul(value, loadLanes(scale + c, lanes));
        if (offset) value = add(value, loadLanes(offset + c, lanes));
        storeLanes(to + c, value, lanes);
      }
      to += shape.channels;
      from += row.place;
    }
  }
}

static void block(const Block& plan, int task) {
  const Shape& shape = plan.shape;
  const Row row = rowOf(shape, task);
  for (int i = 0; i < row.images; i++) {
    const int image = row.group * shape.group + i;
    const float* from = plan.x + (static_cast<size_t>(image) * shape.height + row.h) * shape.width * shape.channels;
    size_t to = row.offset + static_cast<size_t>(i) * shape.channels;
    for (int w = 0; w < row.width; w++) {
      for (int c = 0; c < shape.channels; c += kLanes) {
        int lanes = least(kLanes, shape.channels - c);
        Vector value = loadLanes(from + c, lanes);
        if (plan.value) storeLanes(plan.value + to + c, value, lanes);
        if (plan.rectified) storeLanes(plan.rectified + to + c, relu(value), lanes);
      }
      from += shape.channels;
      to += row.place;
    }
  }
}

static void unblock(const Unblock& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  toNhwc(plan.shape, row, plan.x + row.offset, plan.scale, plan.offset, plan.y);
}

static void rowMoments(const RowMoments& plan, int task) {
  const Shape& shape = plan.shape;
  const Row row = rowOf(shape, task);
  for (int c = 0; c < shape.channels; c += kLanes)
    moments(plan.y + row.offset + c, row.width * row.images, shape.channels, least(kLanes, shape.channels - c),
            plan.moments + static_cast<size_t>(task) * 2 * shape.channels + c);
}

// Vectors of a place that are worked on together, so that reads are long and run ahead of the sums that wait for them.
constexpr int kRunOfVectors = 8;

// Calls run(number of vectors as a type, first lane, lanes of a vector) for all of a place.
template <int Value>
struct Count {
  static constexpr int value = Value;
};
template <int Vectors, class Run>
MEDFORGE_INLINE void eachRun(ptrdiff_t place, Run run) {
  ptrdiff_t i = 0;
  for (; i + Vectors * kLanes <= place; i += Vectors * kLanes) run(Count<Vectors>(), i, kLanes);
  for (; i < place; i += kLanes) run(Count<1>(), i, place - i < kLanes ? static_cast<int>(place - i) : kLanes);
}

// values[k] += sum of the terms at `at`.
template <int Vectors>
MEDFORGE_INLINE void addTerms(Vector (&values)[Vectors], int terms, const Term* term, size_t at, ptrdiff_t i, int lanes) {
  for (int t = 0; t < terms; t++, term++) {
    const float* source = term->source + at;
    if (term->kind == Term::kPattern) {
      const float* scale = term->pattern + i;
      MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++)
        values[k] = fma(loadLanes(scale + k * kLanes, lanes), loadLanes(source + k * kLanes, lanes), values[k]);
    } else {
      const Vector weight = broadcast(term->weight);
      MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++)
        values[k] = fma(weight, loadLanes(source + k * kLanes, lanes), values[k]);
    }
  }
}

static void node(const Node& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  for (int w = 0; w < row.width; w++)
    eachRun<kRunOfVectors>(row.place, [&](auto count, ptrdiff_t i, int lanes) {
      constexpr int kVectors = decltype(count)::value;
      const size_t at = row.offset + static_cast<size_t>(w * row.place + i);
      Vector values[kVectors];
      MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++)
        values[k] = plan.offset ? loadLanes(plan.offset + i + k * kLanes, lanes) : zero();
      addTerms<kVectors>(values, plan.terms, plan.term, at, i, lanes);
      MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++) {
        if (plan.value) storeLanes(plan.value + at + k * kLanes, values[k], lanes);
        if (plan.rectified) storeLanes(plan.rectified + at + k * kLanes, relu(values[k]), lanes);
      }
    });
  if (plan.nhwc) toNhwc(plan.shape, row, plan.value + row.offset, nullptr, nullptr, plan.nhwc);
}

// One row of the 3x3 average, or of its transpose: columns are added up over the three rows once and slide along.
// Average: (sum over the window) / (pixels of the window). Transpose: sum over the window of x / (pixels of its window).
template <bool Transpose>
static void poolRow(const Pool& plan, const Row& row) {
  constexpr int kVectors = 4;
  const int height = plan.shape.height;
  const Window rows = windowOf(row.h, height);
  const ptrdiff_t rowStride = static_cast<ptrdiff_t>(row.width) * row.place;
  const Vector share = broadcast(1.0f / static_cast<float>(rows.end - rows.begin));
  eachRun<kVectors>(row.place, [&](auto count, ptrdiff_t i, int lanes) {
    constexpr int kCount = decltype(count)::value;
    const float* x = plan.x + row.offset + i;
    float* y = plan.y + row.offset + i;
    Vector before[kCount], here[kCount], after[kCount];
    auto column = [&](Vector(&sums)[kCount], int w) {
      MEDFORGE_UNROLL for (int k = 0; k < kCount; k++) sums[k] = zero();
      if (w >= row.width) return;
      const float* p = x + w * row.place;
      for (int r = rows.begin; r < rows.end; r++) {
        const Vector weight = broadcast(Transpose ? 1.0f / static_cast<float>(inside(r, height)) : 1.0f);
        MEDFORGE_UNROLL for (int k = 0; k < kCount; k++)
          sums[k] = fma(weight, loadLanes(p + (r - row.h) * rowStride + k * kLanes, lanes), sums[k]);
      }
      if (!Transpose) return;
      const Vector weight = broadcast(1.0f / static_cast<float>(inside(w, row.width)));
      MEDFORGE_UNROLL for (int k = 0; k < kCount; k++) sums[k] = mul(sums[k], weight);
    };
    MEDFORGE_UNROLL for (int k = 0; k < kCount; k++) before[k] = zero();
    column(here, 0);
    for (int w = 0; w < row.width; w++) {
      column(after, w + 1);
      const Vector weight = Transpose ? broadcast(1.0f) : mul(share, broadcast(1.0f / static_cast<float>(inside(w, row.width))));
      MEDFORGE_UNROLL for (int k = 0; k < kCount; k++) {
        storeLanes(y + w * row.place + k * kLanes, mul(weight, add(add(before[k], here[k]), after[k])), lanes);
        before[k] = here[k];
        here[k] = after[k];
      }
    }
  });
}

static void pool(const Pool& plan, int task) { poolRow<false>(plan, rowOf(plan.shape, task)); }
static void poolGradient(const Pool& plan, int task) { poolRow<true>(plan, rowOf(plan.shape, task)); }

// Adds the sums over the columns of a row, for the lanes from i on, to `to` [channels].
template <int Vectors>
MEDFORGE_INLINE void sumRun(const float* gradient, const Term* term, const Row& row, ptrdiff_t i, int lanes, int channels,
                            float* to) {
  const float* g = gradient + row.offset + i;
  Vector sums[Vectors], mean[Vectors];
  MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) {
    sums[k] = zero();
    mean[k] = term && term->kind == Term::kPattern ? loadLanes(term->pattern + i + k * kLanes, lanes) : zero();
  }
  if (!term) {
    for (int w = 0; w < row.width; w++, g += row.place)
      MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) sums[k] = add(sums[k], loadLanes(g + k * kLanes, lanes));
  } else {
    const float* source = term->source + row.offset + i;
    for (int w = 0; w < row.width; w++, g += row.place, source += row.place)
      MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) {
        const Vector value = sub(loadLanes(source + k * kLanes, lanes), mean[k]);
        sums[k] = fma(loadLanes(g + k * kLanes, lanes), value, sums[k]);
      }
  }
  float lane[Vectors * kLanes];
  MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) store(lane + k * kLanes, sums[k]);
  const int count = Vectors == 1 ? lanes : Vectors * kLanes;
  for (int k = 0, c = static_cast<int>(i % channels); k < count; k++) {
    to[c] += lane[k];
    if (++c == channels) c = 0;
  }
}

static void nodeSums(const NodeSums& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  const int channels = plan.shape.channels;
  float* sums = plan.sums + static_cast<size_t>(task) * (1 + plan.terms) * channels;
  for (int c = 0; c < (1 + plan.terms) * channels; c++) sums[c] = 0;
  for (int t = -1; t < plan.terms; t++)
    eachRun<kRunOfVectors>(row.place, [&](auto count, ptrdiff_t i, int lanes) {
      sumRun<decltype(count)::value>(plan.gradient, t < 0 ? nullptr : plan.term + t, row, i, lanes, channels,
                                     sums + (1 + t) * channels);
    });
}

template <int Vectors>
MEDFORGE_INLINE void normRun(const float* gradient, const NormGradientOutput& output, const Row& row, ptrdiff_t i,
                             int lanes) {
  Vector a[Vectors], b[Vectors], c[Vectors], mean[Vectors];
  MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) {
    a[k] = loadLanes(output.a + i + k * kLanes, lanes);
    b[k] = loadLanes(output.b + i + k * kLanes, lanes);
    c[k] = loadLanes(output.c + i + k * kLanes, lanes);
    mean[k] = loadLanes(output.mean + i + k * kLanes, lanes);
  }
  size_t at = row.offset + static_cast<size_t>(i);
  for (int w = 0; w < row.width; w++, at += static_cast<size_t>(row.place))
    MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) {
      const Vector value = fma(a[k], loadLanes(gradient + at + k * kLanes, lanes), c[k]);
      const Vector difference = sub(loadLanes(output.y + at + k * kLanes, lanes), mean[k]);
      storeLanes(output.dy + at + k * kLanes, fma(b[k], difference, value), lanes);
    }
}

static void normGradient(const NormGradient& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  for (int o = 0; o < plan.outputs; o++)
    eachRun<4>(row.place, [&](auto count, ptrdiff_t i, int lanes) {
      normRun<decltype(count)::value>(plan.gradient, plan.output[o], row, i, lanes);
    });
}

MEDFORGE_INLINE Shape halfOf(Shape shape) {
  shape.height /= 2;
  shape.width /= 2;
  return shape;
}

static void sourceGradient(const SourceGradient& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  if (plan.pooled) poolRow<true>({plan.shape, plan.pooled, plan.unpooled}, row);
  const float* halved = plan.halved ? plan.halved + halfOf(plan.shape).row(row.group, row.h >> 1) : nullptr;
  for (int w = 0; w < row.width; w++)
    eachRun<kRunOfVectors>(row.place, [&](auto count, ptrdiff_t i, int lanes) {
      constexpr int kVectors = decltype(count)::value;
      const size_t at = row.offset + static_cast<size_t>(w * row.place + i);
      Vector values[kVectors];
      MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++) {
        values[k] = plan.convolved ? loadLanes(plan.convolved + at + k * kLanes, lanes) : zero();
        if (plan.convolved && plan.rectified) {
          Vector by = loadLanes(plan.rectified + at + k * kLanes, lanes);
          if (plan.read.scale)
            by = fma(loadLanes(plan.read.scale + i + k * kLanes, lanes), by, loadLanes(plan.read.offset + i + k * kLanes, lanes));
          values[k] = whenPositive(by, values[k]);
        }
        if (plan.pooled) values[k] = add(values[k], loadLanes(plan.unpooled + at + k * kLanes, lanes));
        if (halved)
          values[k] = fma(broadcast(0.25f), loadLanes(halved + (w >> 1) * row.place + i + k * kLanes, lanes), values[k]);
      }
      addTerms<kVectors>(values, plan.terms, plan.term, at, i, lanes);
      MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++) storeLanes(plan.value + at + k * kLanes, values[k], lanes);
    });
  if (plan.nhwc) toNhwc(plan.shape, row, plan.value + row.offset, nullptr, nullptr, plan.nhwc);
}

static void sourceGradientSums(const SourceGradientSums& plan, int task) {
  sourceGradient(plan.gradient, task);
  nodeSums(plan.sums, task);
}

static void halve(const Halve& plan, int task) {
  const Row row = rowOf(halfOf(plan.shape), task);
  const ptrdiff_t below = static_cast<ptrdiff_t>(plan.shape.width) * row.place;
  const float* x = plan.x + plan.shape.row(row.group, 2 * row.h);
  for (int w = 0; w < row.width; w++)
    eachRun<4>(row.place, [&](auto count, ptrdiff_t i, int lanes) {
      const float* from = x + 2 * w * row.place + i;
      MEDFORGE_UNROLL for (int k = 0; k < decltype(count)::value; k++) {
        const float* at = from + k * kLanes;
        const Vector upper = add(loadLanes(at, lanes), loadLanes(at + row.place, lanes));
        const Vector lower = add(loadLanes(at + below, lanes), loadLanes(at + below + row.place, lanes));
        Vector value = mul(broadcast(0.25f), add(upper, lower));
        if (plan.scale)
          value = mul(loadLanes(plan.scale + i + k * kLanes, lanes), value);
        if (plan.offset) value = add(loadLanes(plan.offset + i + k * kLanes, lanes), value);
        storeLanes(plan.y + row.offset + static_cast<size_t>(w * row.place + i) + k * kLanes, value, lanes);
      }
    });
}

static void rectifiedMean(const RectifiedMean& plan, int group) {
  const Shape& shape = plan.shape;
  const ptrdiff_t place = static_cast<ptrdiff_t>(shape.groupImages(group)) * shape.channels;
  const int places = shape.height * shape.width;
  const float* x = plan.x + shape.row(group, 0);
  float* to = plan.pooled + static_cast<size_t>(group) * shape.group * shape.channels;
  const Vector share = broadcast(1.0f / static_cast<float>(places));
  eachRun<4>(place, [&](auto count, ptrdiff_t i, int lanes) {
    constexpr int kVectors = decltype(count)::value;
    Vector sums[kVectors], scale[kVectors], offset[kVectors];
    MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++) {
      sums[k] = zero();
      scale[k] = loadLanes(plan.scale + i + k * kLanes, lanes);
      offset[k] = loadLanes(plan.offset + i + k * kLanes, lanes);
    }
    for (int p = 0; p < places; p++)
      MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++)
        sums[k] = add(sums[k], relu(fma(scale[k], loadLanes(x + p * place + i + k * kLanes, lanes), offset[k])));
    MEDFORGE_UNROLL for (int k = 0; k < kVectors; k++) storeLanes(to + i + k * kLanes, mul(share, sums[k]), lanes);
  });
}

static void rectifiedMeanGradient(const RectifiedMeanGradient& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  const float* pooled = plan.pooled + static_cast<size_t>(row.group) * plan.shape.group * plan.shape.channels;
  for (int w = 0; w < row.width; w++)
    eachRun<1>(row.place, [&](auto, ptrdiff_t i, int lanes) {
      const size_t at = row.offset + static_cast<size_t>(w * row.place + i);
      const Vector value = fma(loadLanes(plan.scale + i, lanes), loadLanes(plan.x + at, lanes), loadLanes(plan.offset + i, lanes));
      storeLanes(plan.gradient + at, whenPositive(value, loadLanes(pooled + i, lanes)), lanes);
    });
}

}  // namespace MEDFORGE_TARGET
