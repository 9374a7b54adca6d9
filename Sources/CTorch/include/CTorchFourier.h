/// Real two-dimensional transforms over the last two dimensions, unnormalised forward, 1/n inverse.
#pragma once

ct_status ct_rfft2(ct_tensor a, ct_tensor *out);
ct_status ct_irfft2(ct_tensor a, int64_t height, int64_t width, ct_tensor *out);
