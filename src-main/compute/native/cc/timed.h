// Time spent in calls from JavaScript, for the share of a training step that is spent elsewhere.
#pragma once

#include <chrono>

namespace medforge {

class Timed {
 public:
  Timed() = default;
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() {
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    calls_++;
  }

  static double seconds() { return seconds_; }
  static double calls() { return calls_; }

 private:
  inline static double seconds_ = 0, calls_ = 0;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace medforge
