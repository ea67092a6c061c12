#include <algorithm>
#include <map>
#include <memory>

#include "array-calls.h"
#include "convolution-set.h"
#include "dispatch.h"
#include "network.h"
#include "norm.h"
#include "scratch.h"
#include "squares.h"

namespace medforge {

namespace {

Axis forwardAxis(int sources, const NetworkStep& step) { return {step.taps, step.stride, step.taps / 2, 1, sources}; }
// With the filter flipped: the input gradient at o reads dy at (o + tap - taps / 2) / stride.
Axis backwardAxis(int sources, const NetworkStep& step) {
  return {step.taps, 1, step.taps - 1 - step.taps / 2, step.stride, sources};
}

// Gradients of values. One that is no longer needed leaves its memory, still in the cache, to the next of its size.
class Gradients {
 public:
  explicit Gradients(Scratch& scratch) : scratch_(scratch) {}

  std::shared_ptr<float> take(size_t size) {
    std::vector<float*>& idle = idle_[size];
    float* memory = idle.empty() ? nullptr : idle.back();
    if (memory)
      idle.pop_back();
    else
      memory = scratch_.floats(size);
    return {memory, [&idle](float* back) { idle.push_back(back); }};
  }

 private:
  Scratch& scratch_;
  std::map<size_t, std::vector<float*>> idle_;
};

class Backward {
 public:
  Backward(const NetworkPlan& plan, const NetworkBackward& call, Scratch& scratch)
      : plan_(plan), call_(call), scratch_(scratch), memory_(plan, call.workspace), memories_(scratch),
        gradients_(plan.values().size()), norms_(plan.values().size()), summed_(plan.values().size(), false) {}

  void run() {
    const int last = static_cast<int>(plan_.steps().size());
    head(last);
    for (int v = last - 1; v >= 0; v--) {
      collect(v);
      for (int reader : memory_.of(v).readers) {
        // The values that a step reads are done in falling order: after the least of them its gradient is over.
        const std::vector<int>& inputs = plan_.steps()[static_cast<size_t>(reader)].inputs;
        if (*std::min_element(inputs.begin(), inputs.end()) == v) gradients_[static_cast<size_t>(reader + 1)].reset();
      }
    }
  }

 private:
  const float* weight(int step, int index) const {
    return call_.weights[static_cast<size_t>(plan_.firstWeight(step) + index)];
  }
  float* gradientOfWeight(int step, int index) const {
    return call_.gradients[static_cast<size_t>(plan_.firstWeight(step) + index)];
  }
  std::shared_ptr<float>& gradient(int v) { return gradients_[static_cast<size_t>(v)]; }

  // The norm of v from the sums of its gradient: gradients of scale and shift, and the coefficients of the gradient of what
  // the norm reads, which comes to lie at `dy`.
  NormGradientOutput norm(int v, const Shape& shape, const float* y, float* dy, int firstWeight, const double* sums,
                          const double* products) {
    const float *mean = memory_.mean(v), *deviation = memory_.deviation(v), *scale = weight(v - 1, firstWeight);
    float *dScale = gradientOfWeight(v - 1, firstWeight), *dShift = gradientOfWeight(v - 1, firstWeight + 1);
    for (int c = 0; c < shape.channels; c++) {
      dShift[c] = static_cast<float>(sums[c]);
      dScale[c] = static_cast<float>(products[c] * static_cast<double>(deviation[c]));
    }
    return normGradientOf(scratch_, shape, y, dy, mean, deviation, sums, products, [&](int c) { return scale[c]; });
  }

  Term centred(int v, const Shape& shape, const float* y) {
    const float* mean = memory_.mean(v);
    return {Term::kPattern, y, 0, pattern(scratch_, shape, [&](int c) { return mean[c]; })};
  }

  // The blocks whose results have the gradient of v and no other: v itself, or what v is the sum of.
  std::vector<int> blocksWithGradientOf(int v) const {
    if (memory_.isBlock(v)) return {v};
    std::vector<int> blocks;
    if (memory_.stepOf(v).kind == NetworkStep::kSum)
      for (int input : memory_.stepOf(v).inputs)
        if (memory_.isBlock(input) && memory_.of(input).readers.size() == 1) blocks.push_back(input);
    return blocks;
  }

