#include "scratch.h"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace medforge {

namespace {

constexpr size_t kLine = 64;
constexpr size_t kSmallest = size_t{1} << 20;

struct Chunk {
  char* raw;
  char* begin;
  size_t size, used;
};

using Arena = std::vector<Chunk>;

struct Store {
  std::mutex mutex;
  Arena arenas[Scratch::kArenas];
  size_t kept = 0;
};

Store& store() {
  static Store* instance = new Store;
  return *instance;
}

Chunk allocate(size_t size) {
  char* raw = static_cast<char*>(std::malloc(size + kLine));
  if (!raw) throw std::bad_alloc();
  char* begin = raw + (kLine - reinterpret_cast<uintptr_t>(raw) % kLine) % kLine;
  store().kept += size;
  return {raw, begin, size, 0};
}

char* take(Arena& arena, size_t bytes) {
  bytes = (bytes + kSlack + kLine - 1) / kLine * kLine;
  for (Chunk& chunk : arena)
    if (chunk.size - chunk.used >= bytes) {
      char* result = chunk.begin + chunk.used;
      chunk.used += bytes;
      return result;
    }
  arena.push_back(allocate(bytes > kSmallest ? bytes : kSmallest));
  arena.back().used = bytes;
  return arena.back().begin;
}

// A call that needed several chunks is given one that is as large as all of them, next time.
void unite(Arena& arena) {
  if (arena.size() <= 1) return;
  size_t total = 0;
  for (const Chunk& chunk : arena) {
    total += chunk.size;
    std::free(chunk.raw);
  }
  store().kept -= total;
  arena.clear();
  arena.push_back(allocate(total));
}

}  // namespace

Scratch::Scratch() : lock_(store().mutex) {
  for (Arena& arena : store().arenas) unite(arena);
}

Scratch::~Scratch() {
  for (Arena& arena : store().arenas)
    for (Chunk& chunk : arena) chunk.used = 0;
}

float* Scratch::floats(size_t count, int arena) {
  return reinterpret_cast<float*>(take(store().arenas[arena], count * sizeof(float)));
}
double* Scratch::doubles(size_t count) { return reinterpret_cast<double*>(take(store().arenas[0], count * sizeof(double))); }

Scratch::Mark::Mark(Scratch&) {
  for (int a = 0; a < kArenas; a++)
    for (const Chunk& chunk : store().arenas[a]) used_[a].push_back(chunk.used);
}

Scratch::Mark::~Mark() {
  for (int a = 0; a < kArenas; a++) {
    Arena& arena = store().arenas[a];
    for (size_t i = 0; i < arena.size(); i++) arena[i].used = i < used_[a].size() ? used_[a][i] : 0;
  }
}

size_t Scratch::kept() {
  std::lock_guard<std::mutex> lock(store().mutex);
  return store().kept;
}

}  // namespace medforge
