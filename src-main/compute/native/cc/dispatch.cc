#include "dispatch.h"

#include <string.h>

#include <atomic>

namespace medforge {

namespace {

const Kernels* best() {
  const Kernels* sets[3];
  instructionSets(sets);
  return sets[0];
}

std::atomic<const Kernels*>& current() {
  static std::atomic<const Kernels*> kernels{best()};
  return kernels;
}

}  // namespace

const Kernels& kernels() { return *current().load(std::memory_order_relaxed); }

int instructionSets(const Kernels** sets) {
  int count = 0;
#if defined(MEDFORGE_X86_TARGETS)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) sets[count++] = &kAvx512Kernels;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets[count++] = &kAvx2Kernels;
#endif
  sets[count++] = &kBaselineKernels;
  return count;
}

bool setInstructionSet(const char* name) {
  const Kernels* sets[3];
  const int count = instructionSets(sets);
  for (int i = 0; i < count; i++)
    if (strcmp(sets[i]->name, name) == 0) {
      current().store(sets[i]);
      return true;
    }
  return false;
}

}  // namespace medforge
