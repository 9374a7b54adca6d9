/// Gradients and optimiser steps.
#pragma once

ct_status ct_require_gradient(ct_tensor tensor);
ct_status ct_detach(ct_tensor tensor, ct_tensor *out);
/// Gradients of the scalar `loss`, one per input, written to `out[0 ..< count]`. With `differentiable` they can be differentiated in turn, and the
/// graph of `loss` is kept.
ct_status ct_gradients(ct_tensor loss, const ct_tensor *inputs, int32_t count, bool differentiable, ct_tensor *out);

/// Per-thread switch; returns the previous value.
bool ct_set_gradients_enabled(bool enabled);
/// Per-thread inference mode, ended by handing the token back on the same thread.
void *ct_inference_begin(void);
void ct_inference_end(void *token);

/// One Adam step in place over all parameters; `steps` are float32 scalars that it increments.
ct_status ct_adam(const ct_tensor *parameters, const ct_tensor *gradients, const ct_tensor *first_moments,
                  const ct_tensor *second_moments, const ct_tensor *steps, int32_t count, double rate, double beta1, double beta2,
                  double epsilon);
/// Square root of the sum of all squares, a scalar tensor.
ct_status ct_global_norm(const ct_tensor *tensors, int32_t count, ct_tensor *out);
/// Multiplies all in place by the scalar tensor `factor`.
ct_status ct_scale_all(const ct_tensor *tensors, int32_t count, ct_tensor factor);
/// targets += weight * (sources - targets), in place.
ct_status ct_lerp_all(const ct_tensor *targets, const ct_tensor *sources, int32_t count, double weight);
