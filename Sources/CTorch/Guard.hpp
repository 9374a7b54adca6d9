#pragma once

#include "CTorch.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

struct ct_tensor_s {
    at::Tensor value;
};

namespace ct {

/// The first line of LibTorch's message: the rest is a C++ stack.
inline ct_status failure(int32_t code, std::string_view message) noexcept {
    auto line = message.substr(0, message.find('\n'));
    char *copy = static_cast<char *>(std::malloc(line.size() + 1));
    if (copy) {
        std::memcpy(copy, line.data(), line.size());
        copy[line.size()] = 0;
    }
    return {code, copy};
}

inline bool says_out_of_memory(std::string_view message) noexcept {
    return message.find("can't allocate memory") != message.npos || message.find("out of memory") != message.npos;
}

/// Runs `body`; nothing gets out but a status.
template <class Body> ct_status guarded(Body &&body) noexcept {
    try {
        body();
        return {CT_OK, nullptr};
    } catch (const c10::OutOfMemoryError &error) {
        return failure(CT_OUT_OF_MEMORY, error.what_without_backtrace());
    } catch (const c10::Error &error) {
        std::string_view message = error.what_without_backtrace();
        return failure(says_out_of_memory(message) ? CT_OUT_OF_MEMORY : CT_FAILED, message);
    } catch (const std::bad_alloc &) {
        return failure(CT_OUT_OF_MEMORY, "not enough memory");
    } catch (const std::exception &error) {
        return failure(CT_FAILED, error.what());
    } catch (...) {
        return failure(CT_FAILED, "unknown error");
    }
}

/// Runs `body`, which returns a tensor, and hands it out as an owned reference.
template <class Body> ct_status produce(ct_tensor *out, Body &&body) noexcept {
    return guarded([&] { *out = new ct_tensor_s{body()}; });
}

inline at::IntArrayRef ints(const int64_t *values, int32_t count) { return {values, static_cast<size_t>(count)}; }

inline std::vector<at::Tensor> tensors(const ct_tensor *list, int32_t count) {
    std::vector<at::Tensor> result;
    result.reserve(count);
    for (int32_t i = 0; i < count; ++i) result.push_back(list[i]->value);
    return result;
}

inline std::optional<at::Tensor> optional(ct_tensor tensor) {
    return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

inline c10::Device device(ct_device index) {
    return index < 0 ? c10::Device(c10::kCPU) : c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
}

}  // namespace ct
