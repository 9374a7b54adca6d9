#include "Guard.hpp"

#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>

ct_status ct_rfft2(ct_tensor a, ct_tensor *out) {
    return ct::produce(out, [&] { return at::fft_rfft2(a->value); });
}

ct_status ct_irfft2(ct_tensor a, int64_t height, int64_t width, ct_tensor *out) {
    return ct::produce(out, [&] { return at::fft_irfft2(a->value, at::IntArrayRef({height, width})); });
}
