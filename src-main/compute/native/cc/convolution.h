// Convolutions on the blocked layout. Included by kernels.cc once per instruction set.
//
// forward and gradient of the input: one task computes one row of one group for up to kColumns vectors of output
// channels. kTile images x kColumns vectors of sums stay in registers while the taps of one kernel row and the input
// channels go by; a sum is built in the order (input, kernel row, kernel column, channel) whatever the tiling is.
#pragma once

#include "kernels.h"
#include "simd.h"

namespace MEDFORGE_TARGET {

using namespace medforge;

// Taps of one output index that meet the source: first, first + step, ... (count of them), from source `from` upwards.
struct Taps {
  int first, count, from;
};

MEDFORGE_INLINE Taps tapsOf(const Axis& axis, int output) {
  int origin = output * axis.stride - axis.pad;  // source of tap 0, times step
  int first = origin < 0 ? -origin : 0;
  // Round up to a tap whose source index is whole.
  int odd = (origin + first) % axis.step;
  if (odd) first += axis.step - odd;
  int from = (origin + first) / axis.step;
  int count = (axis.taps - first + axis.step - 1) / axis.step;
  if (count > axis.sources - from) count = axis.sources - from;
  return {first, count < 0 ? 0 : count, from};
}

// sums[image][column] += sum over taps and channels of x * weight, for the columns First..Last-1.
template <int Images, int Columns, int First, int Last>
MEDFORGE_INLINE void accumulate(Vector (&sums)[Images][Columns], const float* x, ptrdiff_t imageStride, ptrdiff_t tapStride,
                                const float* const* weights, ptrdiff_t weightTapStride, int taps, int channels,
                                ptrdiff_t outChannels) {
  const float* w[Columns];
  MEDFORGE_UNROLL for (int v = First; v < Last; v++) w[v] = weights[v];
  for (int t = 0; t < taps; t++) {
    const float* p = x;
    ptrdiff_t o = 0;
    for (int c = 0; c < channels; c++) {
      Vector weight[Columns];
      MEDFORGE_UNROLL for (int v = First; v < Last; v++) weight[v] = load(w[v] + o);
      MEDFORGE_UNROLL for (int i = 0; i < Images; i++) {
        Vector value = broadcast(p[i * imageStride]);
        MEDFORGE_UNROLL for (int v = First; v < Last; v++) sums[i][v] = fma(value, weight[v], sums[i][v]);
      }
      p++;
      o += outChannels;
    }
    x += tapStride;
    MEDFORGE_UNROLL for (int v = First; v < Last; v++) w[v] += weightTapStride;
  }
}

// Up to kColumns vectors of output channels: the unit of work of a task.
struct ColumnBlock {
  int count;
  int output[kColumns];   // which output
  int channel[kColumns];  // its first channel
  int lanes[kColumns];
};

MEDFORGE_INLINE int vectorsOf(int channels) { return (channels + kLanes - 1) / kLanes; }

MEDFORGE_INLINE int columnBlocks(int outputs, int channels) {
  return (outputs * vectorsOf(channels) + kColumns - 1) / kColumns;
}

MEDFORGE_INLINE ColumnBlock columnBlock(int outputs, int channels, int block) {
  int perOutput = vectorsOf(channels), total = outputs * perOutput, blocks = columnBlocks(outputs, channels);
  int begin = total * block / blocks, end = total * (block + 1) / blocks;
  ColumnBlock result;
  result.count = end - begin;
  for (int v = begin; v < end; v++) {
    result.output[v - begin] = v / perOutput;
    result.channel[v - begin] = v % perOutput * kLanes;
    result.lanes[v - begin] = least(kLanes, channels - v % perOutput * kLanes);
  }
  return result;
}

// One kernel row of one input over a whole row of `Images` images, several vectors of output channels.
template <int Images, int Columns>
static void convolveRow(const ConvolutionInput& in, const float* x, const float* const* weights, float* const* y,
                        const int* lanes, int width, int groupImages, int channels, bool fresh) {
  const ptrdiff_t pixel = static_cast<ptrdiff_t>(groupImages) * in.channels;
  const ptrdiff_t tap = static_cast<ptrdiff_t>(in.channels) * channels;
  for (int column = 0; column < width; column++) {
    Taps taps = tapsOf(in.horizontal, column);
    const ptrdiff_t at = static_cast<ptrdiff_t>(column) * groupImages * channels;
    Vector sums[Images][Columns];
    if (fresh) {
      MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
        MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) sums[i][v] = zero();
    } else {
      MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
        MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) sums[i][v] = loadLanes(y[v] + at + i * channels, lanes[v]);
    }
    const float* w[Columns];
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) w[v] = weights[v] + taps.first * tap;
    accumulate<Images, Columns, 0, Columns>(sums, x + taps.from * pixel, in.channels, pixel, w,
                                            tap * in.horizontal.step, taps.count, in.channels, channels);
    MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
      MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) storeLanes(y[v] + at + i * channels, sums[i][v], lanes[v]);
  }
}

