// 3x3 convolutions with stride 1 and padding 1 in squares of 4 x 4 outputs: the transforms of winograd.h in both directions
// (Lavin and Gray, arXiv 1509.09308), 36 products where a direct sum needs 144. Included by kernels.cc once per instruction
// set.
//
// One call works through one group of images, a run of squares of a row at a time, so that what is transformed stays in the
// second-level cache: [point][square][image][channel], which is one matrix a point. The result of a place depends on
// nothing but its own square.
#pragma once

#include "convolution.h"
#include "winograd.h"

namespace MEDFORGE_TARGET {

using namespace medforge;

constexpr int kSide = Transform<3>::kPoints;

// One group of images of a shape.
struct Group {
  const Shape& shape;
  int index, images;
  ptrdiff_t place;
  MEDFORGE_METHOD size_t row(int h) const { return shape.row(index, h); }
};

MEDFORGE_INLINE Group groupOf(const Shape& shape, int group) {
  const int images = shape.groupImages(group);
  return {shape, group, images, static_cast<ptrdiff_t>(images) * shape.channels};
}

// Squares of a row that are worked on together.
MEDFORGE_INLINE int squaresAtOnce(int channels, int outputs) {
  return most(1, least(kSquarePlaces / kGroup, kSquareFloats / (kGroup * most(channels, outputs))));
}

// points[i * 6 + j] of `count` squares from `first` on in the square row `row`: what is read is 6 x 6 places around each.
template <bool Rectify>
static void squaresRead(const Group& group, const float* x, const Rectified& read, int row, int first, int count,
                        float* points) {
  const ptrdiff_t size = static_cast<ptrdiff_t>(squareStride(count * group.place));
  const int top = row * kOutputs - 1;
  for (int s = 0; s < count; s++) {
    const int left = (first + s) * kOutputs - 1;
    for (ptrdiff_t o = 0; o < group.place; o += kLanes) {
      const int lanes = group.place - o < kLanes ? static_cast<int>(group.place - o) : kLanes;
      const Vector scale = Rectify ? loadLanes(read.scale + o, lanes) : zero();
      const Vector offset = Rectify ? loadLanes(read.offset + o, lanes) : zero();
      alignas(64) float along[kSide][kSide][kLanes];
      for (int h = 0; h < kSide; h++) {
        Vector values[kSide], result[kSide];
        const bool inside = top + h >= 0 && top + h < group.shape.height;
        const float* from = inside ? x + group.row(top + h) + o : nullptr;
        MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) {
          values[k] = zero();
          if (!inside || left + k < 0 || left + k >= group.shape.width) continue;
          values[k] = loadLanes(from + (left + k) * group.place, lanes);
          if (Rectify) values[k] = relu(fma(scale, values[k], offset));
        }
        transformColumns<3>(values, result);
        MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) store(along[h][k], result[k]);
      }
      for (int j = 0; j < kSide; j++) {
        Vector values[kSide], result[kSide];
        MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) values[k] = load(along[k][j]);
        transformColumns<3>(values, result);
        MEDFORGE_UNROLL for (int i = 0; i < kSide; i++)
          storeLanes(points + (i * kSide + j) * size + s * group.place + o, result[i], lanes);
      }
    }
  }
}

static void squaresIn(const Group& group, const float* x, const Rectified& read, int row, int first, int count,
                      float* points) {
  if (read.scale)
    squaresRead<true>(group, x, read, row, first, count, points);
  else
    squaresRead<false>(group, x, read, row, first, count, points);
}

// The same of the gradients of 4 x 4 outputs, for the gradient of the filter.
static void squaresOfGradient(const Group& group, const float* dy, int row, int first, int count, float* points) {
  const ptrdiff_t size = static_cast<ptrdiff_t>(squareStride(count * group.place));
  const int top = row * kOutputs;
  for (int s = 0; s < count; s++) {
    const int left = (first + s) * kOutputs;
    for (ptrdiff_t o = 0; o < group.place; o += kLanes) {
      const int lanes = group.place - o < kLanes ? static_cast<int>(group.place - o) : kLanes;
      alignas(64) float along[kOutputs][kSide][kLanes];
      for (int h = 0; h < kOutputs; h++) {
        Vector values[kOutputs], result[kSide];
        const bool inside = top + h < group.shape.height;
        const float* from = inside ? dy + group.row(top + h) + o : nullptr;
        MEDFORGE_UNROLL for (int k = 0; k < kOutputs; k++)
          values[k] = inside && left + k < group.shape.width ? loadLanes(from + (left + k) * group.place, lanes) : zero();
        evaluate<3>(values, result);
        MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) store(along[h][k], result[k]);
      }
      for (int j = 0; j < kSide; j++) {
        Vector values[kOutputs], result[kSide];
        MEDFORGE_UNROLL for (int k = 0; k < kOutputs; k++) values[k] = load(along[k][j]);
        evaluate<3>(values, result);
        MEDFORGE_UNROLL for (int i = 0; i < kSide; i++)
          storeLanes(points + (i * kSide + j) * size + s * group.place + o, result[i], lanes);
      }
    }
  }
}