  void head(int v) {
    const int step = v - 1, input = memory_.stepOf(v).inputs[0], classes = plan_.classes();
    const Shape& shape = memory_.shape(input);
    const int channels = shape.channels, images = shape.images;
    const float* pooled = memory_.value(v);
    matrixProduct(pooled, call_.dLogits, gradientOfWeight(step, 2), channels, images, classes, true, false);
    float* dBias = gradientOfWeight(step, 3);
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int n = 0; n < images; n++) sum += static_cast<double>(call_.dLogits[n * classes + k]);
      dBias[k] = static_cast<float>(sum);
    }
    float* dPooled = scratch_.floats(static_cast<size_t>(images) * static_cast<size_t>(channels));
    matrixProduct(call_.dLogits, weight(step, 2), dPooled, images, classes, channels, false, true);
    const float share = 1.0f / static_cast<float>(shape.height * shape.width);
    for (int i = 0; i < images * channels; i++) dPooled[i] *= share;
    const std::shared_ptr<float> rectified = memories_.take(shape.size());
    const float* x = memory_.value(input);
    const RectifiedMeanGradient plan{shape, x, memory_.scale(v), memory_.offset(v), dPooled, rectified.get()};
    parallel(kernels().rectifiedMeanGradient, plan, shape.rows());
    const Term term = centred(v, shape, x);
    float* rowSums = roomForSums(shape, 1);
    const NodeSums sumsPlan{shape, rectified.get(), 1, &term, rowSums};
    parallel(kernels().nodeSums, sumsPlan, shape.rows());
    const double* sums = sumsOf(shape, rowSums, 1);
    gradient(v) = memories_.take(shape.size());
    const NormGradientOutput output = norm(v, shape, x, gradient(v).get(), 0, sums, sums + channels);
    const NormGradient normPlan{shape, rectified.get(), 1, &output};
    parallel(kernels().normGradient, normPlan, shape.rows());
  }

  float* roomForSums(const Shape& shape, size_t terms) {
    return scratch_.floats(static_cast<size_t>(shape.rows()) * (1 + terms) * static_cast<size_t>(shape.channels));
  }
  const double* sumsOf(const Shape& shape, const float* rowSums, size_t terms) {
    const int count = (1 + static_cast<int>(terms)) * shape.channels;
    double* sums = scratch_.doubles(static_cast<size_t>(count));
    sumRows(rowSums, shape.rows(), count, sums);
    return sums;
  }

  // The gradient of value v from those of the steps that read it, and the gradients of the filters of these steps.
  void collect(int v) {
    const Shape& shape = memory_.shape(v);
    std::vector<const float*> same, pooled, halved;
    std::vector<int> rectifying, plain, squares;
    for (int reader : memory_.of(v).readers) {
      const NetworkStep& step = plan_.steps()[static_cast<size_t>(reader)];
      const float* from = gradient(reader + 1).get();
      switch (step.kind) {
        case NetworkStep::kBlock:
        case NetworkStep::kConvolution:
          (step.relu ? suitsSquares(step, shape) ? squares : rectifying : plain).push_back(reader);
          break;
        case NetworkStep::kPool:
          pooled.push_back(from);
          break;
        case NetworkStep::kHalve:
          halved.push_back(from);
          break;
        default:
          same.push_back(from);
      }
    }
    if (v == 0) {
      convolutions(v, rectifying, nullptr);
      convolutions(v, plain, nullptr);
      if (!squares.empty()) squareGradients(v, squares, false, nullptr, nullptr);
      return;
    }
    const bool convolved = !rectifying.empty() || !squares.empty();
    if (same.size() == 1 && !convolved && plain.empty() && pooled.empty() && halved.empty()) {
      gradient(v) = gradients_[static_cast<size_t>(memory_.of(v).readers[0] + 1)];
      const Sums sums = sumsFor(v);
      if (sums.blocks.empty()) return;
      parallel(kernels().nodeSums, sums.plan, shape.rows());
      useSums(shape, sums);
      return;
    }
    gradient(v) = memories_.take(shape.size());
    const std::shared_ptr<float> second = plain.empty() ? nullptr : memories_.take(shape.size());
    const std::shared_ptr<float> unpooled = pooled.empty() ? nullptr : memories_.take(shape.size());
    const Shape half{shape.images, shape.height / 2, shape.width / 2, shape.channels, shape.group};
    const std::shared_ptr<float> pool = together(pooled, shape), halves = together(halved, half);
    convolutions(v, rectifying, gradient(v).get());
    convolutions(v, plain, second.get());
    std::vector<Term> terms;
    for (const float* from : same) terms.push_back({Term::kScaled, from, 1.0f, nullptr});
    if (second) terms.push_back({Term::kScaled, second.get(), 1.0f, nullptr});
    SourceGradient plan{};
    plan.shape = shape;
    plan.convolved = convolved ? gradient(v).get() : nullptr;
    plan.rectified = memory_.rectifiedOrBlock(v);
    plan.read = memory_.readRectified(v);
    plan.pooled = pool ? pool.get() : pooled.empty() ? nullptr : pooled[0];
    plan.unpooled = unpooled.get();
    plan.halved = halves ? halves.get() : halved.empty() ? nullptr : halved[0];
    plan.terms = static_cast<int>(terms.size());
    plan.term = terms.data();
    plan.value = gradient(v).get();
    const Sums sums = sumsFor(v);
    const SourceGradientSums both{plan, sums.plan};
    if (!squares.empty())
      squareGradients(v, squares, !rectifying.empty(), &plan, sums.blocks.empty() ? nullptr : &both);
    else if (sums.blocks.empty())
      parallel(kernels().sourceGradient, plan, shape.rows());
    else
      parallel(kernels().sourceGradientSums, both, shape.rows());
    useSums(shape, sums);
  }