// The same for a single vector of output channels (stride and step 1): the register columns are Columns neighbouring
// places of the row, so that a value of x, once loaded, serves several of them, each with its own tap.
template <int Images, int Columns>
static int convolveRowOfPlaces(const ConvolutionInput& in, const float* x, const float* weights, float* y, int lanes,
                               int begin, int width, int groupImages, int channels, bool fresh) {
  const ptrdiff_t pixel = static_cast<ptrdiff_t>(groupImages) * in.channels;
  const ptrdiff_t tap = static_cast<ptrdiff_t>(in.channels) * channels;
  const ptrdiff_t place = static_cast<ptrdiff_t>(groupImages) * channels;
  int column = begin;
  for (; column + Columns <= width; column += Columns) {
    Vector sums[Images][Columns];
    MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
      MEDFORGE_UNROLL for (int v = 0; v < Columns; v++)
        sums[i][v] = fresh ? zero() : loadLanes(y + (column + v) * place + i * channels, lanes);
    // Source s meets place v with tap s - (column + v) + pad.
    const int lowest = column - in.horizontal.pad, taps = in.horizontal.taps, sources = in.horizontal.sources;
    for (int v = 0; v + 1 < Columns; v++) {  // sources that only the first places reach
      int s = lowest + v;
      if (s < 0 || s >= sources || v >= taps) continue;
      const float* w[Columns];
      MEDFORGE_UNROLL for (int u = 0; u < Columns; u++) w[u] = weights + (v - u) * tap;
      if (v == 0)
        accumulate<Images, Columns, 0, 1>(sums, x + s * pixel, in.channels, 0, w, 0, 1, in.channels, channels);
      else
        accumulate<Images, Columns, 0, (Columns > 2 ? 2 : 1)>(sums, x + s * pixel, in.channels, 0, w, 0, 1, in.channels, channels);
    }
    int from = most(0, lowest + Columns - 1), to = least(sources, lowest + taps);
    if (to > from) {
      const float* w[Columns];
      MEDFORGE_UNROLL for (int u = 0; u < Columns; u++) w[u] = weights + (from - lowest - u) * tap;
      accumulate<Images, Columns, 0, Columns>(sums, x + from * pixel, in.channels, pixel, w, tap, to - from, in.channels,
                                              channels);
    }
    for (int v = 1; v < Columns; v++) {  // sources that only the last places reach
      int s = lowest + taps + v - 1;
      if (s < 0 || s >= sources) continue;
      const float* w[Columns];
      MEDFORGE_UNROLL for (int u = 0; u < Columns; u++) w[u] = weights + (taps + v - 1 - u) * tap;
      if (v == Columns - 1)
        accumulate<Images, Columns, Columns - 1, Columns>(sums, x + s * pixel, in.channels, 0, w, 0, 1, in.channels,
                                                          channels);
      else
        accumulate<Images, Columns, (Columns > 2 ? 1 : 0), Columns>(sums, x + s * pixel, in.channels, 0, w, 0, 1, in.channels,
                                                                    channels);
    }
    MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
      MEDFORGE_UNROLL for (int v = 0; v < Columns; v++)
        storeLanes(y + (column + v) * place + i * channels, sums[i][v], lanes);
  }
  return column;
}

// Adds the inputs that come transformed (winograd.h). Whether there were any.
template <int Images>
static bool winogradInputs(const Convolution& plan, const ColumnBlock& block, int group, int h, int firstImage,
                           float* const* y);

