#include "Guard.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include <cstdlib>
#include <memory>

const char *ct_compiled_version(void) { return TORCH_VERSION; }

char *ct_loaded_configuration(void) {
    char *text = nullptr;
    ct_status status = ct::guarded([&] { text = strdup(at::show_config().c_str()); });
    ct_free_message(status.message);
    return text;
}

int32_t ct_cuda_device_count(void) {
    int32_t count = 0;
    ct_status status = ct::guarded([&] { count = at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount()) : 0; });
    ct_free_message(status.message);
    return count;
}

ct_status ct_set_threads(int32_t count) {
    return ct::guarded([&] { at::set_num_threads(count); });
}

int32_t ct_threads(void) { return at::get_num_threads(); }

bool ct_has_fast_bfloat16(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

namespace {

/// What a scope of reduced precision found and puts back.
struct Autocast {
    at::DeviceType device;
    bool enabled;
    at::ScalarType type;
};

}  // namespace

void *ct_reduced_precision_begin(ct_device device) {
    at::DeviceType type = device < 0 ? at::kCPU : at::kCUDA;
    auto *before = new Autocast{type, at::autocast::is_autocast_enabled(type), at::autocast::get_autocast_dtype(type)};
    at::autocast::set_autocast_enabled(type, true);
    at::autocast::set_autocast_dtype(type, at::kBFloat16);
    at::autocast::increment_nesting();
    return before;
}

void ct_reduced_precision_end(void *token) {
    std::unique_ptr<Autocast> before(static_cast<Autocast *>(token));
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(before->device, before->enabled);
    at::autocast::set_autocast_dtype(before->device, before->type);
}
