#include "Guard.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/relu.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <array>
#include <optional>

namespace {

using at::IntArrayRef;
using at::Tensor;
using OptionalTensor = std::optional<Tensor>;
using OptionalText = std::optional<std::string_view>;
using Scalars = c10::List<std::optional<at::Scalar>>;

/// The operators' C++ signatures; LibTorch compares them when the handle is made.
using Pack = Tensor(const Tensor &, IntArrayRef, IntArrayRef, IntArrayRef, int64_t, at::OptionalIntArrayRef);
using Convolve = Tensor(const Tensor &, const Tensor &, const OptionalTensor &, IntArrayRef, IntArrayRef, IntArrayRef, int64_t,
                        std::string_view, Scalars, OptionalText);
using ConvolveAndAdd = Tensor(const Tensor &, const Tensor &, const Tensor &, const OptionalTensor &, IntArrayRef, IntArrayRef,
                              IntArrayRef, int64_t, std::string_view, std::optional<at::Scalar>, OptionalText, Scalars, OptionalText);

template <class Signature> c10::TypedOperatorHandle<Signature> find(const char *name, const char *overload) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

struct Operators {
    c10::TypedOperatorHandle<Pack> pack_weight = find<Pack>("mkldnn::_reorder_convolution_weight", "");
    c10::TypedOperatorHandle<Convolve> convolve = find<Convolve>("mkldnn::_convolution_pointwise", "");
    c10::TypedOperatorHandle<ConvolveAndAdd> convolve_and_add =
        find<ConvolveAndAdd>("mkldnn::_convolution_pointwise", "binary");

    Tensor packed(const Tensor &weight, IntArrayRef input_shape, int64_t stride, int64_t padding) const {
        return pack_weight.call(weight.detach(), sides(padding), sides(stride), sides(1), /*groups=*/1, input_shape);
    }

    Tensor convolved(const Tensor &x, const Tensor &packed, const OptionalTensor &bias, int64_t stride, int64_t padding, bool relu,
                     const OptionalTensor &residual) const {
        Tensor input = channels_last(x);
        if (residual)
            return convolve_and_add.call(input, channels_last(*residual), packed, bias, sides(padding), sides(stride), sides(1),
                                         /*groups=*/1, "add", /*alpha=*/1.0, std::nullopt, Scalars(), std::nullopt);
        return convolve.call(input, packed, bias, sides(padding), sides(stride), sides(1), /*groups=*/1, relu ? "relu" : "none",
                             Scalars(), "");
    }

    /// Whether a small case comes out as it does plain.
    bool are_right() const {
        Tensor x = at::linspace(-1, 1, 2 * 4 * 9 * 7).view({2, 4, 9, 7});
        Tensor weight = at::linspace(-0.5, 1, 4 * 4 * 3 * 3).view({4, 4, 3, 3}), bias = at::linspace(-2, 1, 4);
        Tensor packed = this->packed(weight, x.sizes(), 1, 1), plain = at::conv2d(x, weight, bias, 1, 1);
        auto equal = [&](bool relu, const OptionalTensor &residual, const Tensor &expected) {
            return at::allclose(convolved(x, packed, bias, 1, 1, relu, residual), expected, 1e-4, 1e-4);
        };
        return equal(false, std::nullopt, plain) && equal(true, std::nullopt, at::relu(plain)) && equal(false, x, at::add(plain, x));
    }

private:
    static std::array<int64_t, 2> sides(int64_t value) { return {value, value}; }
    static Tensor channels_last(const Tensor &x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }
};

/// Null where LibTorch lacks the operators, or has other ones under their names.
const Operators *operators() noexcept {
    static const std::optional<Operators> found = []() -> std::optional<Operators> {
        std::optional<Operators> candidate;
        bool right = false;
        ct_status status = ct::guarded([&] {
            // In a scope of reduced precision the plain convolution would be less exact than the comparison asks for.
            c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
            candidate.emplace();
            right = candidate->are_right();
        });
        ct_free_message(status.message);
        return right ? candidate : std::nullopt;
    }();
    return found ? &*found : nullptr;
}

bool suits(const Tensor &tensor) {
    return tensor.device().is_cpu() && (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16);
}

/// The type in which convolutions work on this thread.
at::ScalarType working_type() {
    return at::autocast::is_autocast_enabled(at::kCPU) ? at::autocast::get_autocast_dtype(at::kCPU) : at::kFloat;
}

}  // namespace

bool ct_can_fuse(ct_tensor x, ct_tensor weight) {
    return !at::GradMode::is_enabled() && suits(x->value) && suits(weight->value) && operators();
}

int32_t ct_convolution_type(void) { return working_type() == at::kBFloat16 ? CT_BFLOAT16 : CT_FLOAT32; }

int64_t ct_version(ct_tensor tensor) { return tensor->value.is_inference() ? -1 : tensor->value._version(); }

ct_status ct_pack_conv2d(ct_tensor weight, const int64_t *input_shape, int64_t stride, int64_t padding, ct_tensor *out) {
    return ct::produce(out, [&] {
        TORCH_CHECK(operators(), "this LibTorch cannot fuse convolutions");
        return operators()->packed(weight->value.to(working_type()), ct::ints(input_shape, 4), stride, padding);
    });
}

ct_status ct_fused_conv2d(ct_tensor x, ct_tensor packed, ct_tensor bias, int64_t stride, int64_t padding, bool relu,
                          ct_tensor residual, ct_tensor *out) {
    return ct::produce(out, [&] {
        TORCH_CHECK(operators(), "this LibTorch cannot fuse convolutions");
        auto working = [type = packed->value.scalar_type()](const OptionalTensor &tensor) {
            return tensor ? OptionalTensor(tensor->to(type)) : std::nullopt;
        };
        return operators()->convolved(*working(x->value), packed->value, working(ct::optional(bias)), stride, padding, relu,
                                      working(ct::optional(residual)));
    });
}
