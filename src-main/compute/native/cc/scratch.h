// Memory for intermediate values of one call: taken piece by piece, given back all at once when the call ends, kept for
// the next. A steady training step allocates nothing.
#pragma once

#include <stddef.h>

#include <mutex>
#include <vector>

#include "kernels.h"

namespace medforge {

class Scratch {
 public:
  static constexpr int kArenas = 3;

  // Begins a call. Calls from other JavaScript threads wait for its end. Whatever takes memory throws std::bad_alloc when
  // there is none; what was taken before is given back as the call ends.
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // `count` floats on a cache line, with kSlack bytes behind; not cleared. Arena 0 is everyone's; arena 1 + p belongs to
  // the threads of part p of the batch, so that no core has to fetch what another one left there.
  float* floats(size_t count, int arena = 0);
  double* doubles(size_t count);

  // What is taken while a mark lives is given back when it ends; the last mark must end first.
  class Mark {
   public:
    explicit Mark(Scratch& scratch);
    ~Mark();
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

   private:
    std::vector<size_t> used_[kArenas];
  };

  // Bytes that are kept.
  static size_t kept();

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace medforge
