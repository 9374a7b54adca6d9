#include "Guard.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include <array>
#include <cstdlib>

namespace {

constexpr std::array<c10::ScalarType, 9> kTypes = {c10::kFloat, c10::kDouble, c10::kHalf,         c10::kBFloat16,     c10::kByte,
                                                   c10::kLong,  c10::kBool,   c10::kComplexFloat, c10::kComplexDouble};

c10::TensorOptions options(int32_t type, ct_device device) { return c10::TensorOptions(kTypes.at(type)).device(ct::device(device)); }

}  // namespace

void ct_free_message(char *message) { std::free(message); }

ct_status ct_from_bytes(const void *bytes, size_t byte_count, const int64_t *shape, int32_t rank, int32_t type, ct_device device,
                        ct_tensor *out) {
    return ct::produce(out, [&] {
        at::Tensor tensor = at::empty(ct::ints(shape, rank), options(type, -1));
        TORCH_CHECK(tensor.nbytes() == byte_count, "the shape needs ", tensor.nbytes(), " bytes, not ", byte_count);
        if (byte_count > 0) std::memcpy(tensor.data_ptr(), bytes, byte_count);
        return tensor.to(ct::device(device));
    });
}

ct_status ct_full(const int64_t *shape, int32_t rank, double value, int32_t type, ct_device device, ct_tensor *out) {
    return ct::produce(out, [&] { return at::full(ct::ints(shape, rank), value, options(type, device)); });
}

ct_status ct_copy_bytes(ct_tensor tensor, void *bytes, size_t byte_count) {
    return ct::guarded([&] {
        at::Tensor source = tensor->value.detach().cpu().contiguous().resolve_conj();
        TORCH_CHECK(source.nbytes() == byte_count, "the tensor has ", source.nbytes(), " bytes, not ", byte_count);
        if (byte_count > 0) std::memcpy(bytes, source.const_data_ptr(), byte_count);
    });
}

ct_status ct_item(ct_tensor tensor, double *out) {
    return ct::guarded([&] { *out = tensor->value.item().toDouble(); });
}

void ct_release(ct_tensor tensor) { delete tensor; }

int32_t ct_rank(ct_tensor tensor) { return static_cast<int32_t>(tensor->value.dim()); }

void ct_shape(ct_tensor tensor, int64_t *shape) {
    auto sizes = tensor->value.sizes();
    std::copy(sizes.begin(), sizes.end(), shape);
}

int32_t ct_type(ct_tensor tensor) {
    for (size_t i = 0; i < kTypes.size(); ++i)
        if (kTypes[i] == tensor->value.scalar_type()) return static_cast<int32_t>(i);
    return -1;
}

ct_device ct_device_of(ct_tensor tensor) {
    return tensor->value.is_cuda() ? static_cast<ct_device>(tensor->value.device().index()) : -1;
}

ct_status ct_to(ct_tensor tensor, int32_t type, ct_tensor *out) {
    return ct::produce(out, [&] { return tensor->value.to(kTypes.at(type)); });
}

ct_status ct_clone(ct_tensor tensor, ct_tensor *out) {
    return ct::produce(out, [&] { return tensor->value.clone(); });
}

ct_status ct_contiguous(ct_tensor tensor, bool channels_last, ct_tensor *out) {
    return ct::produce(out, [&] {
        return tensor->value.contiguous(channels_last ? c10::MemoryFormat::ChannelsLast : c10::MemoryFormat::Contiguous);
    });
}

ct_status ct_copy_from(ct_tensor tensor, ct_tensor source) {
    return ct::guarded([&] {
        TORCH_CHECK(tensor->value.sizes() == source->value.sizes(), "the shapes differ: ", tensor->value.sizes(), " and ",
                    source->value.sizes());
        tensor->value.detach().copy_(source->value.detach());
    });
}