// products[r][Columns vectors] = rows of x (`Stride` or `stride` apart) times the weights.
template <int Stride, int Rows, int Columns>
MEDFORGE_INLINE void multiplyRows(const float* x, ptrdiff_t stride, const float* weights, int channels, ptrdiff_t outputs,
                                  float* products) {
  const ptrdiff_t apart = Stride > 0 ? Stride : stride;
  Vector sums[Rows][Columns];
  MEDFORGE_UNROLL for (int r = 0; r < Rows; r++) MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) sums[r][v] = zero();
  for (int c = 0; c < channels; c++) {
    Vector weight[Columns];
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) weight[v] = load(weights + v * kLanes);
    MEDFORGE_UNROLL for (int r = 0; r < Rows; r++) {
      const Vector value = broadcast(x[r * apart]);
      MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) sums[r][v] = fma(value, weight[v], sums[r][v]);
    }
    x++;
    weights += outputs;
  }
  MEDFORGE_UNROLL for (int r = 0; r < Rows; r++)
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) store(products + (r * Columns + v) * kLanes, sums[r][v]);
}

template <int Stride, int Columns>
static void multiply(const float* x, int rows, const float* weights, int channels, ptrdiff_t outputs, float* products) {
  constexpr int kRows = kTile * 2 / Columns;
  int r = 0;
  for (; r + kRows <= rows; r += kRows)
    multiplyRows<Stride, kRows, Columns>(x + static_cast<ptrdiff_t>(r) * channels, channels, weights, channels, outputs,
                                         products + r * Columns * kLanes);
  for (; r + 2 <= rows; r += 2)
    multiplyRows<Stride, 2, Columns>(x + static_cast<ptrdiff_t>(r) * channels, channels, weights, channels, outputs,
                                     products + r * Columns * kLanes);
  if (r < rows)
    multiplyRows<Stride, 1, Columns>(x + static_cast<ptrdiff_t>(r) * channels, channels, weights, channels, outputs,
                                     products + r * Columns * kLanes);
}

template <int Columns>
static void multiplyColumns(const float* x, int rows, const float* weights, int channels, ptrdiff_t outputs, float* products) {
  if (channels == 16)
    multiply<16, Columns>(x, rows, weights, channels, outputs, products);
  else if (channels == 32)
    multiply<32, Columns>(x, rows, weights, channels, outputs, products);
  else if (channels == 64)
    multiply<64, Columns>(x, rows, weights, channels, outputs, products);
  else
    multiply<0, Columns>(x, rows, weights, channels, outputs, products);
}

