// A whole network as one call forward and one backward. Between its steps everything stays in the blocked layout.
#pragma once

#include "network-plan.h"

namespace medforge {

struct NetworkForward {
  const float* x;  // NHWC
  std::vector<const float*> weights;
  float* workspace;    // training: kept for the gradient; else null
  float* logits;       // [images][classes]
  float* means;        // training: [statistics] of all norms, in the order of the steps
  float* variances;    // biased
};

struct NetworkBackward {
  const float* dLogits;
  std::vector<const float*> weights;
  float* workspace;  // as forward left it; is overwritten
  std::vector<float*> gradients;  // of the weights
};

void networkForward(const NetworkPlan& plan, const NetworkForward& call);
void networkBackward(const NetworkPlan& plan, const NetworkBackward& call);

// Where the values of a plan lie in a workspace.
class NetworkMemory {
 public:
  NetworkMemory(const NetworkPlan& plan, float* workspace) : plan_(plan), workspace_(workspace) {}

  const NetworkValue& of(int v) const { return plan_.values()[static_cast<size_t>(v)]; }
  const Shape& shape(int v) const { return of(v).shape; }
  // Channels of the statistics: those of a block's result, or of what the head reads.
  int channels(int v) const {
    return isHead(v) ? plan_.steps().back().from : shape(v).channels;
  }
  bool isHead(int v) const { return static_cast<size_t>(v) + 1 == plan_.values().size(); }
  bool isBlock(int v) const { return v > 0 && stepOf(v).kind == NetworkStep::kBlock; }
  const NetworkStep& stepOf(int v) const { return plan_.steps()[static_cast<size_t>(v - 1)]; }

  float* convolved(int v) const { return at(of(v).convolved); }
  float* value(int v) const { return at(of(v).value); }
  float* rectified(int v) const { return at(of(v).rectified); }
  float* mean(int v) const { return at(of(v).statistics); }
  float* deviation(int v) const { return mean(v) + channels(v); }
  float* scale(int v) const { return deviation(v) + channels(v); }
  float* offset(int v) const { return scale(v) + kGroup * channels(v); }

  // The ReLU of a value as a convolution by squares reads it: written, or made of what a block keeps.
  const float* rectifiedOrBlock(int v) const { return rectified(v) ? rectified(v) : convolved(v); }
  Rectified readRectified(int v) const {
    if (rectified(v) || !isBlock(v)) return {};
    return {scale(v), offset(v)};
  }

  // A value as a term of a sum; what is added to all of the sum is in `offset`.
  Term term(int v) const {
    if (!isBlock(v)) return {Term::kScaled, value(v), 1.0f, nullptr};
    if (!plan_.training()) return {Term::kScaled, convolved(v), 1.0f, nullptr};
    return {Term::kPattern, convolved(v), 0, scale(v)};
  }

 private:
  float* at(size_t offset) const { return offset == kNowhere ? nullptr : workspace_ + offset; }

  const NetworkPlan& plan_;
  float* const workspace_;
};

}  // namespace medforge
