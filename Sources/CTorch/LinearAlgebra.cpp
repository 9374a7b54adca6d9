#include "Guard.hpp"

#include <ATen/ops/linalg_eigh.h>

#include <memory>

ct_status ct_eigen_symmetric(ct_tensor a, ct_tensor *values, ct_tensor *vectors) {
    return ct::guarded([&] {
        auto [found, columns] = at::linalg_eigh(a->value);
        auto first = std::make_unique<ct_tensor_s>(ct_tensor_s{found});
        *vectors = new ct_tensor_s{columns};
        *values = first.release();
    });
}
