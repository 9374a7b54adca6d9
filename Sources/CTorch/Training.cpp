#include "Guard.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

ct_status ct_require_gradient(ct_tensor tensor) {
    return ct::guarded([&] { tensor->value.set_requires_grad(true); });
}

ct_status ct_detach(ct_tensor tensor, ct_tensor *out) {
    return ct::produce(out, [&] { return tensor->value.detach(); });
}

ct_status ct_gradients(ct_tensor loss, const ct_tensor *inputs, int32_t count, bool differentiable, ct_tensor *out) {
    return ct::guarded([&] {
        auto gradients = torch::autograd::grad({loss->value}, ct::tensors(inputs, count), {}, /*retain_graph=*/differentiable,
                                               /*create_graph=*/differentiable);
        for (int32_t i = 0; i < count; ++i) out[i] = new ct_tensor_s{std::move(gradients[i])};
    });
}

bool ct_set_gradients_enabled(bool enabled) {
    bool previous = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enabled);
    return previous;
}

void *ct_inference_begin(void) { return new c10::InferenceMode(); }

void ct_inference_end(void *token) { delete static_cast<c10::InferenceMode *>(token); }

ct_status ct_adam(const ct_tensor *parameters, const ct_tensor *gradients, const ct_tensor *first_moments,
                  const ct_tensor *second_moments, const ct_tensor *steps, int32_t count, double rate, double beta1, double beta2,
                  double epsilon) {
    return ct::guarded([&] {
        at::NoGradGuard no_gradients;
        auto step_tensors = ct::tensors(steps, count);
        for (auto &step : step_tensors) step.add_(1);
        // The fused step walks through memory: gradients of channels-last convolutions must be brought to the parameters' layout.
        auto ordered = ct::tensors(gradients, count);
        for (auto &gradient : ordered) gradient = gradient.contiguous();
        auto targets = ct::tensors(parameters, count);
        at::_fused_adam_(targets, ordered, ct::tensors(first_moments, count),
                         ct::tensors(second_moments, count), {}, step_tensors, rate, beta1, beta2, /*weight_decay=*/0, epsilon,
                         /*amsgrad=*/false, /*maximize=*/false);
        // Unlike all other operations in place it does not count what it writes, and packed weights would go stale unnoticed.
        for (auto &target : targets) target.unsafeGetTensorImpl()->bump_version();
    });
}

ct_status ct_global_norm(const ct_tensor *tensors, int32_t count, ct_tensor *out) {
    return ct::produce(out, [&] {
        at::NoGradGuard no_gradients;
        return at::linalg_vector_norm(at::stack(at::_foreach_norm(ct::tensors(tensors, count))));
    });
}

ct_status ct_scale_all(const ct_tensor *tensors, int32_t count, ct_tensor factor) {
    return ct::guarded([&] {
        at::NoGradGuard no_gradients;
        at::_foreach_mul_(ct::tensors(tensors, count), factor->value);
    });
}

ct_status ct_lerp_all(const ct_tensor *targets, const ct_tensor *sources, int32_t count, double weight) {
    return ct::guarded([&] {
        at::NoGradGuard no_gradients;
        at::_foreach_lerp_(ct::tensors(targets, count), ct::tensors(sources, count), weight);
    });
}
