#include "Guard.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/grid_sampler.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/pixel_unshuffle.h>
#include <ATen/ops/roll.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/zeros.h>

#include <cstring>

ct_status ct_reshape(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out) {
    return ct::produce(out, [&] { return a->value.reshape(ct::ints(shape, rank)); });
}

ct_status ct_expand(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out) {
    return ct::produce(out, [&] { return a->value.expand(ct::ints(shape, rank)); });
}

ct_status ct_permute(ct_tensor a, const int64_t *dims, int32_t rank, ct_tensor *out) {
    return ct::produce(out, [&] { return a->value.permute(ct::ints(dims, rank)); });
}

ct_status ct_slice(ct_tensor a, int64_t dim, int64_t start, int64_t end, int64_t step, ct_tensor *out) {
    return ct::produce(out, [&] { return a->value.slice(dim, start, end, step); });
}

ct_status ct_select(ct_tensor a, int64_t dim, const int64_t *indices, int32_t count, ct_tensor *out) {
    return ct::produce(out, [&] {
        at::Tensor index = at::zeros({count}, at::kLong);
        std::memcpy(index.data_ptr(), indices, count * sizeof(int64_t));
        return at::index_select(a->value, dim, index.to(a->value.device()));
    });
}

ct_status ct_sort(ct_tensor a, int64_t dim, ct_tensor *out) {
    return ct::produce(out, [&] { return std::get<0>(at::sort(a->value, dim)); });
}

ct_status ct_sample_cubic(ct_tensor a, ct_tensor grid, ct_tensor *out) {
    return ct::produce(out, [&] {
        return at::grid_sampler(a->value, grid->value, /*bicubic*/ 2, /*reflection*/ 2, /*align_corners=*/true);
    });
}

ct_status ct_windows(ct_tensor a, int64_t size, int64_t stride, ct_tensor *out) {
    // Each unfolding appends its window at the end, so that the columns are next to the last when their turn comes.
    return ct::produce(out, [&] { return a->value.unfold(-2, size, stride).unfold(-2, size, stride); });
}

ct_status ct_flip(ct_tensor a, const int64_t *dims, int32_t count, ct_tensor *out) {
    return ct::produce(out, [&] { return at::flip(a->value, ct::ints(dims, count)); });
}

ct_status ct_roll(ct_tensor a, const int64_t *shifts, const int64_t *dims, int32_t count, ct_tensor *out) {
    return ct::produce(out, [&] { return at::roll(a->value, ct::ints(shifts, count), ct::ints(dims, count)); });
}

ct_status ct_concatenate(const ct_tensor *tensors, int32_t count, int64_t dim, ct_tensor *out) {
    return ct::produce(out, [&] { return at::cat(ct::tensors(tensors, count), dim); });
}

ct_status ct_pad(ct_tensor a, int64_t left, int64_t right, int64_t top, int64_t bottom, int32_t mode, ct_tensor *out) {
    constexpr const char *names[] = {"constant", "reflect", "replicate", "circular"};
    return ct::produce(out, [&] {
        TORCH_CHECK(mode >= 0 && mode < 4, "unknown padding mode ", mode);
        return at::pad(a->value, {left, right, top, bottom}, names[mode]);
    });
}

ct_status ct_insert_zeros(ct_tensor a, int64_t height, int64_t width, int64_t scale, ct_tensor *out) {
    return ct::produce(out, [&] {
        auto shape = a->value.sizes().vec();
        TORCH_CHECK(shape.size() >= 2, "zeros are inserted into images of at least two dimensions");
        shape[shape.size() - 2] = height;
        shape[shape.size() - 1] = width;
        at::Tensor result = at::zeros(shape, a->value.options());
        result.slice(-2, 0, height, scale).slice(-1, 0, width, scale).copy_(a->value);
        return result;
    });
}

ct_status ct_pixel_unshuffle(ct_tensor a, int64_t scale, ct_tensor *out) {
    return ct::produce(out, [&] { return at::pixel_unshuffle(a->value, scale); });
}

ct_status ct_pixel_shuffle(ct_tensor a, int64_t scale, ct_tensor *out) {
    return ct::produce(out, [&] { return at::pixel_shuffle(a->value, scale); });
}

ct_status ct_upsample_nearest(ct_tensor a, int64_t scale, ct_tensor *out) {
    return ct::produce(out, [&] {
        return at::upsample_nearest2d(a->value, {a->value.size(-2) * scale, a->value.size(-1) * scale});
    });
}

ct_status ct_upsample_bilinear(ct_tensor a, int64_t scale, ct_tensor *out) {
    return ct::produce(out, [&] {
        return at::upsample_bilinear2d(a->value, {a->value.size(-2) * scale, a->value.size(-1) * scale}, /*align_corners=*/false);
    });
}