// The products of a run of squares, for `Columns` vectors of outputs from `channel` on, and their way back to y.
template <int Columns>
static void squaresOut(const Square& plan, const Group& group, int row, int first, int count, int channel, const float* points,
                       float* products) {
  const int rows = count * group.images, outputs = plan.shape.channels;
  const size_t pair = squareStride(static_cast<size_t>(plan.channels) * outputs);
  const size_t ofPoint = squareStride(static_cast<size_t>(rows) * Columns * kLanes), ofInput = squareStride(static_cast<size_t>(rows) * plan.channels);
  for (int p = 0; p < kSquarePoints; p++)
    multiplyColumns<Columns>(points + p * ofInput, rows, plan.filter + p * pair + channel, plan.channels, outputs, products + p * ofPoint);
  const int height = least(kOutputs, plan.shape.height - row * kOutputs);
  for (int s = 0; s < count; s++) {
    const int left = (first + s) * kOutputs, width = least(kOutputs, plan.shape.width - left);
    for (int i = 0; i < group.images; i++)
      for (int v = 0; v < Columns; v++) {
        const int lanes = least(kLanes, outputs - channel - v * kLanes);
        const float* from = products + ((s * group.images + i) * Columns + v) * kLanes;
        alignas(64) float down[kOutputs][kSide][kLanes];
        for (int j = 0; j < kSide; j++) {
          Vector values[kSide], result[kOutputs];
          MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) values[k] = load(from + (k * kSide + j) * ofPoint);
          collect<3>(values, result);
          MEDFORGE_UNROLL for (int k = 0; k < kOutputs; k++) store(down[k][j], result[k]);
        }
        float* to = plan.y + left * group.place + static_cast<ptrdiff_t>(i) * outputs + channel + v * kLanes;
        for (int h = 0; h < height; h++) {
          Vector values[kSide], result[kOutputs];
          MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) values[k] = load(down[h][k]);
          collect<3>(values, result);
          float* at = to + group.row(row * kOutputs + h);
          MEDFORGE_UNROLL for (int k = 0; k < kOutputs; k++) {
            if (k >= width) break;
            storeLanes(at + k * group.place,
                       plan.onTop ? add(result[k], loadLanes(at + k * group.place, lanes)) : result[k], lanes);
          }
        }
      }
  }
}

static void square(const Square& plan, int index, float* room) {
  const Group group = groupOf(plan.shape, index);
  Shape source = plan.shape;
  source.channels = plan.channels;
  const Group input = groupOf(source, index);
  const int outputs = plan.shape.channels, across = winogradTiles(plan.shape.width);
  const int atOnce = squaresAtOnce(plan.channels, kLanes);
  float* products = room + kSquareInput;
  for (int row = 0; row < winogradTiles(plan.shape.height); row++) {
    for (int first = 0; first < across; first += atOnce) {
      const int count = least(atOnce, across - first);
      squaresIn(input, plan.x, plan.read, row, first, count, room);
      for (int channel = 0; channel < outputs; channel += 2 * kLanes)
        if (outputs - channel > kLanes)
          squaresOut<2>(plan, group, row, first, count, channel, room, products);
        else
          squaresOut<1>(plan, group, row, first, count, channel, room, products);
    }
    if (!plan.moments) continue;
    for (int h = row * kOutputs; h < least(plan.shape.height, (row + 1) * kOutputs); h++)
      for (int c = 0; c < outputs; c += kLanes)
        moments(plan.y + group.row(h) + c, plan.shape.width * group.images, outputs, least(kLanes, outputs - c),
                plan.moments + static_cast<size_t>(index * plan.shape.height + h) * 2 * outputs + c);
  }
}

// sums[c][o] += products of columns c of x and o of dy over `places` rows.
template <int Channels, int Columns>
static void correlateSquares(float* sums, const float* x, int channels, const float* dy, int outputs, const int* lanes,
                             ptrdiff_t places, bool fresh) {
  Vector totals[Channels][Columns];
  MEDFORGE_UNROLL for (int c = 0; c < Channels; c++)
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++)
      totals[c][v] = fresh ? zero() : loadLanes(sums + static_cast<ptrdiff_t>(c) * outputs + v * kLanes, lanes[v]);
  const float* columns[Columns];
  MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) columns[v] = dy + v * kLanes;
  correlate<Channels, Columns, 0, Columns>(totals, x, channels, columns, outputs, places);
  MEDFORGE_UNROLL for (int c = 0; c < Channels; c++)
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++)
      storeLanes(sums + static_cast<ptrdiff_t>(c) * outputs + v * kLanes, totals[c][v], lanes[v]);
}

template <int Columns>
static void correlateColumns(float* sums, const float* x, int channels, const float* dy, int outputs, int channel,
                             ptrdiff_t places, bool fresh) {
  int lanes[Columns];
  for (int v = 0; v < Columns; v++) lanes[v] = least(kLanes, outputs - channel - v * kLanes);
  int c = 0;
  auto run = [&](auto count) {
    constexpr int kChannels = decltype(count)::value;
    for (; c + kChannels <= channels; c += kChannels)
      correlateSquares<kChannels, Columns>(sums + static_cast<ptrdiff_t>(c) * outputs + channel, x + c, channels, dy + channel,
                                           outputs, lanes, places, fresh);
  };
  run(Count<kTile * 2 / Columns>());
  run(Count<2>());
  run(Count<1>());
}

