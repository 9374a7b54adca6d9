#include "Guard.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

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

ct_status ct_synchronize(ct_device device) {
    return ct::guarded([&] {
        if (device >= 0) c10::impl::VirtualGuardImpl(c10::kCUDA).synchronizeDevice(static_cast<c10::DeviceIndex>(device));
    });
}

void ct_keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 2147483647);
#endif
}
