/// Arithmetic, functions of one element, comparisons and reductions. Shapes broadcast.
#pragma once

ct_status ct_add(ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_subtract(ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_multiply(ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_divide(ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_matmul(ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_add_scalar(ct_tensor a, double b, ct_tensor *out);
ct_status ct_multiply_scalar(ct_tensor a, double b, ct_tensor *out);
ct_status ct_power(ct_tensor a, double exponent, ct_tensor *out);
ct_status ct_clamp(ct_tensor a, double low, double high, ct_tensor *out);

ct_status ct_negate(ct_tensor a, ct_tensor *out);
ct_status ct_abs(ct_tensor a, ct_tensor *out);
ct_status ct_exp(ct_tensor a, ct_tensor *out);
ct_status ct_log(ct_tensor a, ct_tensor *out);
ct_status ct_sqrt(ct_tensor a, ct_tensor *out);
ct_status ct_round(ct_tensor a, ct_tensor *out);
ct_status ct_conjugate(ct_tensor a, ct_tensor *out);
ct_status ct_real(ct_tensor a, ct_tensor *out);

ct_status ct_greater(ct_tensor a, ct_tensor b, ct_tensor *out);
/// a * b + c in one pass.
ct_status ct_multiply_add(ct_tensor a, ct_tensor b, ct_tensor c, ct_tensor *out);
ct_status ct_where(ct_tensor condition, ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_all_finite(ct_tensor a, bool *out);

/// Reductions over `dims`; none means all.
ct_status ct_sum(ct_tensor a, const int64_t *dims, int32_t count, bool keep, ct_tensor *out);
ct_status ct_mean(ct_tensor a, const int64_t *dims, int32_t count, bool keep, ct_tensor *out);
ct_status ct_maximum(ct_tensor a, const int64_t *dims, int32_t count, bool keep, ct_tensor *out);
