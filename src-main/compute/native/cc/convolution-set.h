// Convolutions and gradients of filters that are computed side by side, each in the quickest way that suits it: with
// Winograd's transforms (winograd.h) or directly. The way depends on sizes alone, never on what else is in the set, so a
// result has the same bits whatever it is computed together with.
//
// The batch has two parts, the first and the last half of its groups, each with threads and memory of its own, and goes by
// in chunks of a few groups of each part, so that what is transformed is used while it is in the cache. A filter's gradient
// is the sum over the first part plus the sum over the last, whatever the number of threads and the size of the chunks.
#pragma once

#include <vector>

#include "kernels.h"
#include "scratch.h"
#include "works.h"

namespace medforge {

class ConvolutionSet {
 public:
  explicit ConvolutionSet(Scratch& scratch) : scratch_(scratch) {}
  ConvolutionSet(const ConvolutionSet&) = delete;
  ConvolutionSet& operator=(const ConvolutionSet&) = delete;

  // Of one set all plans have as many images. The arrays that a plan points to must last until `run` has returned.
  void add(const Convolution& plan);
  void add(const FilterGradient& plan);
  // What turns y into its gradient in place, chunk by chunk just before the gradients are needed.
  void add(const NormGradient& plan) { norms_.push_back(plan); }
  // Other work of the same moment.
  template <class Plan>
  void add(void (*kernel)(const Plan&, int), const Plan& plan, int tasks) {
    first_.add(kernel, plan, tasks);
  }

  void run();

 private:
  static constexpr int kParts = Scratch::kArenas - 1;

  // A plan with arrays of its own; for each input, in its order, the filters as they are used and, of each part, room for
  // what is transformed (null: direct).
  struct Convolving {
    Convolution plan;
    std::vector<float*> y, moments;
    std::vector<ConvolutionInput> inputs;
    std::vector<std::vector<const float*>> filters;
    std::vector<float*> rooms[kParts];
  };
  struct Differentiating {
    FilterGradient plan;
    std::vector<const float*> dy;
    std::vector<float*> gradients[kParts];
    float* room[kParts];
  };
  // Works on a chunk of each part, and where their plans keep their arrays.
  struct Chunk {
    std::vector<Convolving> convolving[kParts];
    std::vector<Differentiating> differentiating[kParts];
    Works norms, transforms, products;
  };

  std::vector<const float*> prepared(const ConvolutionInput& in, const Shape& shape, int outputs);
  void allot();
  void runParts(int first, int last);
  void add(Chunk& chunk, int part, int begin, int end) const;
  int parts() const { return batch_.groups() < kParts ? 1 : kParts; }
  int partBegin(int part) const { return batch_.groups() * part / parts(); }

  Scratch& scratch_;
  std::vector<Convolving> convolving_;
  std::vector<Differentiating> differentiating_;
  std::vector<NormGradient> norms_;
  Works flips_, first_, last_;
  Shape batch_{};
  size_t transformedOfGroup_ = 0;  // floats
  int tasksOfGroup_ = 0, chunk_ = 1;
};

// Products of one row of outputs along the row, for one kernel row and pair of channels: what is really computed.
double productsOfRow(const Axis& vertical, const Axis& horizontal, int channels, int width);

}  // namespace medforge
