// Convolutions along a row with fewer multiplications: minimal filtering F(4, taps) (Winograd 1980; Lavin and Gray,
// arXiv 1509.09308), in one dimension, with the transforms of Toom and Cook. Four neighbouring outputs need taps + 3
// products instead of 4 * taps; kernel rows and channels are summed before the way back, so the transforms are paid once
// a row and not once a product. Included by kernels.cc once per instruction set.
//
// A row of n columns becomes points * tiles columns: [point][tile][image of the group][channel].
#pragma once

#include "convolution.h"

namespace MEDFORGE_TARGET {

using namespace medforge;

constexpr int kOutputs = kWinogradTile;
constexpr int kMostPoints = 10;
// Tiles of a row that are worked on together, so that rows of any width need a fixed room.
constexpr int kTileRun = 8;

// The points are 0, then pairs p, -p, and infinity: sums and differences of a pair share their halves.
template <int Taps>
struct Transform {
  static constexpr int kPoints = Taps + kOutputs - 1;
  static constexpr int kFinite = kPoints - 1;

  // input[i][k]: what column k of a tile adds to point i; power[i][k] = p_i^k; weight[i]: factor of point i on the
  // filter's side. Rows are scaled by powers of two so that both sides have like magnitudes.
  struct Tables {
    double input[kPoints][kPoints];
    double power[kPoints][kPoints];
    double weight[kPoints];
  };

  static constexpr Tables tables() {
    constexpr double points[9] = {0, 1, -1, 2, -2, 0.5, -0.5, 0.75, -0.75};
    Tables t{};
    for (int i = 0; i < kPoints; i++) {
      // The product of (x - p_j) over the other finite points.
      double polynomial[kPoints + 1] = {1};
      double distance = 1;
      int degree = 0;
      for (int j = 0; j < kFinite; j++) {
        if (j == i) continue;
        for (int k = ++degree; k >= 0; k--)
          polynomial[k] = (k > 0 ? polynomial[k - 1] : 0) - (k < degree ? points[j] * polynomial[k] : 0);
        if (i < kFinite) distance *= points[i] - points[j];
      }
      double largest = 0, scale = 1;
      for (int k = 0; k < kPoints; k++) {
        const double size = polynomial[k] < 0 ? -polynomial[k] : polynomial[k];
        if (size > largest) largest = size;
      }
      while (largest * scale > 1.5) scale /= 2;
      while (largest * scale < 0.75) scale *= 2;
      for (int k = 0; k < kPoints; k++) t.input[i][k] = polynomial[k] * scale;
      t.weight[i] = 1 / (distance * scale);
      double power = 1;
      for (int k = 0; k < kPoints; k++) {
        t.power[i][k] = i < kFinite ? power : 0;
        if (i < kFinite) power *= points[i];
      }
    }
    return t;
  }

