// The network's part of the door to JavaScript (addon.cc).
#pragma once

#include <napi.h>

namespace medforge {

void addNetworkCalls(Napi::Env env, Napi::Object exports);

}  // namespace medforge