  // Sum of gradients; null when there are not several.
  std::shared_ptr<float> together(const std::vector<const float*>& gradients, const Shape& shape) {
    if (gradients.size() < 2) return nullptr;
    std::vector<Term> terms;
    for (const float* from : gradients) terms.push_back({Term::kScaled, from, 1.0f, nullptr});
    std::shared_ptr<float> sum = memories_.take(shape.size());
    const Node node{shape, static_cast<int>(terms.size()), terms.data(), nullptr, sum.get(), nullptr, nullptr};
    parallel(kernels().node, node, shape.rows());
    return sum;
  }

  // The sums that the norms of `blocks` need of the gradient of a value.
  struct Sums {
    std::vector<int> blocks;
    std::vector<Term> terms;
    NodeSums plan;
  };

  Sums sumsFor(int v) {
    const Shape& shape = memory_.shape(v);
    Sums sums{};
    for (int b : blocksWithGradientOf(v))
      if (!summed_[static_cast<size_t>(b)]) sums.blocks.push_back(b);
    if (sums.blocks.empty()) return sums;
    for (int b : sums.blocks) sums.terms.push_back(centred(b, shape, memory_.convolved(b)));
    sums.plan = {shape, gradient(v).get(), static_cast<int>(sums.terms.size()), sums.terms.data(),
                 roomForSums(shape, sums.terms.size())};
    return sums;
  }

  void useSums(const Shape& shape, const Sums& sums) {
    if (sums.blocks.empty()) return;
    const double* all = sumsOf(shape, sums.plan.sums, sums.terms.size());
    for (size_t i = 0; i < sums.blocks.size(); i++) {
      const int b = sums.blocks[i];
      float* convolved = memory_.convolved(b);
      norms_[static_cast<size_t>(b)] = norm(b, shape, convolved, convolved, 1, all,
                                            all + (1 + i) * static_cast<size_t>(shape.channels));
      summed_[static_cast<size_t>(b)] = true;
    }
  }

