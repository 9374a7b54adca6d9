/// What layers are made of. Images are N x C x H x W; `bias` may be null.
#pragma once

ct_status ct_conv2d(ct_tensor x, ct_tensor weight, ct_tensor bias, int64_t stride, int64_t padding, int64_t groups,
                    ct_tensor *out);
ct_status ct_conv_transpose2d(ct_tensor x, ct_tensor weight, ct_tensor bias, int64_t stride, ct_tensor *out);
ct_status ct_linear(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor *out);
ct_status ct_max_pool2d(ct_tensor x, int64_t size, ct_tensor *out);
ct_status ct_relu(ct_tensor x, ct_tensor *out);
ct_status ct_gelu(ct_tensor x, ct_tensor *out);
ct_status ct_softplus(ct_tensor x, ct_tensor *out);
ct_status ct_softmax(ct_tensor x, int64_t dim, ct_tensor *out);
ct_status ct_leaky_relu(ct_tensor x, double slope, ct_tensor *out);
ct_status ct_sigmoid(ct_tensor x, ct_tensor *out);
ct_status ct_tanh(ct_tensor x, ct_tensor *out);
/// Each channel normalised: by the batch's statistics where `training`, which then move into the running ones, else by those.
ct_status ct_batch_norm(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_variance, bool training,
                        double momentum, double epsilon, ct_tensor *out);
