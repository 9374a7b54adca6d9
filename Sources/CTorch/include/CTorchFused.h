/// Convolutions as oneDNN runs them fastest on a CPU: weights rearranged once, bias, ReLU and a residual in the same pass.
///
/// LibTorch reaches them by operators of its own compiler, without a promise. They are looked up and compared with the plain
/// convolution at the first question, and never used where anything is not as expected.
#pragma once

/// Whether `x` can be convolved fused with `weight` here: float32 or bfloat16 on a CPU, and no gradients are recorded on this thread.
bool ct_can_fuse(ct_tensor x, ct_tensor weight);
/// The element type in which fused convolutions work on this thread now: CT_BFLOAT16 in a scope of reduced precision, else CT_FLOAT32.
int32_t ct_convolution_type(void);
/// Changes with every write to the tensor; -1 for a tensor made in inference mode, whose writes are not counted.
int64_t ct_version(ct_tensor tensor);

/// The weight in that type and in the layout that is best for inputs of this shape: opaque, and only good for `ct_fused_conv2d`.
ct_status ct_pack_conv2d(ct_tensor weight, const int64_t *input_shape, int64_t stride, int64_t padding, ct_tensor *out);
/// The convolution with a packed weight in its type, channels innermost; then the ReLU, if `relu`, or plus `residual`. That and `bias` may be null.
ct_status ct_fused_conv2d(ct_tensor x, ct_tensor packed, ct_tensor bias, int64_t stride, int64_t padding, bool relu,
                          ct_tensor residual, ct_tensor *out);
