#include "Guard.hpp"

#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/div.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/log.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/real.h>
#include <ATen/ops/round.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/where.h>

#define CT_UNARY(name, function)                                                                                                    \
    ct_status name(ct_tensor a, ct_tensor *out) {                                                                                  \
        return ct::produce(out, [&] { return function(a->value); });                                                               \
    }

#define CT_BINARY(name, function)                                                                                                   \
    ct_status name(ct_tensor a, ct_tensor b, ct_tensor *out) {                                                                     \
        return ct::produce(out, [&] { return function(a->value, b->value); });                                                     \
    }

#define CT_REDUCTION(name, function)                                                                                                \
    ct_status name(ct_tensor a, const int64_t *dims, int32_t count, bool keep, ct_tensor *out) {                                   \
        return ct::produce(out, [&] { return function(a->value, ct::ints(dims, count), keep); });                                  \
    }

CT_BINARY(ct_add, at::add)
CT_BINARY(ct_subtract, at::sub)
CT_BINARY(ct_multiply, at::mul)
CT_BINARY(ct_divide, at::div)
CT_BINARY(ct_matmul, at::matmul)
CT_BINARY(ct_greater, at::gt)

CT_UNARY(ct_negate, at::neg)
CT_UNARY(ct_abs, at::abs)
CT_UNARY(ct_exp, at::exp)
CT_UNARY(ct_log, at::log)
CT_UNARY(ct_sqrt, at::sqrt)
CT_UNARY(ct_round, at::round)
CT_UNARY(ct_real, at::real)

CT_REDUCTION(ct_sum, at::sum)
CT_REDUCTION(ct_mean, at::mean)
CT_REDUCTION(ct_maximum, at::amax)

ct_status ct_add_scalar(ct_tensor a, double b, ct_tensor *out) {
    return ct::produce(out, [&] { return at::add(a->value, b); });
}

ct_status ct_multiply_scalar(ct_tensor a, double b, ct_tensor *out) {
    return ct::produce(out, [&] { return at::mul(a->value, b); });
}

ct_status ct_power(ct_tensor a, double exponent, ct_tensor *out) {
    return ct::produce(out, [&] { return at::pow(a->value, exponent); });
}

ct_status ct_clamp(ct_tensor a, double low, double high, ct_tensor *out) {
    return ct::produce(out, [&] { return at::clamp(a->value, low, high); });
}

ct_status ct_conjugate(ct_tensor a, ct_tensor *out) {
    return ct::produce(out, [&] { return a->value.conj(); });
}

ct_status ct_multiply_add(ct_tensor a, ct_tensor b, ct_tensor c, ct_tensor *out) {
    return ct::produce(out, [&] { return at::addcmul(c->value, a->value, b->value); });
}

ct_status ct_where(ct_tensor condition, ct_tensor a, ct_tensor b, ct_tensor *out) {
    return ct::produce(out, [&] { return at::where(condition->value, a->value, b->value); });
}

ct_status ct_all_finite(ct_tensor a, bool *out) {
    return ct::guarded([&] { *out = at::isfinite(a->value).all().item<bool>(); });
}
