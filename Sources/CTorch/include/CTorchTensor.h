/// Making, copying, reading and releasing tensors.
#pragma once

/// Copies `byte_count` bytes of row-major elements; the count must fit the shape.
ct_status ct_from_bytes(const void *bytes, size_t byte_count, const int64_t *shape, int32_t rank, int32_t type, ct_device device,
                        ct_tensor *out);
ct_status ct_full(const int64_t *shape, int32_t rank, double value, int32_t type, ct_device device, ct_tensor *out);
/// Copies all elements, row-major, to `bytes`; the count must be the tensor's.
ct_status ct_copy_bytes(ct_tensor tensor, void *bytes, size_t byte_count);
ct_status ct_item(ct_tensor tensor, double *out);
void ct_release(ct_tensor tensor);

int32_t ct_rank(ct_tensor tensor);
void ct_shape(ct_tensor tensor, int64_t *shape);
int32_t ct_type(ct_tensor tensor);
ct_device ct_device_of(ct_tensor tensor);

ct_status ct_to(ct_tensor tensor, int32_t type, ct_tensor *out);
ct_status ct_clone(ct_tensor tensor, ct_tensor *out);
ct_status ct_contiguous(ct_tensor tensor, bool channels_last, ct_tensor *out);
/// Overwrites `tensor` with `source`, which must have its shape.
ct_status ct_copy_from(ct_tensor tensor, ct_tensor source);
