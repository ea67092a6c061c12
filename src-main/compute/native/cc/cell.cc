#include "cell.h"

#include <string.h>

#include <vector>

#include "convolution-set.h"
#include "dispatch.h"
#include "norm.h"
#include "scratch.h"

namespace medforge {

namespace {

Axis axisOf(int size, int taps) { return {taps, 1, taps / 2, 1, size}; }

size_t filterSize(const Shape& shape, int branch) {
  const size_t k = static_cast<size_t>(kBranchSize[branch]);
  return k * k * static_cast<size_t>(shape.channels) * static_cast<size_t>(shape.channels);
}

float weightOf(const float* operations, const float* kernels, int edge, int branch) {
  if (branch == 0) return operations[edge * kOperations + 2];
  const float kernel = kernels ? kernels[edge * kKernels + branch - 1] : 1.0f;
  return operations[edge * kOperations + 3] * kernel;
}

float* slotOf(float* const* slots, int edge, int branch) { return slots[kConvolved + edge * kBranches + branch]; }

// Statistics of one convolution: mean, reciprocal deviation.
float* statisticsOf(float* const* slots, const Shape& shape, int edge, int branch) {
  return slots[kStatistics] + static_cast<size_t>(edge * kBranches + branch) * 2 * shape.channels;
}

// Convolutions of one size on the edges that leave one node: they share their input.
struct Fan {
  std::vector<int> edges;
  std::vector<float*> y;
  std::vector<const float*> filters;
  std::vector<float*> moments;
  ConvolutionInput input;
};

// Terms of node `target` in the order of the edges: skip, 1x1, 7x7, 5x5, 3x3, pool.
template <class Convolved>
std::vector<Term> termsInto(int target, const CellPlan& plan, float* const* slots, const float* operations,
                            Convolved convolved) {
  std::vector<Term> terms;
  for (int e = 0; e < kEdges; e++) {
    if (kTarget[e] != target) continue;
    const float* source = slots[kValues + kSource[e]];
    if (plan.skip[e]) terms.push_back({Term::kScaled, source, operations[e * kOperations + 1], nullptr});
    for (int b = 0; b < kBranches; b++)
      if (plan.convolution[e][b]) terms.push_back(convolved(e, b));
    if (plan.pool[e])
      terms.push_back({Term::kScaled, slots[kPools + kSource[e]], operations[e * kOperations + 4], nullptr});
  }
  return terms;
}

// The convolutions and the pool of a node, on all edges that leave it.
void operateOn(int source, const CellPlan& plan, const CellForward& call, Scratch& scratch) {
  const Shape& shape = call.shape;
  const Scratch::Mark mark(scratch);
  std::vector<Fan> fans;
  fans.reserve(kBranches);
  ConvolutionSet set(scratch);
  for (int b : {1, 2, 3, 0}) {
    fans.emplace_back();
    Fan& fan = fans.back();
    for (int e = 0; e < kEdges; e++) {
      if (kSource[e] != source || !plan.convolution[e][b]) continue;
      fan.edges.push_back(e);
      fan.y.push_back(slotOf(call.slots, e, b));
      fan.filters.push_back(call.filters[b] + static_cast<size_t>(e) * filterSize(shape, b));
      fan.moments.push_back(scratch.floats(static_cast<size_t>(shape.rows()) * 2 * shape.channels));
    }
    if (fan.edges.empty()) continue;
    const int size = kBranchSize[b];
    fan.input = {call.slots[kRectified + source], shape.channels, axisOf(shape.height, size), axisOf(shape.width, size),
                 fan.filters.data()};
    set.add({shape, static_cast<int>(fan.edges.size()), fan.y.data(), 1, &fan.input, fan.moments.data()});
  }
  if (plan.slots[kPools + source])
    set.add(kernels().pool, Pool{shape, call.slots[kValues + source], call.slots[kPools + source]}, shape.rows());
  set.run();
  struct Merge {
    const float* moments;
    float* statistics;
  };
  std::vector<Merge> merges;
  const int branchOf[kBranches] = {1, 2, 3, 0};
  for (size_t f = 0; f < fans.size(); f++)
    for (size_t i = 0; i < fans[f].edges.size(); i++)
      merges.push_back({fans[f].moments[i], statisticsOf(call.slots, shape, fans[f].edges[i], branchOf[f])});
  parallelFor(static_cast<int>(merges.size()), [&](int i) {
    float* mean = merges[static_cast<size_t>(i)].statistics;
    float* deviation = mean + shape.channels;
    mergeMoments(shape, merges[static_cast<size_t>(i)].moments, mean, deviation);
    for (int c = 0; c < shape.channels; c++) deviation[c] = reciprocalDeviation(deviation[c]);
  });
}

void computeNode(int target, const CellPlan& plan, const CellForward& call, Scratch& scratch) {
  const Shape& shape = call.shape;
  std::vector<double> offset(static_cast<size_t>(shape.channels), 0.0);
  const std::vector<Term> terms =
      termsInto(target, plan, call.slots, call.operations, [&](int e, int b) {
        const float weight = weightOf(call.operations, call.kernels, e, b);
        const float* mean = statisticsOf(call.slots, shape, e, b);
        const float* deviation = mean + shape.channels;
        for (int c = 0; c < shape.channels; c++)
          offset[static_cast<size_t>(c)] -= static_cast<double>(weight * deviation[c]) * static_cast<double>(mean[c]);
        const float* scale = pattern(scratch, shape, [&](int c) { return weight * deviation[c]; });
        return Term{Term::kPattern, slotOf(call.slots, e, b), 0, scale};
      });
  Node node{};
  node.shape = shape;
  node.terms = static_cast<int>(terms.size());
  node.term = terms.data();
  node.offset = pattern(scratch, shape, [&](int c) { return static_cast<float>(offset[static_cast<size_t>(c)]); });
  if (target == 3) {
    node.value = scratch.floats(shape.size());
    node.nhwc = call.y;
  } else {
    node.value = call.slots[kValues + target];
    node.rectified = call.slots[kRectified + target];
  }
  parallel(kernels().node, node, shape.rows());
}

}  // namespace

CellPlan::CellPlan(const uint8_t* operations, const uint8_t* kernels) {
  memset(this, 0, sizeof *this);
  for (int e = 0; e < kEdges; e++) {
    const uint8_t* row = operations + e * kOperations;
    skip[e] = row[1];
    pool[e] = row[4];
    convolution[e][0] = row[2];
    for (int b = 1; b < kBranches; b++) convolution[e][b] = row[3] && kernels[e * kKernels + b - 1];
  }
  bool reachedNode[4] = {true, false, false, false}, needed[4] = {false, false, false, true};
  for (int e = 0; e < kEdges; e++)
    if (edge(e) && reachedNode[kSource[e]]) reachedNode[kTarget[e]] = true;
  for (int e = kEdges - 1; e >= 0; e--)
    if (edge(e) && needed[kTarget[e]]) needed[kSource[e]] = true;
  reached = reachedNode[3];
  for (int e = 0; e < kEdges; e++) {
    const int source = kSource[e];
    if (!reachedNode[source] || !needed[kTarget[e]]) {
      skip[e] = pool[e] = false;
      for (bool& active : convolution[e]) active = false;
    }
    if (skip[e] || pool[e]) slots[kValues + source] = true;
    if (pool[e]) slots[kPools + source] = true;
    for (int b = 0; b < kBranches; b++)
      if (convolution[e][b]) slots[kConvolved + e * kBranches + b] = slots[kRectified + source] = slots[kStatistics] = true;
  }
}

bool CellPlan::edge(int e) const {
  bool any = skip[e] || pool[e];
  for (bool active : convolution[e]) any = any || active;
  return any;
}

void cellForward(const CellPlan& plan, const CellForward& call) {
  const Shape& shape = call.shape;
  if (!plan.reached) {
    memset(call.y, 0, shape.size() * sizeof(float));
    return;
  }
  Scratch scratch;
  Block block{shape, call.x, call.slots[kValues], call.slots[kRectified]};
  parallel(kernels().block, block, shape.rows());
  for (int node = 0; node < 4; node++) {
    if (node > 0 && (node == 3 || plan.slots[kValues + node] || plan.slots[kRectified + node]))
      computeNode(node, plan, call, scratch);
    if (node < 3) operateOn(node, plan, call, scratch);
  }
}

namespace {

class Backward {
 public:
  Backward(const CellPlan& plan, const CellBackward& call) : plan_(plan), call_(call), shape_(call.shape) {}

