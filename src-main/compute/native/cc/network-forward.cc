#include <algorithm>

#include "array-calls.h"
#include "convolution-set.h"
#include "dispatch.h"
#include "network.h"
#include "norm.h"
#include "scratch.h"
#include "squares.h"

namespace medforge {

namespace {

Axis axisOf(int sources, const NetworkStep& step) { return {step.taps, step.stride, step.taps / 2, 1, sources}; }

void repeat(float* pattern, int channels) {
  for (int i = channels; i < kGroup * channels; i++) pattern[i] = pattern[i - channels];
}

class Forward {
 public:
  Forward(const NetworkPlan& plan, const NetworkForward& call, Scratch& scratch)
      : plan_(plan), call_(call), scratch_(scratch), memory_(plan, call.workspace) {}

  void run() {
    const Block block{memory_.shape(0), call_.x, memory_.value(0), memory_.rectified(0)};
    parallel(kernels().block, block, block.shape.rows());
    squaresOf(0);
    convolveReadersOf(0);
    const int last = static_cast<int>(plan_.steps().size());
    for (int v = 1; v < last; v++) {
      finish(v);
      squaresOf(v);
      convolveReadersOf(v);
    }
    head(last);
  }

 private:
  const float* weight(int step, int index) const {
    return call_.weights[static_cast<size_t>(plan_.firstWeight(step) + index)];
  }

  // Writes value v and its ReLU, as far as they are wanted.
  void finish(int v) {
    const NetworkStep& step = memory_.stepOf(v);
    const Shape& shape = memory_.shape(v);
    const int input = step.inputs[0];
    if (step.kind == NetworkStep::kPool) {
      const Pool plan{shape, memory_.value(input), memory_.value(v)};
      parallel(kernels().pool, plan, shape.rows());
    } else if (step.kind == NetworkStep::kHalve) {
      const bool block = memory_.isBlock(input);
      const Halve plan{memory_.shape(input), block ? memory_.convolved(input) : memory_.value(input),
                       block && plan_.training() ? memory_.scale(input) : nullptr, block ? memory_.offset(input) : nullptr,
                       memory_.value(v)};
      parallel(kernels().halve, plan, shape.rows());
    } else if (step.kind != NetworkStep::kConvolution) {
      addUp(v, step.kind == NetworkStep::kSum ? step.inputs : std::vector<int>{v}, memory_.value(v));
      return;
    }
    addUp(v, {v}, nullptr);
  }

  // Leaves in `node_` how value v and its ReLU come about, for whoever needs them first.
  void addUp(int v, const std::vector<int>& inputs, float* value) {
    const Shape& shape = memory_.shape(v);
    node_ = {};
    if (!value && !memory_.rectified(v)) return;
    terms_.clear();
    const float* offset = nullptr;
    std::vector<double> sum(static_cast<size_t>(shape.channels), 0.0);
    for (int input : inputs) {
      terms_.push_back(memory_.term(input));
      if (!memory_.isBlock(input)) continue;
      offset = memory_.offset(input);
      for (int c = 0; c < shape.channels; c++) sum[static_cast<size_t>(c)] += static_cast<double>(offset[c]);
    }
    if (offset && inputs.size() > 1)
      offset = pattern(scratch_, shape, [&](int c) { return static_cast<float>(sum[static_cast<size_t>(c)]); });
    node_ = {shape, static_cast<int>(terms_.size()), terms_.data(), offset, value, memory_.rectified(v), nullptr};
  }

  // Writes value v, and makes of it, group by group while it is in the cache, the convolutions that go by squares.
  void squaresOf(int v) {
    std::vector<Square> plans;
    std::vector<int> results;
    const Scratch::Mark mark(scratch_);
    Works flips, transforms;
    for (int reader : memory_.of(v).readers) {
      const NetworkStep& step = plan_.steps()[static_cast<size_t>(reader)];
      if (!suitsSquares(step, memory_.shape(v))) continue;
      const int result = reader + 1;
      const Shape& shape = memory_.shape(result);
      const size_t statistics = static_cast<size_t>(shape.rows()) * 2 * static_cast<size_t>(shape.channels);
      results.push_back(result);
      plans.push_back({shape, step.from, step.relu ? memory_.rectifiedOrBlock(v) : memory_.value(v),
                       squareFilterOf(scratch_, step, weight(reader, 0), false, flips, transforms),
                       memory_.convolved(result), plan_.training() ? scratch_.floats(statistics) : nullptr, false,
                       step.relu ? memory_.readRectified(v) : Rectified{}});
    }
    transforms.run();
    const Kernels& k = kernels();
    const Shape& shape = memory_.shape(v);
    if (plans.empty()) {
      if (node_.terms > 0) parallel(k.node, node_, shape.rows());
      return;
    }
    parallelFor(shape.groups(), [&](int group) {
      for (int h = 0; h < shape.height && node_.terms > 0; h++) k.node(node_, group * shape.height + h);
      for (const Square& plan : plans) k.square(plan, group, squareRoom());
    });
    for (size_t i = 0; i < plans.size(); i++) normalise(results[i], plans[i].shape, plans[i].moments);
  }

