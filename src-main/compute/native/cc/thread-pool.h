// A team of threads that lives as long as the process. Work is a list of numbered tasks; which thread takes which task is
// left to chance, so tasks must not share results, and then nothing depends on the number of threads.
//
// Every thread begins with its own share, a run of neighbouring tasks, so that the same images meet the same core in one
// work after the other: to fetch what another core wrote takes three times as long as one's own, and to write what another
// core has read ten times (docs/performance.md).
#pragma once

#include <stddef.h>

#include <initializer_list>
#include <vector>

namespace medforge {

// One of `parts` parts of something that the threads divide among them: the threads of a part do its tasks first.
struct Part {
  int index = 0, parts = 1;
};

// `count` tasks of one kind, numbered from `first`.
struct Work {
  void (*run)(const void* plan, int task);
  const void* plan;
  int count;
  int first = 0;
  Part part = {};
};

// Binds a kernel `void f(const Plan&, int task)` that is known only at run time.
template <class Plan>
struct Bound {
  void (*kernel)(const Plan&, int);
  const Plan* plan;
  static void run(const void* self, int task) {
    const Bound* bound = static_cast<const Bound*>(self);
    bound->kernel(*bound->plan, task);
  }
};

// Runs all tasks of all works and returns when the last has ended.
void parallel(const Work* works, size_t count);
inline void parallel(const std::vector<Work>& works) { parallel(works.data(), works.size()); }

template <class Plan>
void parallel(void (*kernel)(const Plan&, int), const Plan& plan, int tasks) {
  Bound<Plan> bound{kernel, &plan};
  Work work{Bound<Plan>::run, &bound, tasks};
  parallel(&work, 1);
}

// Runs f(task) for 0 <= task < tasks.
template <class Function>
void parallelFor(int tasks, const Function& f) {
  Work work{[](const void* self, int task) { (*static_cast<const Function*>(self))(task); }, &f, tasks};
  parallel(&work, 1);
}

// Threads that take part in `parallel`, the caller among them; 0: as many as the machine has processors.
void setThreads(int count);
int threads();

}  // namespace medforge