static void squareGradient(const SquareGradient& plan, int index, float* room) {
  const Group group = groupOf(plan.shape, index);
  Shape source = plan.shape;
  source.channels = plan.channels;
  const Group input = groupOf(source, index);
  const int outputs = plan.shape.channels, across = winogradTiles(plan.shape.width);
  const int atOnce = squaresAtOnce(plan.channels, outputs);
  const size_t pair = squareStride(static_cast<size_t>(plan.channels) * outputs);
  float* gradient = room + kSquareInput;
  bool fresh = true;
  for (int row = 0; row < winogradTiles(plan.shape.height); row++)
    for (int first = 0; first < across; first += atOnce) {
      const int count = least(atOnce, across - first);
      squaresIn(input, plan.x, plan.read, row, first, count, room);
      squaresOfGradient(group, plan.dy, row, first, count, gradient);
      const ptrdiff_t places = static_cast<ptrdiff_t>(count) * group.images;
      for (int p = 0; p < kSquarePoints; p++)
        for (int channel = 0; channel < outputs; channel += 2 * kLanes) {
          float* sums = plan.sums + p * pair;
          const float *x = room + p * squareStride(places * plan.channels), *dy = gradient + p * squareStride(places * outputs);
          if (outputs - channel > kLanes)
            correlateColumns<2>(sums, x, plan.channels, dy, outputs, channel, places, fresh);
          else
            correlateColumns<1>(sums, x, plan.channels, dy, outputs, channel, places, fresh);
        }
      fresh = false;
    }
}

static void squareFilter(const SquareFilter& plan, int piece) {
  const size_t stride = squareStride(plan.size);
  const size_t begin = static_cast<size_t>(piece) * kSquarePiece;
  const size_t end = plan.size - begin < kSquarePiece ? plan.size : begin + kSquarePiece;
  for (size_t o = begin; o < end; o += kLanes) {
    const int lanes = end - o < kLanes ? static_cast<int>(end - o) : kLanes;
    alignas(64) float along[3][kSide][kLanes];
    for (int h = 0; h < 3; h++) {
      Vector values[3], result[kSide];
      MEDFORGE_UNROLL for (int k = 0; k < 3; k++) values[k] = loadLanes(plan.filter + (h * 3 + k) * plan.size + o, lanes);
      evaluate<3>(values, result);
      MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) store(along[h][k], result[k]);
    }
    for (int j = 0; j < kSide; j++) {
      Vector values[3], result[kSide];
      MEDFORGE_UNROLL for (int k = 0; k < 3; k++) values[k] = load(along[k][j]);
      evaluate<3>(values, result);
      MEDFORGE_UNROLL for (int i = 0; i < kSide; i++)
        storeLanes(plan.points + (i * kSide + j) * stride + o, result[i], lanes);
    }
  }
}

static void squareCollect(const SquareCollect& plan, int piece) {
  const size_t stride = squareStride(plan.size);
  const size_t begin = static_cast<size_t>(piece) * kSquarePiece;
  const size_t end = plan.size - begin < kSquarePiece ? plan.size : begin + kSquarePiece;
  for (size_t o = begin; o < end; o += kLanes) {
    const int lanes = end - o < kLanes ? static_cast<int>(end - o) : kLanes;
    alignas(64) float down[3][kSide][kLanes];
    for (int j = 0; j < kSide; j++) {
      Vector values[kSide], result[3];
      MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) {
        const float* from = plan.sums + (k * kSide + j) * stride + o;
        values[k] = loadLanes(from, lanes);
        for (int part = 1; part < plan.parts; part++)
          values[k] = add(values[k], loadLanes(from + part * kSquarePoints * stride, lanes));
      }
      collect<3>(values, result);
      MEDFORGE_UNROLL for (int k = 0; k < 3; k++) store(down[k][j], result[k]);
    }
    for (int h = 0; h < 3; h++) {
      Vector values[kSide], result[3];
      MEDFORGE_UNROLL for (int k = 0; k < kSide; k++) values[k] = load(down[h][k]);
      collect<3>(values, result);
      MEDFORGE_UNROLL for (int k = 0; k < 3; k++)
        storeLanes(plan.gradient + (h * 3 + k) * plan.size + o, result[k], lanes);
    }
  }
}

}  // namespace MEDFORGE_TARGET