  static constexpr Tables kTables = tables();
};

template <int Taps>
struct Size {
  static constexpr int kTaps = Taps;
};

// Calls f with the size that is known only at run time.
template <class Function>
MEDFORGE_INLINE void withTaps(int taps, Function f) {
  if (taps == 7)
    f(Size<7>{});
  else if (taps == 5)
    f(Size<5>{});
  else
    f(Size<3>{});
}

MEDFORGE_INLINE Vector scaled(double factor, Vector v) { return mul(broadcast(static_cast<float>(factor)), v); }
MEDFORGE_INLINE Vector plusScaled(double factor, Vector v, Vector sum) {
  return fma(broadcast(static_cast<float>(factor)), v, sum);
}

// points[i] = the polynomial with the given coefficients at p_i, times weight[i]; for filters and, with four
// coefficients, for the gradient of four outputs.
template <int Taps, int Count>
MEDFORGE_INLINE void evaluate(const Vector (&coefficient)[Count], Vector (&points)[Transform<Taps>::kPoints]) {
  using T = Transform<Taps>;
  points[0] = scaled(T::kTables.weight[0], coefficient[0]);
  MEDFORGE_UNROLL for (int i = 1; i < T::kFinite; i += 2) {
    Vector even = coefficient[0], odd = scaled(T::kTables.power[i][1], coefficient[1]);
    MEDFORGE_UNROLL for (int k = 2; k < Count; k += 2) even = plusScaled(T::kTables.power[i][k], coefficient[k], even);
    MEDFORGE_UNROLL for (int k = 3; k < Count; k += 2) odd = plusScaled(T::kTables.power[i][k], coefficient[k], odd);
    points[i] = scaled(T::kTables.weight[i], add(even, odd));
    points[i + 1] = scaled(T::kTables.weight[i + 1], sub(even, odd));
  }
  points[T::kFinite] = scaled(T::kTables.weight[T::kFinite], coefficient[Count - 1]);
}

// result[k] = sum over the points of p_i^k * points[i]: the transpose of `evaluate` without its weights.
template <int Taps, int Count>
MEDFORGE_INLINE void collect(const Vector (&points)[Transform<Taps>::kPoints], Vector (&result)[Count]) {
  using T = Transform<Taps>;
  result[0] = points[0];
  MEDFORGE_UNROLL for (int k = 1; k < Count; k++) result[k] = zero();
  MEDFORGE_UNROLL for (int i = 1; i < T::kFinite; i += 2) {
    const Vector sum = add(points[i], points[i + 1]), difference = sub(points[i], points[i + 1]);
    result[0] = add(result[0], sum);
    MEDFORGE_UNROLL for (int k = 1; k < Count; k++)
      result[k] = plusScaled(T::kTables.power[i][k], k % 2 == 0 ? sum : difference, result[k]);
  }
  result[Count - 1] = add(result[Count - 1], points[T::kFinite]);
}

// points = the input's transform of the columns of a tile.
template <int Taps>
MEDFORGE_INLINE void transformColumns(const Vector (&x)[Transform<Taps>::kPoints],
                                      Vector (&points)[Transform<Taps>::kPoints]) {
  using T = Transform<Taps>;
  constexpr int last = T::kFinite;
  points[0] = scaled(T::kTables.input[0][0], x[0]);
  MEDFORGE_UNROLL for (int k = 2; k < T::kPoints; k += 2) points[0] = plusScaled(T::kTables.input[0][k], x[k], points[0]);
  MEDFORGE_UNROLL for (int i = 1; i < T::kFinite; i += 2) {
    Vector even = scaled(T::kTables.input[i][2], x[2]), odd = scaled(T::kTables.input[i][1], x[1]);
    MEDFORGE_UNROLL for (int k = 4; k < last; k += 2) even = plusScaled(T::kTables.input[i][k], x[k], even);
    MEDFORGE_UNROLL for (int k = 3; k < last; k += 2) odd = plusScaled(T::kTables.input[i][k], x[k], odd);
    points[i] = add(even, odd);
    points[i + 1] = sub(even, odd);
  }
  points[last] = scaled(T::kTables.input[last][1], x[1]);
  MEDFORGE_UNROLL for (int k = 3; k < T::kPoints; k += 2)
    points[last] = plusScaled(T::kTables.input[last][k], x[k], points[last]);
}

template <int Taps>
static void transformInputRow(const InputTransform& plan, int task) {
  constexpr int points = Transform<Taps>::kPoints;
  const Shape& source = plan.source;
  const int group = task / source.height, h = task % source.height;
  const ptrdiff_t place = static_cast<ptrdiff_t>(source.groupImages(group)) * source.channels;
  const float* row = plan.x + source.row(group, h);
  float* transformed = plan.transformed + transformedShape(source, Taps, plan.tiles).row(group, h);
  for (int tile = 0; tile < plan.tiles; tile++) {
    const int first = tile * kOutputs - plan.pad;
    for (ptrdiff_t o = 0; o < place; o += kLanes) {
      const int lanes = static_cast<int>(place - o < kLanes ? place - o : kLanes);
      Vector x[points], result[points];
      MEDFORGE_UNROLL for (int k = 0; k < points; k++)
        x[k] = first + k >= 0 && first + k < source.width ? loadLanes(row + (first + k) * place + o, lanes) : zero();
      transformColumns<Taps>(x, result);
      MEDFORGE_UNROLL for (int i = 0; i < points; i++)
        storeLanes(transformed + (static_cast<ptrdiff_t>(i) * plan.tiles + tile) * place + o, result[i], lanes);
    }
  }
}

static void transformInput(const InputTransform& plan, int task) {
  withTaps(plan.taps, [&](auto size) { transformInputRow<size.kTaps>(plan, task); });
}

template <int Taps>
static void transformFilterRow(const FilterTransform& plan, int row) {
  constexpr int points = Transform<Taps>::kPoints;
  const float* filter = plan.filter + static_cast<size_t>(row) * Taps * plan.size;
  float* transformed = plan.transformed + static_cast<size_t>(row) * points * plan.size;
  for (size_t o = 0; o < plan.size; o += kLanes) {
    const int lanes = plan.size - o < kLanes ? static_cast<int>(plan.size - o) : kLanes;
    Vector w[Taps], result[points];
    MEDFORGE_UNROLL for (int k = 0; k < Taps; k++) w[k] = loadLanes(filter + k * plan.size + o, lanes);
    evaluate<Taps>(w, result);
    MEDFORGE_UNROLL for (int i = 0; i < points; i++) storeLanes(transformed + i * plan.size + o, result[i], lanes);
  }
}

static void transformFilter(const FilterTransform& plan, int row) {
  withTaps(plan.taps, [&](auto size) { transformFilterRow<size.kTaps>(plan, row); });
}

template <int Taps>
static void collectFilterRow(const FilterTransform& plan, int row) {
  constexpr int points = Transform<Taps>::kPoints;
  const size_t at = static_cast<size_t>(row) * points * plan.size;
  const float* transformed = plan.filter + at;
  const float* more = plan.more ? plan.more + at : nullptr;
  float* gradient = plan.transformed + static_cast<size_t>(row) * Taps * plan.size;
  for (size_t o = 0; o < plan.size; o += kLanes) {
    const int lanes = plan.size - o < kLanes ? static_cast<int>(plan.size - o) : kLanes;
    Vector x[points], result[Taps];
    MEDFORGE_UNROLL for (int i = 0; i < points; i++) x[i] = loadLanes(transformed + i * plan.size + o, lanes);
    if (more) MEDFORGE_UNROLL for (int i = 0; i < points; i++) x[i] = add(x[i], loadLanes(more + i * plan.size + o, lanes));
    collect<Taps>(x, result);
    MEDFORGE_UNROLL for (int k = 0; k < Taps; k++) storeLanes(gradient + k * plan.size + o, result[k], lanes);
  }
}

static void collectFilter(const FilterTransform& plan, int row) {
  withTaps(plan.taps, [&](auto size) { collectFilterRow<size.kTaps>(plan, row); });
}

// sums[image][tile] += sum over rows and channels for a single vector of output channels: the register columns are
// neighbouring tiles, which share their weights. With the images' distance known (`Stride` > 0) addresses are constants.
template <int Stride, int Images, int Tiles>
MEDFORGE_INLINE void accumulateTilesApart(Vector (&sums)[Images][Tiles], const float* x, ptrdiff_t imageStride,
                                          ptrdiff_t tileStride, ptrdiff_t rowStride, const float* w,
                                          ptrdiff_t weightRowStride, int rows, int channels, ptrdiff_t outChannels) {
  const ptrdiff_t apart = Stride > 0 ? Stride : imageStride;
  for (int r = 0; r < rows; r++) {
    const float* p[Tiles];
    MEDFORGE_UNROLL for (int t = 0; t < Tiles; t++) p[t] = x + t * tileStride;
    const float* weights = w;
    for (int c = 0; c < channels; c++) {
      const Vector weight = load(weights);
      MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
        MEDFORGE_UNROLL for (int t = 0; t < Tiles; t++) sums[i][t] = fma(broadcast(p[t][i * apart]), weight, sums[i][t]);
      MEDFORGE_UNROLL for (int t = 0; t < Tiles; t++) p[t]++;
      weights += outChannels;
    }
    x += rowStride;
    w += weightRowStride;
  }
}

template <int Images, int Tiles>
MEDFORGE_INLINE void accumulateTiles(Vector (&sums)[Images][Tiles], const float* x, ptrdiff_t imageStride,
                                     ptrdiff_t tileStride, ptrdiff_t rowStride, const float* w, ptrdiff_t weightRowStride,
                                     int rows, int channels, ptrdiff_t outChannels) {
  if (imageStride == 16)
    accumulateTilesApart<16, Images, Tiles>(sums, x, imageStride, tileStride, rowStride, w, weightRowStride, rows, channels,
                                            outChannels);
  else
    accumulateTilesApart<0, Images, Tiles>(sums, x, imageStride, tileStride, rowStride, w, weightRowStride, rows, channels,
                                           outChannels);
}

// Where the transformed source and weights of one input lie for one output row, at point 0 and tile 0.
struct TransformedInput {
  const float* x;
  const float* weights[kColumns];
  ptrdiff_t imageStride, tileStride, pointStride, rowStride, weightPointStride, weightRowStride;
  int rows, channels;
};

template <int Images, int Tiles>
MEDFORGE_INLINE void tileProducts(const TransformedInput* inputs, int count, int point, int tile, ptrdiff_t channels,
                                  float* products) {
  Vector sums[Images][Tiles];
  MEDFORGE_UNROLL for (int i = 0; i < Images; i++) MEDFORGE_UNROLL for (int t = 0; t < Tiles; t++) sums[i][t] = zero();
  for (int q = 0; q < count; q++) {
    const TransformedInput& in = inputs[q];
    accumulateTiles<Images, Tiles>(sums, in.x + point * in.pointStride + tile * in.tileStride, in.imageStride,
                                   in.tileStride, in.rowStride, in.weights[0] + point * in.weightPointStride,
                                   in.weightRowStride, in.rows, in.channels, channels);
  }
  MEDFORGE_UNROLL for (int t = 0; t < Tiles; t++)
    MEDFORGE_UNROLL for (int i = 0; i < Images; i++) store(products + (t * Images + i) * kLanes, sums[i][t]);
}

// One row of `Images` images: the inputs with `Taps` taps, all points of all tiles, then the way back to the outputs.
template <int Taps, int Images, int Columns>
static void winogradRow(const TransformedInput* inputs, int count, float* const* y, const int* lanes, int width,
                        int groupImages, int channels, bool fresh) {
  constexpr int points = Transform<Taps>::kPoints;
  constexpr int room = Images * Columns * kLanes;  // floats of one tile at one point
  alignas(64) float products[points][kTileRun * room];
  const int tiles = winogradTiles(width);
  for (int begin = 0; begin < tiles; begin += kTileRun) {
    const int run = least(kTileRun, tiles - begin);
    for (int point = 0; point < points; point++) {
      if (Columns == 1) {
        int t = 0;
        for (; t + 3 <= run && t + 4 != run; t += 3)
          tileProducts<Images, 3>(inputs, count, point, begin + t, channels, products[point] + t * room);
        for (; t + 2 <= run; t += 2)
          tileProducts<Images, 2>(inputs, count, point, begin + t, channels, products[point] + t * room);
        if (t < run) tileProducts<Images, 1>(inputs, count, point, begin + t, channels, products[point] + t * room);
        continue;
      }
      for (int t = 0; t < run; t++) {
        Vector sums[Images][Columns];
        MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
          MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) sums[i][v] = zero();
        for (int q = 0; q < count; q++) {
          const TransformedInput& in = inputs[q];
          const float* weights[Columns];
          MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) weights[v] = in.weights[v] + point * in.weightPointStride;
          accumulate<Images, Columns, 0, Columns>(sums, in.x + point * in.pointStride + (begin + t) * in.tileStride,
                                                  in.imageStride, in.rowStride, weights, in.weightRowStride, in.rows,
                                                  in.channels, channels);
        }
        float* to = products[point] + t * room;
        MEDFORGE_UNROLL for (int i = 0; i < Images; i++)
          MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) store(to + (i * Columns + v) * kLanes, sums[i][v]);
      }
    }
    for (int t = 0; t < run; t++) {
      const int column = (begin + t) * kOutputs;
      for (int i = 0; i < Images; i++)
        for (int v = 0; v < Columns; v++) {
          Vector x[points], result[kOutputs];
          MEDFORGE_UNROLL for (int p = 0; p < points; p++)
            x[p] = load(products[p] + t * room + (i * Columns + v) * kLanes);
          collect<Taps>(x, result);
          float* to = y[v] + (static_cast<ptrdiff_t>(column) * groupImages + i) * channels;
          MEDFORGE_UNROLL for (int k = 0; k < kOutputs; k++) {
            if (column + k >= width) break;
            float* at = to + static_cast<ptrdiff_t>(k) * groupImages * channels;
            storeLanes(at, fresh ? result[k] : add(result[k], loadLanes(at, lanes[v])), lanes[v]);
          }
        }
    }
  }
}