  void run() {
    gradients_[3] = scratch_.floats(shape_.size());
    Block block{shape_, call_.dy, gradients_[3], nullptr};
    parallel(kernels().block, block, shape_.rows());
    for (int target = 3; target >= 1; target--) {
      if (gradients_[target]) differentiateTerms(target);
      differentiateSource(target - 1);
    }
  }

 private:
  // Gradients of the probabilities of the edges into `target`, and how those of their convolutions follow.
  void differentiateTerms(int target) {
    const int channels = shape_.channels, rows = shape_.rows();
    std::vector<std::pair<int, int>> convolutions;
    const std::vector<Term> terms = termsInto(target, plan_, call_.slots, call_.operations, [&](int e, int b) {
      const float* mean = statisticsOf(call_.slots, shape_, e, b);
      return Term{Term::kPattern, slotOf(call_.slots, e, b), 0, pattern(scratch_, shape_, [&](int c) { return mean[c]; })};
    });
    const int count = static_cast<int>(terms.size());
    float* rowSums = scratch_.floats(static_cast<size_t>(rows) * static_cast<size_t>((1 + count) * channels));
    NodeSums plan{shape_, gradients_[target], count, terms.data(), rowSums};
    parallel(kernels().nodeSums, plan, rows);
    double* sums = scratch_.doubles(static_cast<size_t>((1 + count) * channels));
    sumRows(rowSums, rows, (1 + count) * channels, sums);

    const double* next = sums + channels;
    for (int e = 0; e < kEdges; e++) {
      if (kTarget[e] != target) continue;
      float* operation = call_.operationGradients + e * kOperations;
      auto total = [&](const double* of) {
        double sum = 0;
        for (int c = 0; c < channels; c++) sum += of[c];
        return sum;
      };
      if (plan_.skip[e]) operation[1] = static_cast<float>(total(next)), next += channels;
      double kernelVariable = 0;
      for (int b = 0; b < kBranches; b++) {
        if (!plan_.convolution[e][b]) continue;
        const float* mean = statisticsOf(call_.slots, shape_, e, b);
        const float* deviation = mean + channels;
        double product = 0;
        for (int c = 0; c < channels; c++) product += next[c] * static_cast<double>(deviation[c]);
        const float weight = weightOf(call_.operations, call_.kernels, e, b);
        float* y = slotOf(call_.slots, e, b);
        norms_[kSource[e]][target].push_back(
            normGradientOf(scratch_, shape_, y, y, mean, deviation, sums, next, [&](int) { return weight; }));
        next += channels;
        if (b == 0) {
          operation[2] = static_cast<float>(product);
        } else if (!call_.kernels) {
          kernelVariable = product;
        } else {
          kernelVariable += static_cast<double>(call_.kernels[e * kKernels + b - 1]) * product;
          call_.kernelGradients[e * kKernels + b - 1] =
              static_cast<float>(static_cast<double>(call_.operations[e * kOperations + 3]) * product);
        }
      }
      operation[3] = static_cast<float>(kernelVariable);
      if (plan_.pool[e]) operation[4] = static_cast<float>(total(next)), next += channels;
    }
  }

