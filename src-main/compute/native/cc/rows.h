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

static void node(const Node& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  const Window rows = windowOf(row.h, plan.shape.height);
  for (int w = 0; w < row.width; w++) {
    const Window columns = windowOf(w, row.width);
    const size_t at = row.offset + static_cast<size_t>(w) * row.place;
    for (ptrdiff_t i = 0; i < row.place; i += kLanes) {
      const int lanes = row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes;
      Vector value = plan.offset ? loadLanes(plan.offset + i, lanes) : zero();
      for (int t = 0; t < plan.terms; t++) {
        const Term& term = plan.term[t];
        const float* source = term.source + at + i;
        if (term.kind == Term::kPattern)
          value = fma(loadLanes(term.pattern + i, lanes), loadLanes(source, lanes), value);
        else if (term.kind == Term::kScaled)
          value = fma(broadcast(term.weight), loadLanes(source, lanes), value);
        else
          value = fma(broadcast(term.weight), pooled(source, row, rows, columns, w, lanes), value);
      }
      if (plan.value) storeLanes(plan.value + at + i, value, lanes);
      if (plan.rectified) storeLanes(plan.rectified + at + i, relu(value), lanes);
    }
  }
  if (plan.nhwc) toNhwc(plan.shape, row, plan.value + row.offset, nullptr, nullptr, plan.nhwc);
}

static void nodeSums(const NodeSums& plan, int task) {
  const Shape& shape = plan.shape;
  const Row row = rowOf(shape, task);
  const Window rows = windowOf(row.h, shape.height);
  const int channels = shape.channels;
  float* sums = plan.sums + static_cast<size_t>(task) * (1 + plan.terms) * channels;
  for (int c = 0; c < (1 + plan.terms) * channels; c++) sums[c] = 0;
  // Sums of one lane of the place over the columns, then over the images of the group.
  for (ptrdiff_t i = 0; i < row.place; i += kLanes) {
    const int lanes = row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes;
    for (int t = -1; t < plan.terms; t++) {
      const float* g = plan.gradient + row.offset + i;
      Vector even = zero(), odd = zero();
      if (t < 0) {
        for (int w = 0; w < row.width; w++) {
          Vector value = loadLanes(g + w * row.place, lanes);
          if (w & 1)
            odd = add(odd, value);
          else
            even = add(even, value);
        }
      } else {
        const Term& term = plan.term[t];
        const float* source = term.source + row.offset + i;
        const Vector mean = term.kind == Term::kPattern ? loadLanes(term.pattern + i, lanes) : zero();
        for (int w = 0; w < row.width; w++) {
          Vector value = term.kind == Term::kPooled
                             ? pooled(source + w * row.place, row, rows, windowOf(w, row.width), w, lanes)
                             : sub(loadLanes(source + w * row.place, lanes), mean);
          if (w & 1)
            odd = fma(loadLanes(g + w * row.place, lanes), value, odd);
          else
            even = fma(loadLanes(g + w * row.place, lanes), value, even);
        }
      }
      float lane[kLanes];
      store(lane, add(even, odd));
      float* to = sums + (1 + t) * channels;
      for (int k = 0; k < lanes; k++) to[(i + k) % channels] += lane[k];
    }
  }
}

static void normGradient(const NormGradient& plan, int task) {
  const Row row = rowOf(plan.shape, task);
  for (int o = 0; o < plan.outputs; o++) {
    const NormGradientOutput& output = plan.output[o];
    for (ptrdiff_t i = 0; i < row.place; i += kLanes) {
      const int lanes = row.place - i < kLanes ? static_cast<int>(row.place - i) : kLanes;
      const Vector a = loadLanes(output.a + i, lanes), b = loadLanes(output.b + i, lanes);
      const Vector c = loadLanes(output.c + i, lanes), mean = loadLanes(output.mean + i, lanes);
      for (int w = 0; w < row.width; w++) {
        const size_t at = row.offset + static_cast<size_t>(w) * row.place + i;
        Vector value = fma(a, loadLanes(plan.gradient + at, lanes), c);
        storeLanes(output.dy + at, fma(b, sub(loadLanes(output.y + at, lanes), mean), value), lanes);
      }
    }
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
