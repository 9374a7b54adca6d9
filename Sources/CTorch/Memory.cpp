#include "Guard.hpp"

#ifdef __GLIBC__
#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <malloc.h>

namespace {

/// Memory of tensors from `malloc`, aligned by hand. LibTorch's own comes from `posix_memalign`, which looks for more than it keeps: what one
/// tensor gives back is too small for the next one of the same size, and the heap grows.
struct ReusedMemory final : c10::Allocator {
    static constexpr size_t alignment = 64;

    c10::DataPtr allocate(size_t size) override {
        if (size == 0) return {nullptr, c10::Device(c10::kCPU)};
        void *block = size < SIZE_MAX - alignment ? std::malloc(size + alignment) : nullptr;
        TORCH_CHECK(block, "can't allocate memory: ", size, " bytes were asked for");
        // Blocks begin at multiples of 16 bytes, so that before the next multiple of 64 there is room for the block's own address.
        void *data = reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(block) / alignment + 1) * alignment);
        static_cast<void **>(data)[-1] = block;
        return {data, data, release, c10::Device(c10::kCPU)};
    }

    c10::DeleterFnPtr raw_deleter() const override { return release; }

    void copy_data(void *target, const void *source, size_t size) const override { default_copy_data(target, source, size); }

private:
    static void release(void *data) {
        if (!data) return;
        // oneDNN also gives back here what it got from LibTorch's own allocator. In front of that stands its size, which is no such address.
        auto block = static_cast<uintptr_t *>(data)[-1], address = reinterpret_cast<uintptr_t>(data);
        std::free(block < address && address - block <= alignment ? reinterpret_cast<void *>(block) : data);
    }
};

ReusedMemory reused_memory;

}  // namespace
#endif

void ct_keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 2147483647);
    // The arenas of other threads than the first keep 64 MB at most. Threads that begin from now on share the first one's.
    mallopt(M_ARENA_MAX, 1);
    c10::SetCPUAllocator(&reused_memory, 1);
#endif
}