// Most inputs of a convolution: the edges that leave a node, with one branch of each size.
constexpr int kMostInputs = 16;

template <int Taps, int Images>
static bool winogradOf(const Convolution& plan, const ColumnBlock& block, int group, int h, int firstImage,
                       float* const* y, bool fresh) {
  constexpr int points = Transform<Taps>::kPoints;
  const Shape& shape = plan.shape;
  const int groupImages = shape.groupImages(group), tiles = winogradTiles(shape.width);
  TransformedInput inputs[kMostInputs];
  int count = 0;
  bool any = false;
  auto flush = [&] {
    if (block.count == 1)
      winogradRow<Taps, Images, 1>(inputs, count, y, block.lanes, shape.width, groupImages, shape.channels, fresh);
    else if (block.count == 2)
      winogradRow<Taps, Images, 2>(inputs, count, y, block.lanes, shape.width, groupImages, shape.channels, fresh);
    else
      winogradRow<Taps, Images, kColumns>(inputs, count, y, block.lanes, shape.width, groupImages, shape.channels, fresh);
    fresh = false;
    any = true;
    count = 0;
  };
  for (int q = 0; q < plan.inputs; q++) {
    const ConvolutionInput& in = plan.input[q];
    if (!in.winograd || in.horizontal.taps != Taps) continue;
    const auto rows = tapsOf(in.vertical, h);
    const Shape source =
        transformedShape({shape.images, in.vertical.sources, in.horizontal.sources, in.channels, shape.group}, Taps, tiles);
    TransformedInput& to = inputs[count++];
    to.imageStride = in.channels;
    to.tileStride = static_cast<ptrdiff_t>(groupImages) * in.channels;
    to.pointStride = to.tileStride * tiles;
    to.rowStride = to.pointStride * points;
    to.weightPointStride = static_cast<ptrdiff_t>(in.channels) * shape.channels;
    to.weightRowStride = to.weightPointStride * points;
    to.rows = rows.count;
    to.channels = in.channels;
    to.x = in.x + source.row(group, rows.from) + static_cast<size_t>(firstImage) * in.channels;
    for (int v = 0; v < block.count; v++)
      to.weights[v] = in.filters[block.output[v]] + rows.first * to.weightRowStride + block.channel[v];
    if (count == kMostInputs) flush();
  }
  if (count > 0) flush();
  return any;
}

