// Work of several kinds that is done side by side. Plans are kept where they do not move.
#pragma once

#include <memory>
#include <vector>

#include "thread-pool.h"

namespace medforge {

class Works {
 public:
  // `tasks` tasks of a kernel, from number `first`; the plan is copied.
  template <class Plan>
  void add(void (*kernel)(const Plan&, int), const Plan& plan, int tasks, int first = 0, Part part = {}) {
    auto item = std::make_shared<Item<Plan>>(Item<Plan>{plan, {kernel, nullptr}});
    item->bound.plan = &item->plan;
    works_.push_back({Bound<Plan>::run, &item->bound, tasks, first, part});
    kept_.push_back(std::move(item));
  }

  // Does everything that was added, and forgets it.
  void run() {
    if (!works_.empty()) parallel(works_);
    works_.clear();
    kept_.clear();
  }

 private:
  template <class Plan>
  struct Item {
    Plan plan;
    Bound<Plan> bound;
  };
  std::vector<Work> works_;
  std::vector<std::shared_ptr<void>> kept_;
};

}  // namespace medforge
