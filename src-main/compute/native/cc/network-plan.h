// A whole network as a list of steps: what each value of it is, who reads it, and where what is kept of it lies. Value 0 is
// the batch of images; step i makes value i + 1, the last step the logits.
//
// The result of a block is kept as its convolution and what the norm makes of it, scale * convolution + offset. Sums and
// the 2x2 average read that, and so do convolutions that go by squares; a value of its own is written only for those that need one.
#pragma once

#include <string>
#include <vector>

#include "kernels.h"

namespace medforge {

struct NetworkStep {
  // ReLU (or none), convolution, batch norm | 1x1 convolution | 3x3 average | 2x2 average, stride 2 | sum |
  // batch norm, ReLU, mean over the image, linear layer.
  enum Kind { kBlock, kConvolution, kPool, kHalve, kSum, kHead, kKinds };
  Kind kind;
  std::vector<int> inputs;
  int taps = 1, stride = 1;
  bool relu = false;
  int from = 0, to = 0;
};

constexpr size_t kNowhere = static_cast<size_t>(-1);

struct NetworkValue {
  Shape shape;
  std::vector<int> readers;  // steps
  // Offsets in the workspace. `convolved`: of a block, with room for its statistics: mean, reciprocal deviation, [channels]
  // each, and scale and offset, patterns.
  size_t convolved = kNowhere, statistics = kNowhere, value = kNowhere, rectified = kNowhere;
  int norm = 0;  // of a block or the head: its first channel in the joined statistics
};

class NetworkPlan {
 public:
  // `numbers` as `operations/network.ts` writes them. Training: blocks have scale and shift, weights are, in the order of
  // the steps, filter, scale, shift | filter | scale, shift, kernel, bias. Otherwise a block has filter and bias.
  NetworkPlan(const int32_t* numbers, size_t count, const Shape& images, bool training);

  // Empty when the steps fit together.
  const std::string& problem() const { return problem_; }

  bool training() const { return training_; }
  const std::vector<NetworkStep>& steps() const { return steps_; }
  const std::vector<NetworkValue>& values() const { return values_; }
  // Floats of what is kept from the forward call to the backward call.
  size_t workspace() const { return workspace_; }
  int statistics() const { return statistics_; }
  int classes() const { return steps_.back().to; }
  // Index of the first weight of a step, and the sizes of all.
  int firstWeight(int step) const { return firstWeight_[static_cast<size_t>(step)]; }
  const std::vector<size_t>& weights() const { return weights_; }

 private:
  void read(const int32_t* numbers, size_t count);
  void addValue(const NetworkStep& step, int index);
  void place();
  void fail(const std::string& problem) {
    if (problem_.empty()) problem_ = problem;
  }

  const bool training_;
  std::string problem_;
  std::vector<NetworkStep> steps_;
  std::vector<NetworkValue> values_;
  std::vector<int> firstWeight_;
  std::vector<size_t> weights_;
  size_t workspace_ = 0;
  int statistics_ = 0;
};

}  // namespace medforge