  // Of blocks that go by squares: group by group, while it is in the cache, the gradient of the norm, of what is read, of
  // the filters and, as `plan` says, of value v with the sums of `both`. `onTop`: there are other convolutions' gradients.
  void squareGradients(int v, const std::vector<int>& readers, bool onTop, const SourceGradient* plan,
                       const SourceGradientSums* both) {
    const Shape& source = memory_.shape(v);
    const Scratch::Mark mark(scratch_);
    const Kernels& k = kernels();
    Works flips, transforms, collects;
    std::vector<NormGradient> norms;
    std::vector<Square> inputs;
    std::vector<SquareGradient> filters;
    for (int reader : readers) {
      const NetworkStep& step = plan_.steps()[static_cast<size_t>(reader)];
      const int result = reader + 1;
      const Shape& shape = memory_.shape(result);
      norms.push_back({shape, gradient(result).get(), 1, &norms_[static_cast<size_t>(result)]});
      const float* dy = memory_.convolved(result);
      if (plan)
        inputs.push_back({source, step.to, dy,
                          squareFilterOf(scratch_, step, weight(reader, 0), true, flips, transforms), plan->value, nullptr,
                          onTop || !inputs.empty()});
      const size_t size = static_cast<size_t>(step.from) * static_cast<size_t>(step.to);
      float* sums = scratch_.floats(static_cast<size_t>(shape.groups()) * kSquarePoints * squareStride(size));
      filters.push_back({shape, step.from, memory_.rectifiedOrBlock(v), dy, sums, memory_.readRectified(v)});
      collects.add(k.squareCollect, SquareCollect{size, shape.groups(), sums, gradientOfWeight(reader, 0)},
                   static_cast<int>((size + kSquarePiece - 1) / kSquarePiece));
    }
    flips.run();
    transforms.run();
    parallelFor(source.groups(), [&](int group) {
      const int first = group * source.height;
      for (size_t i = 0; i < readers.size(); i++) {
        for (int h = 0; h < source.height; h++) k.normGradient(norms[i], first + h);
        if (plan) k.square(inputs[i], group, squareRoom());
        SquareGradient filter = filters[i];
        filter.sums += static_cast<size_t>(group) * kSquarePoints *
                       squareStride(static_cast<size_t>(filter.channels) * static_cast<size_t>(filter.shape.channels));
        k.squareGradient(filter, group, squareRoom());
      }
      for (int h = 0; h < source.height && plan; h++)
        if (both)
          k.sourceGradientSums(*both, first + h);
        else
          k.sourceGradient(*plan, first + h);
    });
    collects.run();
  }

  // Gradients of the filters of `readers`, and of what they read (null: not wanted).
  void convolutions(int v, const std::vector<int>& readers, float* dx) {
    if (readers.empty()) return;
    const Shape& source = memory_.shape(v);
    struct Fan {
      const NetworkStep* like;
      Shape shape;
      std::vector<const float*> dy;
      std::vector<float*> gradients;
    };
    const Scratch::Mark mark(scratch_);
    ConvolutionSet set(scratch_);
    std::vector<Fan> fans;
    fans.reserve(readers.size());
    std::vector<ConvolutionInput> inputs;
    std::vector<const float*> filters(readers.size());
    for (size_t i = 0; i < readers.size(); i++) {
      const int reader = readers[i], result = reader + 1;
      const NetworkStep& step = plan_.steps()[static_cast<size_t>(reader)];
      const Shape& shape = memory_.shape(result);
      const bool block = step.kind == NetworkStep::kBlock;
      const float* dy = block ? memory_.convolved(result) : gradient(result).get();
      if (block)
        set.add(NormGradient{shape, gradient(result).get(), 1, &norms_[static_cast<size_t>(result)]});
      filters[i] = weight(reader, 0);
      inputs.push_back({dy, shape.channels, backwardAxis(shape.height, step), backwardAxis(shape.width, step), &filters[i],
                        false, true});
      auto fan = std::find_if(fans.begin(), fans.end(), [&](const Fan& other) {
        return other.like->taps == step.taps && other.like->stride == step.stride && other.like->to == step.to;
      });
      if (fan == fans.end()) fan = fans.insert(fan, Fan{&step, shape, {}, {}});
      fan->dy.push_back(dy);
      fan->gradients.push_back(gradientOfWeight(reader, 0));
    }
    if (dx) set.add(Convolution{source, 1, &dx, static_cast<int>(inputs.size()), inputs.data(), nullptr});
    const float* x = plan_.steps()[static_cast<size_t>(readers[0])].relu ? memory_.rectified(v) : memory_.value(v);
    for (const Fan& fan : fans)
      set.add(FilterGradient{fan.shape, static_cast<int>(fan.dy.size()), fan.dy.data(), fan.gradients.data(), x,
                             source.channels, forwardAxis(source.height, *fan.like), forwardAxis(source.width, *fan.like)});
    set.run();
  }

  const NetworkPlan& plan_;
  const NetworkBackward& call_;
  Scratch& scratch_;
  const NetworkMemory memory_;
  Gradients memories_;
  std::vector<std::shared_ptr<float>> gradients_;
  std::vector<NormGradientOutput> norms_;
  std::vector<bool> summed_;
};

}  // namespace

void networkBackward(const NetworkPlan& plan, const NetworkBackward& call) {
  Scratch scratch;
  Backward(plan, call, scratch).run();
}

}  // namespace medforge
