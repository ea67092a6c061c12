// Reads the arguments of a call from JavaScript and checks them. The first that is wrong makes the call throw a RangeError
// that names it and shows what was seen.
#pragma once

#include <napi.h>

#include <string>

#include "kernels.h"

namespace medforge {

class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  bool failed() const { return failed_; }
  Napi::Env env() const { return info_.Env(); }

  // A Float32Array with at least `count` values and kSlack bytes behind them.
  float* floats(size_t index, const char* name, size_t count) { return floatsOf(info_[index], name, count); }
  float* floatsOrNull(size_t index, const char* name, size_t count) { return floatsOrNullOf(info_[index], name, count); }

  float* floatsOrNullOf(const Napi::Value& value, const char* name, size_t count) {
    return value.IsNull() || value.IsUndefined() ? nullptr : floatsOf(value, name, count);
  }

  float* floatsOf(const Napi::Value& value, const char* name, size_t count) {
    if (failed_) return nullptr;
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
      fail(std::string(name) + " must be a Float32Array");
      return nullptr;
    }
    Napi::Float32Array array = value.As<Napi::Float32Array>();
    if (array.ElementLength() < count) {
      fail(std::string(name) + " must have " + std::to_string(count) + " values, saw " +
           std::to_string(array.ElementLength()));
      return nullptr;
    }
    if (array.ByteOffset() + count * sizeof(float) + kSlack > array.ArrayBuffer().ByteLength()) {
      fail(std::string(name) + " must have " + std::to_string(kSlack) + " bytes behind it in its buffer");
      return nullptr;
    }
    return array.Data();
  }

  const int32_t* integers(size_t index, const char* name, size_t count) {
    const Napi::Value value = info_[index];
    if (failed_) return nullptr;
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array ||
        value.As<Napi::TypedArray>().ElementLength() != count) {
      fail(std::string(name) + " must be an Int32Array of " + std::to_string(count));
      return nullptr;
    }
    return value.As<Napi::Int32Array>().Data();
  }

  const uint8_t* flags(size_t index, const char* name, size_t count) {
    const Napi::Value value = info_[index];
    if (failed_) return nullptr;
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array ||
        value.As<Napi::TypedArray>().ElementLength() != count) {
      fail(std::string(name) + " must be a Uint8Array of " + std::to_string(count));
      return nullptr;
    }
    return value.As<Napi::Uint8Array>().Data();
  }

  // Four positive numbers: images, height, width, channels.
  Shape shape(size_t index) {
    const int32_t* n = integers(index, "shape", 4);
    if (!n) return {};
    for (int i = 0; i < 4; i++)
      if (n[i] < 1) fail("shape must be positive, saw " + std::to_string(n[i]));
    return {n[0], n[1], n[2], n[3]};
  }

  Napi::Array list(size_t index, const char* name, size_t count) {
    const Napi::Value value = info_[index];
    if (!failed_ && (!value.IsArray() || value.As<Napi::Array>().Length() != count))
      fail(std::string(name) + " must be an array of " + std::to_string(count));
    return failed_ ? Napi::Array::New(env(), count) : value.As<Napi::Array>();
  }

  double number(size_t index, const char* name) {
    const Napi::Value value = info_[index];
    if (!failed_ && !value.IsNumber()) fail(std::string(name) + " must be a number");
    return failed_ ? 0 : value.As<Napi::Number>().DoubleValue();
  }
  int integer(size_t index, const char* name) { return static_cast<int>(number(index, name)); }

  bool flag(size_t index, const char* name) {
    const Napi::Value value = info_[index];
    if (!failed_ && !value.IsBoolean()) fail(std::string(name) + " must be true or false");
    return !failed_ && value.As<Napi::Boolean>().Value();
  }

  void fail(const std::string& message) {
    if (failed_) return;
    failed_ = true;
    Napi::RangeError::New(env(), message).ThrowAsJavaScriptException();
  }

 private:
  const Napi::CallbackInfo& info_;
  bool failed_ = false;
};

}  // namespace medforge
