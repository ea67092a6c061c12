#include "squares.h"

#include <cstdint>
#include <vector>

#include "dispatch.h"

namespace medforge {

namespace {

// Below these the transforms cost more than they save.
constexpr int kFewestChannels = 8;
constexpr int kSmallest = 4;

}  // namespace

bool suitsSquares(const NetworkStep& step, const Shape& source) {
  const auto suits = [](int channels) { return channels >= kFewestChannels && channels <= kMostSquareChannels; };
  return step.kind == NetworkStep::kBlock && step.taps == 3 && step.stride == 1 && suits(step.from) && suits(step.to) &&
         source.height >= kSmallest && source.width >= kSmallest;
}

const float* squareFilterOf(Scratch& scratch, const NetworkStep& step, const float* filter, bool flipped, Works& flips,
                            Works& transforms) {
  const size_t size = static_cast<size_t>(step.from) * static_cast<size_t>(step.to);
  if (flipped) {
    float* other = scratch.floats(9 * size);
    flips.add(kernels().flipFilter, FlipFilter{3, 3, step.from, step.to, filter, other}, 9);
    filter = other;
  }
  float* points = scratch.floats(kSquarePoints * squareStride(size));
  transforms.add(kernels().squareFilter, SquareFilter{size, filter, points},
                 static_cast<int>((size + kSquarePiece - 1) / kSquarePiece));
  return points;
}

float* squareRoom() {
  constexpr size_t kLine = 64;
  thread_local std::vector<char> room(kSquareRoom * sizeof(float) + kSlack + kLine);
  return reinterpret_cast<float*>(room.data() + (kLine - reinterpret_cast<uintptr_t>(room.data()) % kLine) % kLine);
}

}  // namespace medforge