template <int Images>
static void convolveImages(const Convolution& plan, const ColumnBlock& block, int group, int h, int firstImage) {
  const Shape& shape = plan.shape;
  const int groupImages = shape.groupImages(group), channels = shape.channels;
  float* y[kColumns];
  for (int v = 0; v < block.count; v++)
    y[v] = plan.y[block.output[v]] + shape.row(group, h) + static_cast<size_t>(firstImage) * channels + block.channel[v];
  bool fresh = !winogradInputs<Images>(plan, block, group, h, firstImage, y);
  for (int q = 0; q < plan.inputs; q++) {
    const ConvolutionInput& in = plan.input[q];
    if (in.winograd) continue;
    const Shape source{shape.images, in.vertical.sources, in.horizontal.sources, in.channels, shape.group};
    const Taps rows = tapsOf(in.vertical, h);
    for (int t = 0; t < rows.count; t++) {
      const int tap = rows.first + t * in.vertical.step;
      const float* x = in.x + source.row(group, rows.from + t) + static_cast<size_t>(firstImage) * in.channels;
      const float* weights[kColumns];
      for (int v = 0; v < block.count; v++)
        weights[v] = in.filters[block.output[v]] + static_cast<size_t>(tap) * in.horizontal.taps * in.channels * channels +
                     block.channel[v];
      const bool places = block.count == 1 && in.horizontal.stride == 1 && in.horizontal.step == 1 &&
                          in.horizontal.taps >= kColumns;
      if (places) {
        int done = convolveRowOfPlaces<Images, kColumns>(in, x, weights[0], y[0], block.lanes[0], 0, shape.width, groupImages,
                                                         channels, fresh);
        for (; done < shape.width; done++)
          convolveRowOfPlaces<Images, 1>(in, x, weights[0], y[0], block.lanes[0], done, done + 1, groupImages, channels,
                                         fresh);
      } else if (block.count == 1) {
        convolveRow<Images, 1>(in, x, weights, y, block.lanes, shape.width, groupImages, channels, fresh);
      } else if (block.count == 2) {
        convolveRow<Images, 2>(in, x, weights, y, block.lanes, shape.width, groupImages, channels, fresh);
      } else {
        convolveRow<Images, kColumns>(in, x, weights, y, block.lanes, shape.width, groupImages, channels, fresh);
      }
      fresh = false;
    }
  }
  // A row that no tap reaches (gradient of a strided convolution) is zero; places of a row are handled by their taps.
  if (fresh)
    for (int v = 0; v < block.count; v++)
      for (int p = 0; p < shape.width; p++)
        for (int i = 0; i < Images; i++)
          storeLanes(y[v] + (static_cast<ptrdiff_t>(p) * groupImages + i) * channels, zero(), block.lanes[v]);
}

// Mean over `count` pixels that lie `channels` apart, and sum of squared differences from it, to `result` and to
// `result + channels`.
static void moments(const float* y, int count, int channels, int lanes, float* result) {
  const ptrdiff_t step = channels;
  Vector sums[4] = {zero(), zero(), zero(), zero()};
  int n = 0;
  for (; n + 4 <= count; n += 4)
    MEDFORGE_UNROLL for (int k = 0; k < 4; k++) sums[k] = add(sums[k], loadLanes(y + (n + k) * step, lanes));
  for (; n < count; n++) sums[0] = add(sums[0], loadLanes(y + n * step, lanes));
  const Vector mean = mul(add(add(sums[0], sums[1]), add(sums[2], sums[3])), broadcast(1.0f / static_cast<float>(count)));
  Vector squares[4] = {zero(), zero(), zero(), zero()};
  for (n = 0; n + 4 <= count; n += 4)
    MEDFORGE_UNROLL for (int k = 0; k < 4; k++) {
      const Vector difference = sub(loadLanes(y + (n + k) * step, lanes), mean);
      squares[k] = fma(difference, difference, squares[k]);
    }
  for (; n < count; n++) {
    const Vector difference = sub(loadLanes(y + n * step, lanes), mean);
    squares[0] = fma(difference, difference, squares[0]);
  }
  storeLanes(result, mean, lanes);
  storeLanes(result + channels, add(add(squares[0], squares[1]), add(squares[2], squares[3])), lanes);
}

