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

// Mean of the source around one place; `center` points at the place itself.
MEDFORGE_INLINE Vector pooled(const float* center, const Row& row, Window rows, Window columns, int w, int lanes) {
  Vector sum = zero();
  for (int r = rows.begin; r < rows.end; r++)
    for (int c = columns.begin; c < columns.end; c++)
      sum = add(sum, loadLanes(center + ((r - row.h) * row.width + (c - w)) * row.place, lanes));
  return mul(sum, broadcast(1.0f / static_cast<float>((rows.end - rows.begin) * (columns.end - columns.begin))));
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

template <int Vectors>
MEDFORGE_INLINE void nodeRun(const Node& plan, size_t at, ptrdiff_t i, int lanes, const Row& row, Window rows,
                             Window columns, int w) {
  Vector value[Vectors];
  MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++)
    value[k] = plan.offset ? loadLanes(plan.offset + i + k * kLanes, lanes) : zero();
  for (int t = 0; t < plan.terms; t++) {
    const Term& term = plan.term[t];
    const float* source = term.source + at + i;
    if (term.kind == Term::kPattern) {
      MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++)
        value[k] = fma(loadLanes(term.pattern + i + k * kLanes, lanes), loadLanes(source + k * kLanes, lanes), value[k]);
    } else if (term.kind == Term::kScaled) {
      const Vector weight = broadcast(term.weight);
      MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++)
        value[k] = fma(weight, loadLanes(source + k * kLanes, lanes), value[k]);
    } else {
      const Vector weight = broadcast(term.weight);
      for (int k = 0; k < Vectors; k++)
        value[k] = fma(weight, pooled(source + k * kLanes, row, rows, columns, w, lanes), value[k]);
    }
  }
  MEDFORGE_UNROLL for (int k = 0; k < Vectors; k++) {
    if (plan.value) storeLanes(plan.value + at + i + k * kLanes, value[k], lanes);
    if (plan.rectified) storeLanes(plan.rectified + at + i + k * kLanes, relu(value[k]), lanes);
  }
}

static void node(const Node& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  const Window rows = windowOf(row.h, plan.shape.height);
  for (int w = 0; w < row.width; w++) {
    const Window columns = windowOf(w, row.width);
    const size_t at = row.offset + static_cast<size_t>(w) * row.place;
    ptrdiff_t i = 0;
    for (; i + kRunOfVectors * kLanes <= row.place; i += kRunOfVectors * kLanes)
      nodeRun<kRunOfVectors>(plan, at, i, kLanes, row, rows, columns, w);
    for (; i < row.place; i += kLanes)
      nodeRun<1>(plan, at, i, row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes, row, rows, columns, w);
  }
  if (plan.nhwc) toNhwc(plan.shape, row, plan.value + row.offset, nullptr, nullptr, plan.nhwc);
}

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
  const Shape& shape = plan.shape;
  const Row row = rowOf(shape, task);
  const int channels = shape.channels;
  float* sums = plan.sums + static_cast<size_t>(task) * (1 + plan.terms) * channels;
  for (int c = 0; c < (1 + plan.terms) * channels; c++) sums[c] = 0;
  for (int t = -1; t < plan.terms; t++) {
    const Term* term = t < 0 ? nullptr : plan.term + t;
    float* to = sums + (1 + t) * channels;
    ptrdiff_t i = 0;
    for (; i + kRunOfVectors * kLanes <= row.place; i += kRunOfVectors * kLanes)
      sumRun<kRunOfVectors>(plan.gradient, term, row, i, kLanes, channels, to);
    for (; i < row.place; i += kLanes)
      sumRun<1>(plan.gradient, term, row, i, row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes, channels,
                to);
  }
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
  constexpr int kVectors = 4;
  const Row row = rowOf(plan.shape, task);
  for (int o = 0; o < plan.outputs; o++) {
    const NormGradientOutput& output = plan.output[o];
    ptrdiff_t i = 0;
    for (; i + kVectors * kLanes <= row.place; i += kVectors * kLanes)
      normRun<kVectors>(plan.gradient, output, row, i, kLanes);
    for (; i < row.place; i += kLanes)
      normRun<1>(plan.gradient, output, row, i, row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes);
  }
}

static void sourceGradient(const SourceGradient& plan, int task) {
  const Shape& shape = plan.shape;
  const Row row = rowOf(shape, task);
  const Window rows = windowOf(row.h, shape.height);
  for (int w = 0; w < row.width; w++) {
    const Window columns = windowOf(w, row.width);
    const size_t at = row.offset + static_cast<size_t>(w) * row.place;
    for (ptrdiff_t i = 0; i < row.place; i += kLanes) {
      const int lanes = row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes;
      Vector value = zero();
      if (plan.convolved) {
        value = loadLanes(plan.convolved + at + i, lanes);
        if (plan.rectified) value = whenPositive(loadLanes(plan.rectified + at + i, lanes), value);
      }
      for (int t = 0; t < plan.terms; t++) {
        const Term& term = plan.term[t];
        const float* source = term.source + at + i;
        if (term.kind == Term::kScaled) {
          value = fma(broadcast(term.weight), loadLanes(source, lanes), value);
          continue;
        }
        Vector sum = zero();  // each place around gives its share of what its own window holds
        for (int r = rows.begin; r < rows.end; r++)
          for (int c = columns.begin; c < columns.end; c++) {
            const float share = 1.0f / static_cast<float>(inside(r, shape.height) * inside(c, row.width));
            sum = fma(broadcast(share), loadLanes(source + ((r - row.h) * row.width + (c - w)) * row.place, lanes), sum);
          }
        value = fma(broadcast(term.weight), sum, value);
      }
      storeLanes(plan.value + at + i, value, lanes);
    }
  }
  if (plan.nhwc) toNhwc(shape, row, plan.value + row.offset, nullptr, nullptr, plan.nhwc);
}

}  // namespace MEDFORGE_TARGET
