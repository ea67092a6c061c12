#include "network-calls.h"

#include <algorithm>

#include "arguments.h"
#include "network.h"
#include "timed.h"

namespace medforge {

namespace {

// Images that inference takes through the network together: few enough that what passes between steps stays in the cache.
constexpr int kInferenceImages = 32;

NetworkPlan planOf(Arguments& args, const Napi::CallbackInfo& info, const Shape& shape, bool training) {
  const size_t count = info[0].IsTypedArray() ? info[0].As<Napi::TypedArray>().ElementLength() : 0;
  const int32_t* numbers = args.integers(0, "steps", count);
  NetworkPlan plan(numbers, numbers ? count : 0, shape, training);
  if (!plan.problem().empty()) args.fail(plan.problem());
  return plan;
}

template <class Pointer>
std::vector<Pointer> weightsOf(Arguments& args, size_t index, const char* name, const NetworkPlan& plan) {
  if (args.failed()) return {};
  const size_t count = plan.weights().size();
  const Napi::Array list = args.list(index, name, count);
  std::vector<Pointer> result(count);
  for (size_t i = 0; i < count && !args.failed(); i++)
    result[i] = args.floatsOf(list[static_cast<uint32_t>(i)], name, plan.weights()[i]);
  return result;
}

size_t logitsOf(Arguments& args, const NetworkPlan& plan, const Shape& shape) {
  return args.failed() ? 0 : static_cast<size_t>(shape.images) * static_cast<size_t>(plan.classes());
}

// steps, shape -> floats of the workspace, channels of all norms
Napi::Value NetworkSizes(const Napi::CallbackInfo& info) {
  Arguments args(info);
  const NetworkPlan plan = planOf(args, info, args.shape(1), true);
  if (args.failed()) return info.Env().Undefined();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("workspace", static_cast<double>(plan.workspace()));
  result.Set("statistics", plan.statistics());
  return result;
}

// steps, shape, x, weights, workspace, logits, means, variances
void NetworkForwardCall(const Napi::CallbackInfo& info) {
  Arguments args(info);
  const Shape shape = args.shape(1);
  const NetworkPlan plan = planOf(args, info, shape, true);
  NetworkForward call{};
  call.x = args.floats(2, "x", shape.size());
  call.weights = weightsOf<const float*>(args, 3, "weights", plan);
  call.workspace = args.floats(4, "workspace", plan.workspace());
  call.logits = args.floats(5, "logits", logitsOf(args, plan, shape));
  call.means = args.floats(6, "means", static_cast<size_t>(plan.statistics()));
  call.variances = args.floats(7, "variances", static_cast<size_t>(plan.statistics()));
  if (args.failed()) return;
  Timed timed;
  networkForward(plan, call);
}

// steps, shape, dLogits, weights, workspace, gradients of the weights
void NetworkBackwardCall(const Napi::CallbackInfo& info) {
  Arguments args(info);
  const Shape shape = args.shape(1);
  const NetworkPlan plan = planOf(args, info, shape, true);
  NetworkBackward call{};
  call.dLogits = args.floats(2, "logits' gradient", logitsOf(args, plan, shape));
  call.weights = weightsOf<const float*>(args, 3, "weights", plan);
  call.workspace = args.floats(4, "workspace", plan.workspace());
  call.gradients = weightsOf<float*>(args, 5, "gradients", plan);
  if (args.failed()) return;
  Timed timed;
  networkBackward(plan, call);
}

// steps, shape, x, weights, logits
void NetworkInference(const Napi::CallbackInfo& info) {
  Arguments args(info);
  const Shape shape = args.shape(1);
  const NetworkPlan whole = planOf(args, info, shape, false);
  NetworkForward call{};
  call.x = args.floats(2, "x", shape.size());
  call.weights = weightsOf<const float*>(args, 3, "weights", whole);
  call.logits = args.floats(4, "logits", logitsOf(args, whole, shape));
  if (args.failed()) return;
  Timed timed;
  Shape some = shape;
  for (int done = 0; done < shape.images; done += some.images) {
    some.images = std::min(kInferenceImages, shape.images - done);
    networkForward(planOf(args, info, some, false), call);
    call.x += some.size();
    call.logits += static_cast<size_t>(some.images) * static_cast<size_t>(whole.classes());
  }
}

}  // namespace

void addNetworkCalls(Napi::Env env, Napi::Object exports) {
  auto add = [&](const char* name, auto function) { exports.Set(name, Napi::Function::New(env, function, name)); };
  add("networkSizes", NetworkSizes);
  add("networkForward", NetworkForwardCall);
  add("networkBackward", NetworkBackwardCall);
  add("networkInference", NetworkInference);
}

}  // namespace medforge