static int convolutionTasks(const Convolution& plan) {
  return columnBlocks(plan.outputs, plan.shape.channels) * plan.shape.groups() * plan.shape.height;
}

static void convolution(const Convolution& plan, int task) {
  // Group by group, in a group block by block: the weights of a block serve all rows of the group.
  const int blocks = columnBlocks(plan.outputs, plan.shape.channels);
  const int group = task / (blocks * plan.shape.height), h = task % plan.shape.height;
  const ColumnBlock block = columnBlock(plan.outputs, plan.shape.channels, task / plan.shape.height % blocks);
  const int images = plan.shape.groupImages(group);
  int i = 0;
  for (; i + kTile <= images; i += kTile) convolveImages<kTile>(plan, block, group, h, i);
  if (kTile > 4 && i + 4 <= images) convolveImages<4>(plan, block, group, h, i), i += 4;
  if (i + 2 <= images) convolveImages<2>(plan, block, group, h, i), i += 2;
  if (i < images) convolveImages<1>(plan, block, group, h, i);
  if (!plan.moments) return;
  for (int v = 0; v < block.count; v++)
    moments(plan.y[block.output[v]] + plan.shape.row(group, h) + block.channel[v], plan.shape.width * images,
            plan.shape.channels, block.lanes[v],
            plan.moments[block.output[v]] + static_cast<size_t>(group * plan.shape.height + h) * 2 * plan.shape.channels +
                block.channel[v]);
}

// --- gradient of the filter ---
// One task: one kernel row, kTile input channels, up to kColumns vectors of output channels. The sums of one tap stay in
// registers over `kRun` or more pixels; tasks never share a result, so no sum is split and the order is always
// (group, rows, kernel column, row, column, image).

constexpr int kRun = 224;

// sums[c][v] += x[n * xStride + c] * dy_v[n * dyStride] for n < count.
template <int Channels, int Columns, int First, int Last>
MEDFORGE_INLINE void correlate(Vector (&sums)[Channels][Columns], const float* x, ptrdiff_t xStride,
                               const float* const* dy, ptrdiff_t dyStride, ptrdiff_t count) {
  const float* d[Columns];
  MEDFORGE_UNROLL for (int v = First; v < Last; v++) d[v] = dy[v];
  for (ptrdiff_t n = 0; n < count; n++) {
    Vector value[Columns];
    MEDFORGE_UNROLL for (int v = First; v < Last; v++) value[v] = load(d[v] + n * dyStride);
    MEDFORGE_UNROLL for (int c = 0; c < Channels; c++) {
      Vector b = broadcast(x[c]);
      MEDFORGE_UNROLL for (int v = First; v < Last; v++) sums[c][v] = fma(b, value[v], sums[c][v]);
    }
    x += xStride;
  }
}