  // Gradients of the filters on the edges that leave `source`, and of the node itself.
  void differentiateSource(int source) {
    const Kernels& k = kernels();
    float* rectified = call_.slots[kRectified + source];
    std::vector<ConvolutionInput> inputs;
    std::vector<const float*> filters(kEdges * kBranches);
    std::vector<Term> terms, pooled;
    for (int e = 0; e < kEdges; e++) {
      if (kSource[e] != source) continue;
      const float* g = gradients_[kTarget[e]];
      if (plan_.skip[e]) terms.push_back({Term::kScaled, g, call_.operations[e * kOperations + 1], nullptr});
      for (int b = 0; b < kBranches; b++) {
        if (!plan_.convolution[e][b]) continue;
        const int size = kBranchSize[b];
        const float** filter = &filters[static_cast<size_t>(e * kBranches + b)];
        *filter = call_.filters[b] + static_cast<size_t>(e) * filterSize(shape_, b);
        inputs.push_back({slotOf(call_.slots, e, b), shape_.channels, axisOf(shape_.height, size),
                          axisOf(shape_.width, size), filter, false, true});
      }
      if (plan_.pool[e]) pooled.push_back({Term::kScaled, g, call_.operations[e * kOperations + 4], nullptr});
    }
    if (inputs.empty() && terms.empty() && pooled.empty()) {
      if (source == 0) memset(call_.dx, 0, shape_.size() * sizeof(float));
      return;
    }
    float* gradient = scratch_.floats(shape_.size());
    gradients_[source] = gradient;
    const Scratch::Mark mark(scratch_);
    ConvolutionSet set(scratch_);
    for (int target = source + 1; target < 4; target++) {
      const std::vector<NormGradientOutput>& outputs = norms_[source][target];
      if (!outputs.empty())
        set.add(NormGradient{shape_, gradients_[target], static_cast<int>(outputs.size()), outputs.data()});
    }
    std::vector<const float*> dy[kBranches];
    std::vector<float*> results[kBranches];
    if (!inputs.empty())
      set.add(Convolution{shape_, 1, &gradient, static_cast<int>(inputs.size()), inputs.data(), nullptr});
    for (int b : {1, 2, 3, 0}) {
      for (int e = 0; e < kEdges; e++) {
        if (kSource[e] != source || !plan_.convolution[e][b]) continue;
        dy[b].push_back(slotOf(call_.slots, e, b));
        results[b].push_back(call_.filterGradients[b] + static_cast<size_t>(e) * filterSize(shape_, b));
      }
      if (dy[b].empty()) continue;
      const int size = kBranchSize[b];
      set.add(FilterGradient{shape_, static_cast<int>(dy[b].size()), dy[b].data(), results[b].data(), rectified,
                             shape_.channels, axisOf(shape_.height, size), axisOf(shape_.width, size)});
    }
    // The pools' gradients are added up first and go through the transpose of the pool together.
    Node pools{shape_, static_cast<int>(pooled.size()), pooled.data(), nullptr, nullptr, nullptr, nullptr};
    if (!pooled.empty()) {
      pools.value = scratch_.floats(shape_.size());
      set.add(k.node, pools, shape_.rows());
    }
    set.run();
    SourceGradient plan{};
    plan.shape = shape_;
    plan.convolved = inputs.empty() ? nullptr : gradient;
    plan.rectified = rectified;
    plan.pooled = pools.value;
    plan.unpooled = pooled.empty() ? nullptr : scratch_.floats(shape_.size());
    plan.terms = static_cast<int>(terms.size());
    plan.term = terms.data();
    plan.value = gradient;
    plan.nhwc = source == 0 ? call_.dx : nullptr;
    parallel(k.sourceGradient, plan, shape_.rows());
  }

  const CellPlan& plan_;
  const CellBackward& call_;
  const Shape shape_;
  Scratch scratch_;
  float* gradients_[4] = {nullptr, nullptr, nullptr, nullptr};  // of the nodes, blocked
  std::vector<NormGradientOutput> norms_[3][4];  // by source and target
};

}  // namespace

void cellBackward(const CellPlan& plan, const CellBackward& call) {
  const Shape& shape = call.shape;
  memset(call.operationGradients, 0, sizeof(float) * kEdges * kOperations);
  if (call.kernelGradients) memset(call.kernelGradients, 0, sizeof(float) * kEdges * kKernels);
  for (int b = 0; b < kBranches; b++)
    for (int e = 0; e < kEdges; e++)
      if (call.filterGradients[b] && !plan.convolution[e][b])
        memset(call.filterGradients[b] + static_cast<size_t>(e) * filterSize(shape, b), 0,
               filterSize(shape, b) * sizeof(float));
  if (!plan.reached) {
    memset(call.dx, 0, shape.size() * sizeof(float));
    return;
  }
  Backward(plan, call).run();
}

}  // namespace medforge