// Adds the transformed inputs of a convolution, by the size of their filters. Whether there were any.
template <int Images>
static bool winogradInputs(const Convolution& plan, const ColumnBlock& block, int group, int h, int firstImage,
                           float* const* y) {
  bool any = winogradOf<7, Images>(plan, block, group, h, firstImage, y, true);
  any = winogradOf<5, Images>(plan, block, group, h, firstImage, y, !any) || any;
  return winogradOf<3, Images>(plan, block, group, h, firstImage, y, !any) || any;
}

// --- gradient of the filter ---
// The same points the other way round: F(taps, 4). One task: one point, kSpan input channels, up to kColumns vectors of
// output channels, all kernel rows. Sums stay in registers over the places of a few rows; their order is (group, rows,
// run of tiles, row, tile, image).

constexpr int kSpan = 2 * kTile;
constexpr int kMostRows = 7;
constexpr int kRunPlaces = 64;
static_assert(kRunPlaces >= kTileRun * kGroup, "a run of tiles must fit");

// The gradient of the outputs at one point: [tile][image] of `Columns` vectors.
template <int Taps, int Columns>
MEDFORGE_INLINE void gradientAtPoint(const float* const* dy, int point, int begin, int run, int width, ptrdiff_t images,
                                     ptrdiff_t channels, float* result) {
  using T = Transform<Taps>;
  Vector factor[kOutputs];
  for (int k = 0; k < kOutputs; k++)
    factor[k] = broadcast(static_cast<float>(point < T::kFinite ? T::kTables.weight[point] * T::kTables.power[point][k]
                                                                : (k == kOutputs - 1 ? T::kTables.weight[point] : 0)));
  const ptrdiff_t place = images * channels;
  for (int t = 0; t < run; t++) {
    const int column = (begin + t) * kOutputs;
    const int count = least(kOutputs, width - column);
    for (ptrdiff_t i = 0; i < images; i++)
      MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) {
        const float* from = dy[v] + column * place + i * channels;
        Vector sum = mul(factor[0], load(from));
        if (count == kOutputs)
          MEDFORGE_UNROLL for (int k = 1; k < kOutputs; k++) sum = fma(factor[k], load(from + k * place), sum);
        else
          for (int k = 1; k < count; k++) sum = fma(factor[k], load(from + k * place), sum);
        store(result, sum);
        result += kLanes;
      }
  }
}