template <int Channels, int Columns>
static void correlateRows(const FilterGradient& plan, const ColumnBlock& block, int kh, int channel) {
  const Shape& shape = plan.shape;
  const Shape source{shape.images, plan.vertical.sources, plan.horizontal.sources, plan.channels, shape.group};
  const int stride = plan.horizontal.stride, outs = shape.channels;
  const int rowsAtOnce = most(1, kRun / (kGroup * shape.width));
  for (int group = 0; group < shape.groups(); group++) {
    const int images = shape.groupImages(group);
    for (int row = 0; row < shape.height; row += rowsAtOnce) {
      const int rowEnd = least(shape.height, row + rowsAtOnce);
      const bool fresh = group == 0 && row == 0 && !plan.onTop;
      for (int kw = 0; kw < plan.horizontal.taps; kw++) {
        // Columns w with 0 <= w * stride + kw - pad < sources.
        const int low = plan.horizontal.pad - kw, high = plan.horizontal.sources - 1 + plan.horizontal.pad - kw;
        const int begin = low > 0 ? (low + stride - 1) / stride : 0;
        const int end = high < 0 ? 0 : least(shape.width, high / stride + 1);
        float* gradient[Columns];
        Vector sums[Channels][Columns];
        for (int v = 0; v < Columns; v++)
          gradient[v] = plan.gradients[block.output[v]] +
                        ((static_cast<size_t>(kh) * plan.horizontal.taps + kw) * plan.channels + channel) * outs +
                        block.channel[v];
        MEDFORGE_UNROLL for (int c = 0; c < Channels; c++)
          MEDFORGE_UNROLL for (int v = 0; v < Columns; v++)
            sums[c][v] = fresh ? zero() : loadLanes(gradient[v] + static_cast<ptrdiff_t>(c) * outs, block.lanes[v]);
        for (int h = row; h < rowEnd; h++) {
          const int s = h * plan.vertical.stride + kh - plan.vertical.pad;
          if (s < 0 || s >= plan.vertical.sources || begin >= end) continue;
          const float* x = plan.x + source.row(group, s) + channel +
                           static_cast<ptrdiff_t>(begin * stride + kw - plan.horizontal.pad) * images * plan.channels;
          const float* dy[Columns];
          for (int v = 0; v < Columns; v++)
            dy[v] = plan.dy[block.output[v]] + shape.row(group, h) + static_cast<ptrdiff_t>(begin) * images * outs +
                    block.channel[v];
          if (stride == 1) {
            correlate<Channels, Columns, 0, Columns>(sums, x, plan.channels, dy, outs,
                                                     static_cast<ptrdiff_t>(end - begin) * images);
          } else {
            for (int w = begin; w < end; w++) {
              correlate<Channels, Columns, 0, Columns>(sums, x, plan.channels, dy, outs, images);
              x += static_cast<ptrdiff_t>(stride) * images * plan.channels;
              for (int v = 0; v < Columns; v++) dy[v] += static_cast<ptrdiff_t>(images) * outs;
            }
          }
        }
        MEDFORGE_UNROLL for (int c = 0; c < Channels; c++)
          MEDFORGE_UNROLL for (int v = 0; v < Columns; v++)
            storeLanes(gradient[v] + static_cast<ptrdiff_t>(c) * outs, sums[c][v], block.lanes[v]);
      }
    }
  }
}

template <int Channels>
static void correlateChannels(const FilterGradient& plan, const ColumnBlock& block, int kh, int channel) {
  if (block.count == 1)
    correlateRows<Channels, 1>(plan, block, kh, channel);
  else if (block.count == 2)
    correlateRows<Channels, 2>(plan, block, kh, channel);
  else
    correlateRows<Channels, kColumns>(plan, block, kh, channel);
}

static int filterGradientTasks(const FilterGradient& plan) {
  return columnBlocks(plan.outputs, plan.shape.channels) * plan.vertical.taps * ((plan.channels + kTile - 1) / kTile);
}

static void filterGradient(const FilterGradient& plan, int task) {
  const int blocks = columnBlocks(plan.outputs, plan.shape.channels);
  const ColumnBlock block = columnBlock(plan.outputs, plan.shape.channels, task % blocks);
  const int kh = task / blocks % plan.vertical.taps, channel = task / blocks / plan.vertical.taps * kTile;
  const int channels = least(kTile, plan.channels - channel);
  int c = 0;
  if (channels == kTile) correlateChannels<kTile>(plan, block, kh, channel), c = kTile;
  if (kTile > 4 && c + 4 <= channels) correlateChannels<4>(plan, block, kh, channel + c), c += 4;
  if (c + 2 <= channels) correlateChannels<2>(plan, block, kh, channel + c), c += 2;
  if (c < channels) correlateChannels<1>(plan, block, kh, channel + c);
}

static void flipFilter(const FlipFilter& plan, int task) {
  const int last = plan.height * plan.width - 1;
  const float* from = plan.filter + static_cast<size_t>(task) * plan.inputs * plan.outputs;
  float* to = plan.flipped + static_cast<size_t>(last - task) * plan.inputs * plan.outputs;
  constexpr int kSide = 16;
  for (int o0 = 0; o0 < plan.outputs; o0 += kSide)
    for (int c0 = 0; c0 < plan.inputs; c0 += kSide)
      for (int o = o0; o < least(plan.outputs, o0 + kSide); o++)
        for (int c = c0; c < least(plan.inputs, c0 + kSide); c++)
          to[static_cast<size_t>(o) * plan.inputs + c] = from[static_cast<size_t>(c) * plan.outputs + o];
}

}  // namespace MEDFORGE_TARGET
