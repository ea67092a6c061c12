#include "thread-pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#if !defined(_WIN32)
#include <pthread.h>
#include <signal.h>
#endif
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace medforge {

namespace {

void pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
  asm volatile("yield");
#endif
}

class Team {
 public:
  explicit Team(int count) { resize(count); }

  int count() const { return static_cast<int>(workers_.size()) + 1; }

  void resize(int count) {
    std::lock_guard<std::mutex> use(use_);
    if (count == this->count()) return;
    stop();
    start(count - 1);
  }

  void run(const Work* works, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += static_cast<size_t>(works[i].count);
    // A second JavaScript thread that finds the team busy does its work alone.
    std::unique_lock<std::mutex> use(use_, std::try_to_lock);
    if (total <= 1 || workers_.empty() || !use.owns_lock()) {
      for (size_t i = 0; i < count; i++)
        for (int task = 0; task < works[i].count; task++) works[i].run(works[i].plan, works[i].first + task);
      return;
    }
    works_ = works;
    count_ = count;
    shares_ = this->count();
    if (next_.size() < count * static_cast<size_t>(shares_)) next_ = std::vector<Counter>(count * static_cast<size_t>(shares_));
    for (size_t i = 0; i < count; i++)
      for (int share = 0; share < shares_; share++)
        counter(i, share).store(shareBegin(works[i], share), std::memory_order_relaxed);
    left_.store(0, std::memory_order_relaxed);
    round_++;
    gate_.store(round_ << 32 | kOpen);
    if (sleepers_.load() > 0) {
      std::lock_guard<std::mutex> lock(sleep_);
      wake_.notify_all();
    }
    drain(0);
    // Whoever has not come by now is not waited for.
    const uint64_t joined = gate_.fetch_and(~kOpen) & kJoined;
    for (int spins = 0; left_.load(std::memory_order_acquire) != joined; spins++) {
      if (spins < 20000)
        pause();
      else
        std::this_thread::yield();
    }
  }

 private:
  static constexpr uint64_t kOpen = 1u << 31;
  static constexpr uint64_t kJoined = 0xffff;

  void start(int count) {
    stopping_ = false;
#if !defined(_WIN32)
    // Signals are the main thread's: workers are born with all of them blocked.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
    for (int i = 0; i < count; i++)
      workers_.emplace_back([this, i, round = round_ & 0xffffffffu] { work(i + 1, round); });
#if !defined(_WIN32)
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
  }

  void stop() {
    {
      std::lock_guard<std::mutex> lock(sleep_);
      stopping_ = true;
      wake_.notify_all();
    }
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  void work(int share, uint64_t seen) {
    while (wait(seen)) {
      uint64_t gate = gate_.load(std::memory_order_acquire);
      while ((gate & kOpen) && gate >> 32 != seen) {
        if (!gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel)) continue;
        drain(share);
        left_.fetch_add(1, std::memory_order_release);
        break;
      }
      seen = gate >> 32;
    }
  }

  // Returns at the next round, or with false when the team is dissolved. Spins for about a tenth of a millisecond, which
  // bridges the pauses inside a training step, then sleeps.
  bool wait(uint64_t seen) {
    const auto start = std::chrono::steady_clock::now();
    for (int spins = 0;; spins++) {
      if (gate_.load(std::memory_order_acquire) >> 32 != seen) return true;
      if (stopping_) return false;
      pause();
      if (spins % 64 == 63 && std::chrono::steady_clock::now() - start > std::chrono::microseconds(100)) break;
    }
    std::unique_lock<std::mutex> lock(sleep_);
    sleepers_++;
    while (!stopping_ && gate_.load() >> 32 == seen) sleep(lock);
    sleepers_--;
    return !stopping_;
  }

  // Until woken. Not `wake_.wait`, for which GCC 12 and later ask for a newer libstdc++ (GLIBCXX_3.4.30) than RHEL 9 has.
  void sleep(std::unique_lock<std::mutex>& lock) {
#if defined(_WIN32)
    wake_.wait(lock);
#else
    pthread_cond_wait(wake_.native_handle(), lock.mutex()->native_handle());
#endif
  }

  // Who is done with its own shares helps the others.
  void drain(int own) {
    for (int other = 0; other < shares_; other++) {
      const int share = (own + other) % shares_;
      for (size_t i = 0; i < count_; i++) {
        const Work& work = works_[i];
        const int end = shareBegin(work, share + 1);
        std::atomic<int>& next = counter(i, share);
        while (next.load(std::memory_order_relaxed) < end) {
          const int task = next.fetch_add(1, std::memory_order_relaxed);
          if (task >= end) break;
          work.run(work.plan, work.first + task);
        }
      }
    }
  }

  // First task of a thread's share: the threads of the work's part have like shares, the others none.
  int shareBegin(const Work& work, int share) const {
    const int from = shares_ * work.part.index / work.part.parts;
    const int to = std::max(from + 1, shares_ * (work.part.index + 1) / work.part.parts);
    const int within = std::min(std::max(share - from, 0), to - from);
    return static_cast<int>(static_cast<int64_t>(work.count) * within / (to - from));
  }
  struct alignas(64) Counter {
    std::atomic<int> next{0};
  };
  std::atomic<int>& counter(size_t work, int share) {
    return next_[work * static_cast<size_t>(shares_) + static_cast<size_t>(share)].next;
  }

  std::vector<std::thread> workers_;
  std::mutex use_;
  const Work* works_ = nullptr;
  size_t count_ = 0;
  std::vector<Counter> next_;
  int shares_ = 1;
  alignas(64) std::atomic<uint64_t> left_{0};
  // Number of the round, whether it may still be joined, how many workers have joined.
  alignas(64) std::atomic<uint64_t> gate_{0};
  uint64_t round_ = 0;
  std::mutex sleep_;
  std::condition_variable wake_;
  std::atomic<int> sleepers_{0};
  std::atomic<bool> stopping_{false};
};

int processors() {
  const unsigned count = std::thread::hardware_concurrency();
  return count > 0 ? static_cast<int>(count) : 1;
}

// Never destroyed: threads that wait in it must find it whole while the process ends.
Team& team() {
  static Team* instance = new Team(processors());
  return *instance;
}

}  // namespace

void parallel(const Work* works, size_t count) { team().run(works, count); }
void setThreads(int count) { team().resize(count > 0 ? count : processors()); }
int threads() { return team().count(); }

}  // namespace medforge
