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

}  // namespace

void ConvolutionSet::count(const Shape& shape, size_t transformed, int tasks) {
  batch_ = shape;
  transformedOfGroup_ += transformed;
  tasksOfGroup_ += tasks;
}

void ConvolutionSet::add(const Convolution& plan) {
  const Kernels& k = kernels();
  const Shape& shape = plan.shape;
  Convolving item{plan, {plan.y, plan.y + plan.outputs}, {}, {plan.input, plan.input + plan.inputs}, {}, {}};
  if (plan.moments) item.moments.assign(plan.moments, plan.moments + plan.outputs);
  size_t transformed = 0;
  for (ConvolutionInput& in : item.inputs) {
    in.winograd = suitsWinograd(in.vertical, in.horizontal, in.channels, shape.width);
    std::vector<const float*> filters(in.filters, in.filters + plan.outputs);
    if (in.winograd) {
      for (const float*& filter : filters) {
        float* points = scratch_.floats(atPoints(in.vertical, in.horizontal, in.channels, shape.channels));
        const size_t size = static_cast<size_t>(in.channels) * static_cast<size_t>(shape.channels);
        first_.add(k.transformFilter, FilterTransform{in.horizontal.taps, size, filter, points}, in.vertical.taps);
        filter = points;
      }
      const Shape source = withImages(sourceOf(shape, in.vertical, in.horizontal, in.channels), shape.group);
      transformed += transformedSize(source, in.horizontal, shape.width);
    }
    item.filters.push_back(std::move(filters));
  }
  count(shape, transformed, k.convolutionTasks(plan) / shape.groups());
  convolving_.push_back(std::move(item));
}

void ConvolutionSet::add(const FilterGradient& plan) {
  const Shape& shape = plan.shape;
  Differentiating item{plan, {plan.dy, plan.dy + plan.outputs}, {plan.gradients, plan.gradients + plan.outputs}, nullptr};
  size_t transformed = 0;
  item.plan.winograd = suitsWinograd(plan.vertical, plan.horizontal, plan.channels, shape.width);
  if (item.plan.winograd) {
    for (float*& gradient : item.gradients) {
      float* points = scratch_.floats(atPoints(plan.vertical, plan.horizontal, plan.channels, shape.channels));
      const size_t size = static_cast<size_t>(plan.channels) * static_cast<size_t>(shape.channels);
      last_.add(kernels().collectFilter, FilterTransform{plan.horizontal.taps, size, points, gradient}, plan.vertical.taps);
      gradient = points;
    }
    const Shape source = withImages(sourceOf(shape, plan.vertical, plan.horizontal, plan.channels), shape.group);
    transformed = transformedSize(source, plan.horizontal, shape.width);
  }
  count(shape, transformed, 0);
  differentiating_.push_back(std::move(item));
}

// Chooses the chunks and takes room for what is transformed in one.
void ConvolutionSet::allot() {
  const int groups = batch_.groups();
  const int fitting = transformedOfGroup_ > 0 ? static_cast<int>(kChunkFloats / transformedOfGroup_) : groups;
  const int busy = tasksOfGroup_ > 0 ? (kTasksPerThread * threads() + tasksOfGroup_ - 1) / tasksOfGroup_ : 1;
  chunk_ = std::min(groups, std::max({1, fitting, busy}));
  const int images = std::min(batch_.images, chunk_ * batch_.group);
  for (Convolving& item : convolving_)
    for (const ConvolutionInput& in : item.inputs)
      item.rooms.push_back(
          in.winograd ? scratch_.floats(transformedSize(
                            withImages(sourceOf(item.plan.shape, in.vertical, in.horizontal, in.channels), images),
                            in.horizontal, item.plan.shape.width))
                      : nullptr);
  for (Differentiating& item : differentiating_) {
    const FilterGradient& plan = item.plan;
    if (plan.winograd)
      item.room = scratch_.floats(
          transformedSize(withImages(sourceOf(plan.shape, plan.vertical, plan.horizontal, plan.channels), images),
                          plan.horizontal, plan.shape.width));
  }
}

// The groups `begin` to `end` - 1, as if they were the whole batch.
void ConvolutionSet::runChunk(int begin, int end) {
  const Kernels& k = kernels();
  const int images = std::min(batch_.images, end * batch_.group) - begin * batch_.group;
  Works norms, transforms, works;
  for (const NormGradient& plan : norms_)
    norms.add(k.normGradient, plan, (end - begin) * plan.shape.height, begin * plan.shape.height);
  const auto transform = [&](const Shape& source, const Axis& horizontal, int width, const float* x, float* room) {
    const InputTransform plan{source, horizontal.taps, horizontal.pad, winogradTiles(width), x, room};
    transforms.add(k.transformInput, plan, source.rows());
    return room;
  };
  std::vector<Convolving> convolving = convolving_;
  for (Convolving& item : convolving) {
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
      if (in.winograd) in.x = transform(withImages(source, images), in.horizontal, plan.shape.width, in.x, item.rooms[q]);
    }
    plan.shape.images = images;
    plan.y = item.y.data();
    plan.input = item.inputs.data();
    if (plan.moments) plan.moments = item.moments.data();
    works.add(k.convolution, plan, k.convolutionTasks(plan));
  }
  std::vector<Differentiating> differentiating = differentiating_;
  for (Differentiating& item : differentiating) {
    FilterGradient& plan = item.plan;
    const Shape source = sourceOf(plan.shape, plan.vertical, plan.horizontal, plan.channels);
    for (const float*& dy : item.dy) dy += plan.shape.row(begin, 0);
    plan.x += source.row(begin, 0);
    if (plan.winograd) plan.x = transform(withImages(source, images), plan.horizontal, plan.shape.width, plan.x, item.room);
    plan.shape.images = images;
    plan.dy = item.dy.data();
    plan.gradients = item.gradients.data();
    plan.onTop = begin > 0;
    const auto tasks = plan.winograd ? k.winogradGradientTasks : k.filterGradientTasks;
    works.add(plan.winograd ? k.winogradGradient : k.filterGradient, plan, tasks(plan));
  }
  norms.run();
  transforms.run();
  works.run();
}

void ConvolutionSet::run() {
  first_.run();
  if (!convolving_.empty() || !differentiating_.empty()) {
    allot();
    for (int begin = 0; begin < batch_.groups(); begin += chunk_)
      runChunk(begin, std::min(batch_.groups(), begin + chunk_));
  }
  last_.run();
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
