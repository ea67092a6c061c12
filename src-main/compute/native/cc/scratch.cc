#include "scratch.h"

#include <cstdint>
#include <cstdlib>

namespace medforge {

namespace {

constexpr size_t kLine = 64;
constexpr size_t kSmallest = size_t{1} << 20;

struct Chunk {
  char* raw;
  char* begin;
  size_t size, used;
};

struct Store {
  std::mutex mutex;
  std::vector<Chunk> chunks;
  size_t kept = 0;
};

Store& store() {
  static Store* instance = new Store;
  return *instance;
}

Chunk allocate(size_t size) {
  char* raw = static_cast<char*>(std::malloc(size + kLine));
  if (!raw) std::abort();
  char* begin = raw + (kLine - reinterpret_cast<uintptr_t>(raw) % kLine) % kLine;
  store().kept += size;
  return {raw, begin, size, 0};
}

char* take(size_t bytes) {
  bytes = (bytes + kSlack + kLine - 1) / kLine * kLine;
  Store& s = store();
  for (Chunk& chunk : s.chunks)
    if (chunk.size - chunk.used >= bytes) {
      char* result = chunk.begin + chunk.used;
      chunk.used += bytes;
      return result;
    }
  s.chunks.push_back(allocate(bytes > kSmallest ? bytes : kSmallest));
  s.chunks.back().used = bytes;
  return s.chunks.back().begin;
}

}  // namespace

Scratch::Scratch() : lock_(store().mutex) {
  // A call that needed several chunks is given one that is as large as all of them, next time.
  Store& s = store();
  size_t total = 0;
  for (const Chunk& chunk : s.chunks) total += chunk.size;
  if (s.chunks.size() > 1) {
    for (const Chunk& chunk : s.chunks) std::free(chunk.raw);
    s.chunks.clear();
    s.kept = 0;
    s.chunks.push_back(allocate(total));
  }
}

Scratch::~Scratch() {
  for (Chunk& chunk : store().chunks) chunk.used = 0;
}

float* Scratch::floats(size_t count) { return reinterpret_cast<float*>(take(count * sizeof(float))); }
double* Scratch::doubles(size_t count) { return reinterpret_cast<double*>(take(count * sizeof(double))); }

Scratch::Mark::Mark(Scratch&) {
  for (const Chunk& chunk : store().chunks) used_.push_back(chunk.used);
}

Scratch::Mark::~Mark() {
  std::vector<Chunk>& chunks = store().chunks;
  for (size_t i = 0; i < chunks.size(); i++) chunks[i].used = i < used_.size() ? used_[i] : 0;
}

size_t Scratch::kept() {
  std::lock_guard<std::mutex> lock(store().mutex);
  return store().kept;
}

}  // namespace medforge
