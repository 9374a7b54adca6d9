#include "Guard.hpp"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/tanh.h>

ct_status ct_conv2d(ct_tensor x, ct_tensor weight, ct_tensor bias, int64_t stride, int64_t padding, int64_t groups, ct_tensor *out) {
    return ct::produce(out, [&] {
        return at::conv2d(x->value, weight->value, ct::optional(bias), stride, padding, /*dilation=*/1, groups);
    });
}

ct_status ct_conv_transpose2d(ct_tensor x, ct_tensor weight, ct_tensor bias, int64_t stride, ct_tensor *out) {
    return ct::produce(out, [&] { return at::conv_transpose2d(x->value, weight->value, ct::optional(bias), stride); });
}

ct_status ct_linear(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor *out) {
    return ct::produce(out, [&] { return at::linear(x->value, weight->value, ct::optional(bias)); });
}

ct_status ct_max_pool2d(ct_tensor x, int64_t size, ct_tensor *out) {
    return ct::produce(out, [&] { return at::max_pool2d(x->value, size); });
}

ct_status ct_relu(ct_tensor x, ct_tensor *out) {
    return ct::produce(out, [&] { return at::relu(x->value); });
}

ct_status ct_gelu(ct_tensor x, ct_tensor *out) {
    return ct::produce(out, [&] { return at::gelu(x->value); });
}

ct_status ct_softplus(ct_tensor x, ct_tensor *out) {
    return ct::produce(out, [&] { return at::softplus(x->value); });
}

ct_status ct_softmax(ct_tensor x, int64_t dim, ct_tensor *out) {
    return ct::produce(out, [&] { return at::softmax(x->value, dim); });
}

ct_status ct_leaky_relu(ct_tensor x, double slope, ct_tensor *out) {
    return ct::produce(out, [&] { return at::leaky_relu(x->value, slope); });
}

ct_status ct_sigmoid(ct_tensor x, ct_tensor *out) {
    return ct::produce(out, [&] { return at::sigmoid(x->value); });
}

ct_status ct_tanh(ct_tensor x, ct_tensor *out) {
    return ct::produce(out, [&] { return at::tanh(x->value); });
}

ct_status ct_batch_norm(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_variance, bool training,
                        double momentum, double epsilon, ct_tensor *out) {
    return ct::produce(out, [&] {
        return at::batch_norm(x->value, weight->value, bias->value, running_mean->value, running_variance->value, training, momentum,
                              epsilon, /*cudnn_enabled=*/true);
    });
}
