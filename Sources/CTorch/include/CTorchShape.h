/// Views and rearrangements.
#pragma once

ct_status ct_reshape(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out);
ct_status ct_expand(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out);
ct_status ct_permute(ct_tensor a, const int64_t *dims, int32_t rank, ct_tensor *out);
ct_status ct_slice(ct_tensor a, int64_t dim, int64_t start, int64_t end, int64_t step, ct_tensor *out);
/// Elements `indices` of one dimension, in that order; an index may come twice.
ct_status ct_select(ct_tensor a, int64_t dim, const int64_t *indices, int32_t count, ct_tensor *out);
/// Ascending along one dimension.
ct_status ct_sort(ct_tensor a, int64_t dim, ct_tensor *out);
/// Cubic interpolation (a = -0.75) of N x C x H x W at the places of N x h x w x 2, x before y, where -1 and 1 are the centres of the first and
/// the last pixel; mirrored at the edge pixels' centres.
ct_status ct_sample_cubic(ct_tensor a, ct_tensor grid, ct_tensor *out);
/// A view of all size x size windows of the last two dimensions at multiples of `stride`: ... x h x w -> ... x m x n x size x size.
ct_status ct_windows(ct_tensor a, int64_t size, int64_t stride, ct_tensor *out);
ct_status ct_flip(ct_tensor a, const int64_t *dims, int32_t count, ct_tensor *out);
ct_status ct_roll(ct_tensor a, const int64_t *shifts, const int64_t *dims, int32_t count, ct_tensor *out);
ct_status ct_concatenate(const ct_tensor *tensors, int32_t count, int64_t dim, ct_tensor *out);

enum { CT_PAD_ZERO, CT_PAD_REFLECT, CT_PAD_REPLICATE, CT_PAD_CIRCULAR };
/// Pads the last two dimensions.
ct_status ct_pad(ct_tensor a, int64_t left, int64_t right, int64_t top, int64_t bottom, int32_t mode, ct_tensor *out);
/// Writes a zero-filled tensor with `a` at every `scale`-th row and column of the last two dimensions.
ct_status ct_insert_zeros(ct_tensor a, int64_t height, int64_t width, int64_t scale, ct_tensor *out);
/// Blocks of scale x scale pixels as channels and back: C x sH x sW <-> (C s^2) x H x W.
ct_status ct_pixel_unshuffle(ct_tensor a, int64_t scale, ct_tensor *out);
ct_status ct_pixel_shuffle(ct_tensor a, int64_t scale, ct_tensor *out);
ct_status ct_upsample_nearest(ct_tensor a, int64_t scale, ct_tensor *out);
/// Bilinear, pixel centres at halves.
ct_status ct_upsample_bilinear(ct_tensor a, int64_t scale, ct_tensor *out);
