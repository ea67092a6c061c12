// What kernels.cc offers, free of SIMD types: the structures that say what to compute and the table of functions that
// each instruction set fills in.
//
// Blocked layout. Inside a kernel, images are kept as [group][row][column][image of the group][channel], a group being
// kGroup images (the last may have fewer). The pixels of one place in all images of a group lie side by side, so a
// convolution holds in registers the same place of several images, for which the same taps meet padding; taps that meet
// padding are never computed. With groups of one image the layout is NHWC, which is what the outside sees.
//
// Pattern. An array that has one value per channel, repeated for each image of a group: [group][channel]. With patterns
// a kernel walks through a place in whole vectors whatever the number of channels.
//
// Every buffer must have kSlack bytes behind its last element: vectors of weights are read whole.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Never emitted out of line: an instance that one instruction set compiled must not serve the others.
#if defined(_MSC_VER) && !defined(__clang__)
#define MEDFORGE_METHOD __forceinline
#else
#define MEDFORGE_METHOD inline __attribute__((always_inline))
#endif

namespace medforge {

constexpr int kGroup = 8;
constexpr size_t kSlack = 64;

struct Shape {
  int images, height, width, channels;
  int group = kGroup;
  MEDFORGE_METHOD size_t size() const { return static_cast<size_t>(images) * height * width * channels; }
  MEDFORGE_METHOD size_t pixels() const { return static_cast<size_t>(images) * height * width; }
  MEDFORGE_METHOD int groups() const { return (images + group - 1) / group; }
  MEDFORGE_METHOD int rows() const { return groups() * height; }
  MEDFORGE_METHOD int groupImages(int g) const { return images - g * group < group ? images - g * group : group; }
  // Offset of a row of a group.
  MEDFORGE_METHOD size_t row(int g, int h) const {
    return (static_cast<size_t>(g) * group * height + static_cast<size_t>(h) * groupImages(g)) * width * channels;
  }
};

// How one axis of a convolution meets its input: the output at o reads source (o * stride + tap - pad) / step, for those
// taps where the division is exact and the source lies inside. Forward: step 1. Backward to the input, with the filter
// flipped: stride 1, step = the forward stride.
struct Axis {
  int taps, stride, pad, step, sources;
};

// One input of a convolution with its filters.
struct ConvolutionInput {
  const float* x;  // blocked
  int channels;
  Axis vertical, horizontal;
  const float* const* filters;  // [taps][taps][channels][output channels] for each of the outputs
  bool winograd = false;        // x and filters are transformed
  bool backward = false;        // filters are as they go forward, [taps][taps][output channels][channels], and must be flipped
};

// outputs[i] = sum over inputs of input * its filter for i. All outputs have one shape.
struct Convolution {
  Shape shape;
  int outputs;
  float* const* y;
  int inputs;
  const ConvolutionInput* input;
  // For each output, of each row of it the mean of each channel and the sum of squared differences from that mean:
  // [rows][2][channels]. Null: not wanted.
  float* const* moments;
};

// gradients[i] = correlation of x with dy[i], [taps][taps][channels][shape.channels].
struct FilterGradient {
  Shape shape;  // of one dy
  int outputs;
  const float* const* dy;
  float* const* gradients;
  const float* x;
  int channels;
  Axis vertical, horizontal;
  bool winograd = false;  // x is transformed, and the gradients come out at the points: [taps][points][channels][...]
  bool onTop = false;     // the gradients already hold sums over the images before these
};

// Winograd's minimal filtering along a row: `kWinogradTile` neighbouring outputs from products at taps + 3 points
// (winograd.h). Offered for stride 1 and 3, 5 or 7 taps.
constexpr int kWinogradTile = 4;
MEDFORGE_METHOD constexpr int winogradPoints(int taps) { return taps + kWinogradTile - 1; }
MEDFORGE_METHOD constexpr int winogradTiles(int width) { return (width + kWinogradTile - 1) / kWinogradTile; }

// Of a transformed input: [group][row][point][tile][image of the group][channel].
MEDFORGE_METHOD Shape transformedShape(const Shape& source, int taps, int tiles) {
  return {source.images, source.height, winogradPoints(taps) * tiles, source.channels, source.group};
}

// One task: one row of one group of `source`. Tile t begins at column t * kWinogradTile - pad.
struct InputTransform {
  Shape source;
  int taps, pad, tiles;
  const float* x;
  float* transformed;
};

// Rows of a filter, [taps][size] each, at the points, [points][size]; and back, for a gradient. One task: one row.
struct FilterTransform {
  int taps;
  size_t size;  // channels * output channels
  const float* filter;
  float* transformed;
  const float* more = nullptr;  // on the way back: what is added to `filter` first; null: nothing
};

// 3x3 convolutions with stride 1 and padding 1 in squares of 4 x 4 outputs (square.h).
constexpr int kSquarePoints = 36;
// Of the squares that are transformed together: places times channels, and places.
constexpr int kSquareFloats = 1024;
constexpr int kSquarePlaces = 64;
// From one point to the next: an odd number of cache lines, or the lines of all points would fall into one set of the cache.
MEDFORGE_METHOD constexpr size_t squareStride(size_t floats) { return ((floats + 15) / 16 | 1) * 16; }
// Floats that a call needs for itself: what is read, and its products for two vectors of outputs.
constexpr size_t kSquareInput = kSquarePoints * squareStride(kSquareFloats);
constexpr size_t kSquareRoom = kSquareInput + kSquarePoints * squareStride(kSquarePlaces * 32);
constexpr int kMostSquareChannels = kSquareFloats / kGroup;
constexpr size_t kSquarePiece = 1024;

// What is read is relu(scale * x + offset), patterns; null: x as it is.
struct Rectified {
  const float *scale = nullptr, *offset = nullptr;
};

// y = x * filter, or y + that. One call: one group.
struct Square {
  Shape shape;  // of y
  int channels;
  const float *x, *filter;  // blocked; at the points: squareStride(channels * shape.channels) from one to the next
  float* y;
  float* moments;  // as in Convolution; null: not wanted
  bool onTop = false;
  Rectified read{};
};

// sums = the filter's gradient at the points from one group, laid out like a filter at the points.
struct SquareGradient {
  Shape shape;  // of dy
  int channels;
  const float *x, *dy;
  float* sums;
  Rectified read{};
};

// A filter [3][3][size] at the points. One task: kSquarePiece of `size`.
struct SquareFilter {
  size_t size;
  const float* filter;
  float* points;
};

// gradient [3][3][size] = the way back of the sum of `parts` sums, one behind the other. One task: kSquarePiece of `size`.
struct SquareCollect {
  size_t size;
  int parts;
  const float* sums;
  float* gradient;
};

// transposed[height-1-i][width-1-j][o][c] = filter[i][j][c][o]; task = tap
struct FlipFilter {
  int height, width, inputs, outputs;
  const float* filter;
  float* flipped;
};

// The rest works on one row of one group: task = group * height + row.

// moments as in Convolution.
struct RowMoments {
  Shape shape;
  const float* y;
  float* moments;
};

// weight * source, or pattern * source (batch norm with the probability folded in).
struct Term {
  enum Kind { kScaled, kPattern };
  Kind kind;
  const float* source;
  float weight;
  const float* pattern;
};

// 3x3 average with padding not counted, or its transpose.
struct Pool {
  Shape shape;
  const float* x;
  float* y;
};

// offset + sum of terms, and what is made of it while it is at hand.
struct Node {
  Shape shape;
  int terms;
  const Term* term;
  const float* offset;  // pattern; null: 0
  float* value;         // null: not wanted (then `nhwc` must be null too)
  float* rectified;     // null: not wanted
  float* nhwc;          // null: not wanted
};

// sums[row][0] = sum of g; sums[row][1 + i] = sum of g * s_i, s_i being source - pattern (a convolution and its mean) or
// the source itself (kScaled): [rows][1 + terms][channels].
struct NodeSums {
  Shape shape;
  const float* gradient;
  int terms;
  const Term* term;
  float* sums;
};

// dy = a * gradient + b * (y - mean) + c, all patterns: the gradient of batch norm. dy may be y.
struct NormGradientOutput {
  const float *y, *mean, *a, *b, *c;
  float* dy;
};
struct NormGradient {
  Shape shape;
  const float* gradient;
  int outputs;
  const NormGradientOutput* output;
};

// [rectified > 0] * convolved + transpose of the pool of `pooled` + transpose of the 2x2 average of `halved` + sum of terms
// (all kScaled).
struct SourceGradient {
  Shape shape;
  const float* convolved;  // null: none
  const float* rectified;  // null: no ReLU in front of the convolution
  const float* pooled;     // null: none
  float* unpooled;         // room for the transpose, as large as the source
  int terms;
  const Term* term;
  float* value;  // never null; may be `convolved`
  float* nhwc;   // null: not wanted
  const float* halved = nullptr;  // half as high and wide as the source; null: none
  Rectified read{};               // of `rectified`
};

// What is left of a row while it is at hand: the gradient of a value and the sums that the norm in front of it needs.
struct SourceGradientSums {
  SourceGradient gradient;
  NodeSums sums;  // of `gradient.value`
};

// The 2x2 average, stride 2, of scale * x + offset (patterns; null: 1 and 0). Height and width are even. One task: one row
// of y.
struct Halve {
  Shape shape;  // of x
  const float *x, *scale, *offset;
  float* y;
};

// pooled = mean over height and width of relu(scale * x + offset), [images][channels]; patterns. One task: one group.
struct RectifiedMean {
  Shape shape;
  const float *x, *scale, *offset;
  float* pooled;
};

// gradient = pooled where scale * x + offset > 0, else 0; `pooled` is the gradient by the sum over height and width.
struct RectifiedMeanGradient {
  Shape shape;
  const float *x, *scale, *offset, *pooled;
  float* gradient;
};

// NHWC to blocked, as it is and after ReLU.
struct Block {
  Shape shape;
  const float* x;
  float* value;      // null: not wanted
  float* rectified;  // null: not wanted
};

// Blocked to NHWC: y = scale * x + offset.
struct Unblock {
  Shape shape;
  const float* x;
  const float* scale;   // [channels]; null: 1
  const float* offset;  // [channels]; null: 0
  float* y;
};

struct Kernels {
  const char* name;
  int (*convolutionTasks)(const Convolution&);
  void (*convolution)(const Convolution&, int task);
  int (*filterGradientTasks)(const FilterGradient&);
  void (*filterGradient)(const FilterGradient&, int task);
  void (*flipFilter)(const FlipFilter&, int task);
  void (*transformInput)(const InputTransform&, int task);
  void (*transformFilter)(const FilterTransform&, int task);
  void (*collectFilter)(const FilterTransform&, int task);
  int (*winogradGradientTasks)(const FilterGradient&);
  void (*winogradGradient)(const FilterGradient&, int task);
  void (*square)(const Square&, int group, float* room);
  void (*squareGradient)(const SquareGradient&, int group, float* room);
  void (*squareFilter)(const SquareFilter&, int task);
  void (*squareCollect)(const SquareCollect&, int task);
  void (*rowMoments)(const RowMoments&, int task);
  void (*node)(const Node&, int task);
  void (*pool)(const Pool&, int task);
  void (*poolGradient)(const Pool&, int task);
  void (*nodeSums)(const NodeSums&, int task);
  void (*normGradient)(const NormGradient&, int task);
  void (*sourceGradient)(const SourceGradient&, int task);
  void (*sourceGradientSums)(const SourceGradientSums&, int task);
  void (*halve)(const Halve&, int task);
  void (*rectifiedMean)(const RectifiedMean&, int task);
  void (*rectifiedMeanGradient)(const RectifiedMeanGradient&, int task);
  void (*block)(const Block&, int task);
  void (*unblock)(const Unblock&, int task);
  // a[i] * b[i] and so on over plain arrays.
  double (*dot)(const float* a, const float* b, size_t n);
  void (*sgd)(float* parameter, float* momentum, const float* gradient, size_t n, float scale, float rate, float momentumRate,
              float decay);
  void (*binary)(int operation, const float* a, const float* b, float* y, size_t n);
  void (*relu)(const float* x, float* y, size_t n);
  void (*reluGradient)(const float* x, const float* dy, float* dx, size_t n);
  void (*scaleAdd)(float weight, const float* x, float* y, size_t n, bool fresh);
  // Floating-point operations of `rounds` rounds of multiply-adds that touch no memory.
  double (*multiplyAdds)(long rounds);
};

extern const Kernels kAvx512Kernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kBaselineKernels;

}  // namespace medforge