  // All other convolutions that read value v; those with filters of one size share their input.
  void convolveReadersOf(int v) {
    struct Fan {
      const NetworkStep* like;
      std::vector<int> results;
      std::vector<float*> y, moments;
      std::vector<const float*> filters;
      ConvolutionInput input;
    };
    const Scratch::Mark mark(scratch_);
    std::vector<Fan> fans;
    fans.reserve(memory_.of(v).readers.size());
    for (int reader : memory_.of(v).readers) {
      const NetworkStep& step = plan_.steps()[static_cast<size_t>(reader)];
      if (step.kind != NetworkStep::kBlock && step.kind != NetworkStep::kConvolution) continue;
      if (suitsSquares(step, memory_.shape(v))) continue;
      auto fan = std::find_if(fans.begin(), fans.end(), [&](const Fan& other) {
        return other.like->kind == step.kind && other.like->taps == step.taps && other.like->stride == step.stride &&
               other.like->relu == step.relu && other.like->to == step.to;
      });
      if (fan == fans.end()) fan = fans.insert(fan, Fan{&step, {}, {}, {}, {}, {}});
      const int result = reader + 1;
      const bool block = step.kind == NetworkStep::kBlock;
      const Shape& shape = memory_.shape(result);
      fan->results.push_back(result);
      fan->y.push_back(block ? memory_.convolved(result) : memory_.value(result));
      fan->filters.push_back(weight(reader, 0));
      if (block && plan_.training())
        fan->moments.push_back(
            scratch_.floats(static_cast<size_t>(shape.rows()) * 2 * static_cast<size_t>(shape.channels)));
    }
    if (fans.empty()) return;
    ConvolutionSet set(scratch_);
    for (Fan& fan : fans) {
      const Shape& source = memory_.shape(v);
      fan.input = {fan.like->relu ? memory_.rectified(v) : memory_.value(v), source.channels,
                   axisOf(source.height, *fan.like), axisOf(source.width, *fan.like), fan.filters.data()};
      set.add(Convolution{memory_.shape(fan.results[0]), static_cast<int>(fan.results.size()), fan.y.data(), 1, &fan.input,
                          fan.moments.empty() ? nullptr : fan.moments.data()});
    }
    set.run();
    for (const Fan& fan : fans)
      for (size_t i = 0; i < fan.results.size(); i++)
        if (fan.like->kind == NetworkStep::kBlock)
          normalise(fan.results[i], memory_.shape(fan.results[i]), fan.moments.empty() ? nullptr : fan.moments[i]);
  }

  // Scale and offset of a norm, from the moments of the batch or, when it was folded into the filter, its bias.
  void normalise(int v, const Shape& shape, const float* moments) {
    const int channels = shape.channels, step = v - 1;
    float* offset = memory_.offset(v);
    if (!moments) {
      for (int c = 0; c < channels; c++) {
        memory_.scale(v)[c] = 1.0f;
        offset[c] = weight(step, 1)[c];
      }
      repeat(memory_.scale(v), channels);
      return repeat(offset, channels);
    }
    const bool head = memory_.isHead(v);
    const float *scales = weight(step, head ? 0 : 1), *shifts = weight(step, head ? 1 : 2);
    float *mean = memory_.mean(v), *deviation = memory_.deviation(v), *scale = memory_.scale(v);
    float* variance = call_.variances + memory_.of(v).norm;
    mergeMoments(shape, moments, mean, variance);
    std::copy(mean, mean + channels, call_.means + memory_.of(v).norm);
    for (int c = 0; c < channels; c++) {
      deviation[c] = reciprocalDeviation(variance[c]);
      scale[c] = scales[c] * deviation[c];
      offset[c] = static_cast<float>(static_cast<double>(shifts[c]) -
                                     static_cast<double>(scale[c]) * static_cast<double>(mean[c]));
    }
    repeat(scale, channels);
    repeat(offset, channels);
  }

  void head(int v) {
    const int step = v - 1, input = memory_.stepOf(v).inputs[0];
    const Shape& shape = memory_.shape(input);
    const Scratch::Mark mark(scratch_);
    if (plan_.training()) {
      float* moments = scratch_.floats(static_cast<size_t>(shape.rows()) * 2 * static_cast<size_t>(shape.channels));
      const RowMoments momentsPlan{shape, memory_.value(input), moments};
      parallel(kernels().rowMoments, momentsPlan, shape.rows());
      normalise(v, shape, moments);
    } else {
      std::copy(weight(step, 0), weight(step, 0) + shape.channels, memory_.scale(v));
      std::copy(weight(step, 1), weight(step, 1) + shape.channels, memory_.offset(v));
      repeat(memory_.scale(v), shape.channels);
      repeat(memory_.offset(v), shape.channels);
    }
    const RectifiedMean mean{shape, memory_.value(input), memory_.scale(v), memory_.offset(v), memory_.value(v)};
    parallel(kernels().rectifiedMean, mean, shape.groups());
    const int classes = plan_.classes();
    matrixProduct(memory_.value(v), weight(step, 2), call_.logits, shape.images, shape.channels, classes, false, false);
    for (int n = 0; n < shape.images; n++)
      for (int k = 0; k < classes; k++) call_.logits[n * classes + k] += weight(step, 3)[k];
  }

  const NetworkPlan& plan_;
  const NetworkForward& call_;
  Scratch& scratch_;
  const NetworkMemory memory_;
  Node node_{};
  std::vector<Term> terms_;
};

}  // namespace

void networkForward(const NetworkPlan& plan, const NetworkForward& call) {
  Scratch scratch;
  NetworkForward with = call;
  if (!with.workspace) with.workspace = scratch.floats(plan.workspace());
  Forward(plan, with, scratch).run();
}

}  // namespace medforge
