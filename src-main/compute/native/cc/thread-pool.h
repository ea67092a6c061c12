// A team of threads that lives as long as the process. Work is a list of numbered tasks; which thread takes which task is
// left to chance, so tasks must not share results, and then nothing depends on the number of threads. Neighbouring tasks of
// works with as many tasks tend to meet on one thread, whose cache then holds what they share.
#pragma once

#include <stddef.h>

#include <initializer_list>
#include <vector>

namespace medforge {

// `count` tasks of one kind, numbered from `first`.
struct Work {
  void (*run)(const void* plan, int task);
  const void* plan;
  int count;
  int first = 0;
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