// totals[c] += the sums over `rows` rows of `places` places of x times the gradients.
template <int Channels, int Columns>
static void correlatePlaces(float (*totals)[Columns][kLanes], const float* x, ptrdiff_t xStride, ptrdiff_t rowStride,
                            const float* gradient, int rows, ptrdiff_t places) {
  Vector sums[Channels][Columns];
  MEDFORGE_UNROLL for (int c = 0; c < Channels; c++)
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) sums[c][v] = load(totals[c][v]);
  for (int h = 0; h < rows; h++) {
    const float* gradients[Columns];
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) gradients[v] = gradient + v * kLanes;
    correlate<Channels, Columns, 0, Columns>(sums, x, xStride, gradients, Columns * kLanes, places);
    x += rowStride;
    gradient += places * Columns * kLanes;
  }
  MEDFORGE_UNROLL for (int c = 0; c < Channels; c++)
    MEDFORGE_UNROLL for (int v = 0; v < Columns; v++) store(totals[c][v], sums[c][v]);
}

template <int Taps, int Columns>
static void winogradCorrelate(const FilterGradient& plan, const ColumnBlock& block, int point, int channel) {
  constexpr int points = Transform<Taps>::kPoints;
  const Shape& shape = plan.shape;
  const int outs = shape.channels, tiles = winogradTiles(shape.width), rows = plan.vertical.taps;
  const int channels = least(kSpan, plan.channels - channel);
  const Shape source =
      transformedShape({shape.images, plan.vertical.sources, plan.horizontal.sources, plan.channels, shape.group}, Taps, tiles);
  alignas(64) float totals[kMostRows][kSpan][Columns][kLanes];
  alignas(64) float gradient[kRunPlaces * Columns * kLanes];
  auto gradientOf = [&](int r, int c, int v) {
    return plan.gradients[block.output[v]] +
           ((static_cast<size_t>(r) * points + point) * plan.channels + channel + c) * outs + block.channel[v];
  };
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < channels; c++)
      for (int v = 0; v < Columns; v++)
        store(totals[r][c][v], plan.onTop ? loadLanes(gradientOf(r, c, v), block.lanes[v]) : zero());
  const int rowsAtOnce = most(1, kRunPlaces / (tiles * kGroup));
  for (int group = 0; group < shape.groups(); group++) {
    const int images = shape.groupImages(group);
    const ptrdiff_t rowStride = static_cast<ptrdiff_t>(points) * tiles * images * plan.channels;
    for (int first = 0; first < shape.height; first += rowsAtOnce) {
      const int last = least(shape.height, first + rowsAtOnce);
      for (int begin = 0; begin < tiles; begin += kTileRun) {
        const int run = least(kTileRun, tiles - begin);
        const ptrdiff_t places = static_cast<ptrdiff_t>(run) * images;
        for (int h = first; h < last; h++) {
          const float* dy[Columns];
          for (int v = 0; v < Columns; v++) dy[v] = plan.dy[block.output[v]] + shape.row(group, h) + block.channel[v];
          gradientAtPoint<Taps, Columns>(dy, point, begin, run, shape.width, images, outs,
                                         gradient + (h - first) * places * Columns * kLanes);
        }
        for (int r = 0; r < rows; r++) {
          // Rows of the output whose source row lies inside.
          const int top = r - plan.vertical.pad;
          const int from = most(first, -top), to = least(last, plan.vertical.sources - top);
          if (to <= from) continue;
          const float* x = plan.x + source.row(group, from + top) +
                           static_cast<ptrdiff_t>(point * tiles + begin) * images * plan.channels + channel;
          const float* at = gradient + (from - first) * places * Columns * kLanes;
          int c = 0;
          for (; c + kTile <= channels; c += kTile)
            correlatePlaces<kTile, Columns>(totals[r] + c, x + c, plan.channels, rowStride, at, to - from, places);
          if (kTile > 4 && c + 4 <= channels)
            correlatePlaces<4, Columns>(totals[r] + c, x + c, plan.channels, rowStride, at, to - from, places), c += 4;
          if (c + 2 <= channels)
            correlatePlaces<2, Columns>(totals[r] + c, x + c, plan.channels, rowStride, at, to - from, places), c += 2;
          if (c < channels)
            correlatePlaces<1, Columns>(totals[r] + c, x + c, plan.channels, rowStride, at, to - from, places);
        }
      }
    }
  }
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < channels; c++)
      for (int v = 0; v < Columns; v++) storeLanes(gradientOf(r, c, v), load(totals[r][c][v]), block.lanes[v]);
}

static int winogradGradientTasks(const FilterGradient& plan) {
  return columnBlocks(plan.outputs, plan.shape.channels) * winogradPoints(plan.horizontal.taps) *
         ((plan.channels + kSpan - 1) / kSpan);
}

template <int Taps>
static void winogradGradientOf(const FilterGradient& plan, int task) {
  const int blocks = columnBlocks(plan.outputs, plan.shape.channels);
  const ColumnBlock block = columnBlock(plan.outputs, plan.shape.channels, task % blocks);
  const int point = task / blocks % Transform<Taps>::kPoints, channel = task / blocks / Transform<Taps>::kPoints * kSpan;
  if (block.count == 1)
    winogradCorrelate<Taps, 1>(plan, block, point, channel);
  else if (block.count == 2)
    winogradCorrelate<Taps, 2>(plan, block, point, channel);
  else
    winogradCorrelate<Taps, kColumns>(plan, block, point, channel);
}

static void winogradGradient(const FilterGradient& plan, int task) {
  withTaps(plan.horizontal.taps, [&](auto size) { winogradGradientOf<size.kTaps>(plan, task); });
}

}  // namespace MEDFORGE_TARGET
