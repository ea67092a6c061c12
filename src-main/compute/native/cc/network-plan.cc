#include "network-plan.h"

#include "squares.h"

namespace medforge {

namespace {

// Numbers of a step: kind, then block: input, taps, stride, ReLU, from, to | convolution, head: input, from, to |
// pools: input | sum: how many inputs, the inputs.
constexpr int kNumbers[NetworkStep::kKinds] = {6, 3, 1, 1, 1, 3};

size_t onLines(size_t floats) { return (floats + kSlack / sizeof(float) + 15) / 16 * 16; }

}  // namespace

NetworkPlan::NetworkPlan(const int32_t* numbers, size_t count, const Shape& images, bool training) : training_(training) {
  values_.push_back({images, {}});
  read(numbers, count);
  if (steps_.empty() || steps_.back().kind != NetworkStep::kHead) fail("a network must end with a head");
  for (size_t i = 0; i < steps_.size() && problem_.empty(); i++) addValue(steps_[i], static_cast<int>(i));
  if (problem_.empty()) place();
}

void NetworkPlan::read(const int32_t* numbers, size_t count) {
  for (size_t at = 0; at < count && problem_.empty();) {
    const int kind = numbers[at++];
    if (kind < 0 || kind >= NetworkStep::kKinds) return fail("a step has the kind " + std::to_string(kind));
    NetworkStep step{};
    step.kind = static_cast<NetworkStep::Kind>(kind);
    const size_t needed = static_cast<size_t>(kNumbers[kind]);
    if (at + needed > count) return fail("the last step is cut off");
    const int32_t* n = numbers + at;
    at += needed;
    if (step.kind == NetworkStep::kSum) {
      if (n[0] < 1 || at + static_cast<size_t>(n[0]) > count) return fail("a sum has no inputs");
      step.inputs.assign(numbers + at, numbers + at + n[0]);
      at += static_cast<size_t>(n[0]);
    } else {
      step.inputs = {n[0]};
    }
    if (step.kind == NetworkStep::kBlock) {
      step.taps = n[1];
      step.stride = n[2];
      step.relu = n[3] != 0;
    }
    if (needed >= 3) {
      step.from = n[needed - 2];
      step.to = n[needed - 1];
      if (step.from < 1 || step.to < 1) return fail("channels must be positive");
    }
    if (step.taps < 1 || step.taps % 2 == 0 || step.stride < 1) return fail("filters must be odd and strides positive");
    steps_.push_back(step);
  }
}

void NetworkPlan::addValue(const NetworkStep& step, int index) {
  const bool last = static_cast<size_t>(index) + 1 == steps_.size();
  if ((step.kind == NetworkStep::kHead) != last) return fail("the head must be the last step");
  for (int input : step.inputs) {
    if (input < 0 || static_cast<size_t>(input) >= values_.size()) return fail("a step reads a value that is not there yet");
    values_[static_cast<size_t>(input)].readers.push_back(index);
  }
  const Shape in = values_[static_cast<size_t>(step.inputs[0])].shape;
  NetworkValue value{};
  value.shape = in;
  if (step.from > 0 && step.from != in.channels) return fail("a step reads another number of channels than there are");
  firstWeight_.push_back(static_cast<int>(weights_.size()));
  const size_t from = static_cast<size_t>(step.from), to = static_cast<size_t>(step.to);
  switch (step.kind) {
    case NetworkStep::kBlock:
      value.shape.height = (in.height + 2 * (step.taps / 2) - step.taps) / step.stride + 1;
      value.shape.width = (in.width + 2 * (step.taps / 2) - step.taps) / step.stride + 1;
      value.shape.channels = step.to;
      weights_.insert(weights_.end(), {static_cast<size_t>(step.taps * step.taps) * from * to, to});
      if (training_) weights_.push_back(to);
      value.norm = statistics_;
      statistics_ += step.to;
      break;
    case NetworkStep::kConvolution:
      value.shape.channels = step.to;
      weights_.push_back(from * to);
      break;
    case NetworkStep::kHalve:
      if (in.height % 2 || in.width % 2) return fail("the 2x2 average needs even height and width");
      value.shape.height /= 2;
      value.shape.width /= 2;
      break;
    case NetworkStep::kSum:
      for (int input : step.inputs) {
        const Shape& other = values_[static_cast<size_t>(input)].shape;
        if (other.height != in.height || other.width != in.width || other.channels != in.channels)
          return fail("a sum has inputs of different shapes");
      }
      break;
    case NetworkStep::kHead:
      weights_.insert(weights_.end(), {from, from, from * to, to});
      value.norm = statistics_;
      statistics_ += step.from;
      break;
    default:
      break;
  }
  values_.push_back(value);
}

void NetworkPlan::place() {
  auto take = [&](size_t floats) {
    const size_t at = workspace_;
    workspace_ += onLines(floats);
    return at;
  };
  for (size_t v = 0; v + 1 < values_.size(); v++) {
    NetworkValue& value = values_[v];
    if (value.readers.empty()) return fail("no step reads value " + std::to_string(v));
    bool needed = v > 0 && steps_[v - 1].kind != NetworkStep::kBlock && steps_[v - 1].kind != NetworkStep::kSum;
    bool rectified = false;
    for (int reader : value.readers) {
      const NetworkStep& step = steps_[static_cast<size_t>(reader)];
      if (step.kind == NetworkStep::kBlock && step.relu) {
        rectified = rectified || v == 0 || steps_[v - 1].kind != NetworkStep::kBlock || !suitsSquares(step, value.shape);
      } else {
        const bool lazy = v > 0 && steps_[v - 1].kind == NetworkStep::kBlock &&
                          (step.kind == NetworkStep::kSum || step.kind == NetworkStep::kHalve);
        needed = needed || !lazy;
      }
    }
    const size_t channels = static_cast<size_t>(value.shape.channels);
    if (v > 0 && steps_[v - 1].kind == NetworkStep::kBlock) {
      value.convolved = take(value.shape.size());
      value.statistics = take((2 + 2 * static_cast<size_t>(value.shape.group)) * channels);
    }
    if (needed) value.value = take(value.shape.size());
    if (rectified) value.rectified = take(value.shape.size());
  }
  // Of the head: mean and reciprocal deviation, scale and offset, and the pooled values.
  const Shape& last = values_[static_cast<size_t>(steps_.back().inputs[0])].shape;
  const size_t channels = static_cast<size_t>(last.channels);
  values_.back().statistics = take((2 + 2 * static_cast<size_t>(last.group)) * channels);
  values_.back().value = take(static_cast<size_t>(last.images) * channels);
}

}  // namespace medforge
