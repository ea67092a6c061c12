#include "convolution-set.h"

#include <algorithm>

#include "dispatch.h"

namespace medforge {

namespace {

// Below these the transforms cost more than they save.
constexpr int kFewestChannels = 8;
constexpr int kNarrowest = 4;

// What is transformed for a chunk of the batch should stay in the last-level cache, and a chunk should keep all threads
// busy.
constexpr size_t kChunkFloats = size_t{1} << 20;
constexpr int kTasksPerThread = 16;

bool suitsWinograd(const Axis& vertical, const Axis& horizontal, int channels, int width) {
  const auto plain = [](const Axis& axis) { return axis.stride == 1 && axis.step == 1; };
  return plain(vertical) && plain(horizontal) && channels >= kFewestChannels && width >= kNarrowest && vertical.taps <= 7 &&
         (horizontal.taps == 3 || horizontal.taps == 5 || horizontal.taps == 7);
}

Shape sourceOf(const Shape& shape, const Axis& vertical, const Axis& horizontal, int channels) {
  return {shape.images, vertical.sources, horizontal.sources, channels, shape.group};
}

size_t atPoints(const Axis& vertical, const Axis& horizontal, int channels, int outputs) {
  return static_cast<size_t>(vertical.taps * winogradPoints(horizontal.taps)) * static_cast<size_t>(channels) *
         static_cast<size_t>(outputs);
}

// Floats of a transformed input for the groups of `shape`.
size_t transformedSize(const Shape& source, const Axis& horizontal, int width) {
  return transformedShape(source, horizontal.taps, winogradTiles(width)).size();
}

Shape withImages(Shape shape, int images) {
  shape.images = images;
  return shape;
}

// gradient[i] += more[i] in pieces.
struct FilterSum {
  size_t size;
  const float* more;
  float* gradient;
};
constexpr size_t kPiece = 4096;

void sumFilter(const FilterSum& plan, int piece) {
  const size_t begin = static_cast<size_t>(piece) * kPiece;
  kernels().scaleAdd(1.0f, plan.more + begin, plan.gradient + begin, std::min(kPiece, plan.size - begin), false);
}

int arenaOf(int part) { return 1 + part; }

}  // namespace

void ConvolutionSet::add(const Convolution& plan) {
  const Kernels& k = kernels();
  const Shape& shape = plan.shape;
  batch_ = shape;
  Convolving item{plan, {plan.y, plan.y + plan.outputs}, {}, {plan.input, plan.input + plan.inputs}, {}, {}};
  if (plan.moments) item.moments.assign(plan.moments, plan.moments + plan.outputs);
  for (ConvolutionInput& in : item.inputs) {
    in.winograd = suitsWinograd(in.vertical, in.horizontal, in.channels, shape.width);
    if (in.winograd)
      transformedOfGroup_ += transformedSize(withImages(sourceOf(shape, in.vertical, in.horizontal, in.channels), shape.group),
                                             in.horizontal, shape.width);
    item.filters.push_back(prepared(in, shape, plan.outputs));
  }
  tasksOfGroup_ += k.convolutionTasks(plan) / shape.groups();
  convolving_.push_back(std::move(item));
}

// The filters of an input as the kernels use them.
std::vector<const float*> ConvolutionSet::prepared(const ConvolutionInput& in, const Shape& shape, int outputs) {
  const size_t pairs = static_cast<size_t>(in.channels) * static_cast<size_t>(shape.channels);
  const int taps = in.vertical.taps * in.horizontal.taps;
  std::vector<const float*> filters(in.filters, in.filters + outputs);
  for (const float*& filter : filters) {
    if (in.backward) {
      float* flipped = scratch_.floats(static_cast<size_t>(taps) * pairs);
      flips_.add(kernels().flipFilter,
                 FlipFilter{in.vertical.taps, in.horizontal.taps, shape.channels, in.channels, filter, flipped}, taps);
      filter = flipped;
    }
    if (in.winograd) {
      float* points = scratch_.floats(atPoints(in.vertical, in.horizontal, in.channels, shape.channels));
      first_.add(kernels().transformFilter, FilterTransform{in.horizontal.taps, pairs, filter, points}, in.vertical.taps);
      filter = points;
    }
  }
  return filters;
}

void ConvolutionSet::add(const FilterGradient& plan) {
  const Shape& shape = plan.shape;
  batch_ = shape;
  Differentiating item{plan, {plan.dy, plan.dy + plan.outputs}, {}, {}};
  item.plan.winograd = suitsWinograd(plan.vertical, plan.horizontal, plan.channels, shape.width);
  const size_t pairs = static_cast<size_t>(plan.channels) * static_cast<size_t>(shape.channels);
  const size_t size = item.plan.winograd ? atPoints(plan.vertical, plan.horizontal, plan.channels, shape.channels)
                                         : static_cast<size_t>(plan.vertical.taps * plan.horizontal.taps) * pairs;
  for (int i = 0; i < plan.outputs; i++) {
    float* sums[kParts] = {};
    for (int part = 0; part < parts(); part++) {
      const bool inPlace = part == 0 && !item.plan.winograd;
      sums[part] = inPlace ? plan.gradients[i] : scratch_.floats(size, arenaOf(part));
      item.gradients[part].push_back(sums[part]);
    }
    if (item.plan.winograd)
      last_.add(kernels().collectFilter, FilterTransform{plan.horizontal.taps, pairs, sums[0], plan.gradients[i], sums[1]},
                plan.vertical.taps);
    else if (sums[1])
      last_.add(sumFilter, FilterSum{size, sums[1], plan.gradients[i]}, static_cast<int>((size + kPiece - 1) / kPiece));
  }
  if (item.plan.winograd)
    transformedOfGroup_ += transformedSize(
        withImages(sourceOf(shape, plan.vertical, plan.horizontal, plan.channels), shape.group), plan.horizontal, shape.width);
  differentiating_.push_back(std::move(item));
}

// Chooses the chunks and takes room for what is transformed in one.
void ConvolutionSet::allot() {
  const int largestPart = batch_.groups() - partBegin(parts() - 1);
  const int together = threads() > 1 ? parts() : 1;
  const int fitting = transformedOfGroup_ > 0 ? static_cast<int>(kChunkFloats / transformedOfGroup_) / together : largestPart;
  const int enough = kTasksPerThread * threads(), tasks = tasksOfGroup_ * together;
  const int busy = tasks > 0 ? (enough + tasks - 1) / tasks : 1;
  chunk_ = std::min(largestPart, std::max({1, fitting, busy}));
  const int images = std::min(batch_.images, chunk_ * batch_.group);
  for (int part = 0; part < parts(); part++) {
    for (Convolving& item : convolving_)
      for (const ConvolutionInput& in : item.inputs)
        item.rooms[part].push_back(
            in.winograd ? scratch_.floats(transformedSize(
                                              withImages(sourceOf(item.plan.shape, in.vertical, in.horizontal, in.channels),
                                                         images),
                                              in.horizontal, item.plan.shape.width),
                                          arenaOf(part))
                        : nullptr);
    for (Differentiating& item : differentiating_) {
      const FilterGradient& plan = item.plan;
      if (plan.winograd)
        item.room[part] = scratch_.floats(
            transformedSize(withImages(sourceOf(plan.shape, plan.vertical, plan.horizontal, plan.channels), images),
                            plan.horizontal, plan.shape.width),
            arenaOf(part));
    }
  }
}

// Adds the work on the groups `begin` to `end` - 1 of a part, as if they were the whole batch.
void ConvolutionSet::add(Chunk& chunk, int part, int begin, int end) const {
  const Kernels& k = kernels();
  const Part owner{part, parts()};
  const int images = std::min(batch_.images, end * batch_.group) - begin * batch_.group;
  for (const NormGradient& plan : norms_)
    chunk.norms.add(k.normGradient, plan, (end - begin) * plan.shape.height, begin * plan.shape.height, owner);
  const auto transform = [&](const Shape& source, const Axis& horizontal, int width, const float* x, float* room) {
    const InputTransform plan{source, horizontal.taps, horizontal.pad, winogradTiles(width), x, room};
    chunk.transforms.add(k.transformInput, plan, source.rows(), 0, owner);
    return room;
  };
  chunk.convolving[part] = convolving_;
  for (Convolving& item : chunk.convolving[part]) {
    Convolution& plan = item.plan;
    const size_t offset = plan.shape.row(begin, 0);
    const size_t rows = static_cast<size_t>(begin) * static_cast<size_t>(plan.shape.height);
    for (size_t i = 0; i < item.y.size(); i++) {
      item.y[i] += offset;
      if (plan.moments) item.moments[i] += rows * 2 * static_cast<size_t>(plan.shape.channels);
    }
    for (size_t q = 0; q < item.inputs.size(); q++) {
      ConvolutionInput& in = item.inputs[q];
      const Shape source = sourceOf(plan.shape, in.vertical, in.horizontal, in.channels);
      in.filters = item.filters[q].data();
      in.x += source.row(begin, 0);
      if (in.winograd)
        in.x = transform(withImages(source, images), in.horizontal, plan.shape.width, in.x, item.rooms[part][q]);
    }
    plan.shape.images = images;
    plan.y = item.y.data();
    plan.input = item.inputs.data();
    if (plan.moments) plan.moments = item.moments.data();
    chunk.products.add(k.convolution, plan, k.convolutionTasks(plan), 0, owner);
  }
  chunk.differentiating[part] = differentiating_;
  for (Differentiating& item : chunk.differentiating[part]) {
    FilterGradient& plan = item.plan;
    const Shape source = sourceOf(plan.shape, plan.vertical, plan.horizontal, plan.channels);
    for (const float*& dy : item.dy) dy += plan.shape.row(begin, 0);
    plan.x += source.row(begin, 0);
    if (plan.winograd)
      plan.x = transform(withImages(source, images), plan.horizontal, plan.shape.width, plan.x, item.room[part]);
    plan.shape.images = images;
    plan.dy = item.dy.data();
    plan.gradients = item.gradients[part].data();
    plan.onTop = begin > partBegin(part);
    const auto tasks = plan.winograd ? k.winogradGradientTasks : k.filterGradientTasks;
    chunk.products.add(plan.winograd ? k.winogradGradient : k.filterGradient, plan, tasks(plan), 0, owner);
  }
}

void ConvolutionSet::run() {
  flips_.run();
  first_.run();
  if (!convolving_.empty() || !differentiating_.empty()) {
    allot();
    if (threads() > 1)
      runParts(0, parts());
    else
      for (int part = 0; part < parts(); part++) runParts(part, part + 1);
  }
  last_.run();
}

// Chunk by chunk through the parts `first` to `last` - 1 side by side.
void ConvolutionSet::runParts(int first, int last) {
  bool more = true;
  for (int done = 0; more; done += chunk_) {
    Chunk chunk;
    more = false;
    for (int part = first; part < last; part++) {
      const int begin = partBegin(part) + done, end = partBegin(part + 1);
      if (begin < end) add(chunk, part, begin, std::min(end, begin + chunk_));
      more = more || begin + chunk_ < end;
    }
    chunk.norms.run();
    chunk.transforms.run();
    chunk.products.run();
  }
}

double productsOfRow(const Axis& vertical, const Axis& horizontal, int channels, int width) {
  if (suitsWinograd(vertical, horizontal, channels, width))
    return static_cast<double>(winogradPoints(horizontal.taps) * winogradTiles(width));
  double count = 0;
  for (int o = 0; o < width; o++)
    for (int tap = 0; tap < horizontal.taps; tap++) {
      const int source = o * horizontal.stride + tap - horizontal.pad;
      if (source >= 0 && source < horizontal.sources) count++;
    }
  return count;
}

}  // namespace medforge
