/// LibTorch behind a C interface: what Swift sees of the engine.
///
/// Every call that can fail returns a `ct_status` and writes its result through `out`; a failed call
/// writes nothing. No call throws or calls back. What is kept for the process: threads, the use of freed memory, and what `CTorchFused.h`
/// finds out once. Tensors are owned references: each one that a call writes to `out` must be given to `ct_release` once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_s *ct_tensor;

/// `message` is null on success, else owned by the caller (`ct_free_message`).
typedef struct {
    int32_t code;
    char *message;
} ct_status;
enum { CT_OK = 0, CT_OUT_OF_MEMORY = 1, CT_FAILED = 2 };
void ct_free_message(char *message);

/// Element types, in the order that Swift's `DataType` repeats.
enum { CT_FLOAT32, CT_FLOAT64, CT_FLOAT16, CT_BFLOAT16, CT_UINT8, CT_INT64, CT_BOOL, CT_COMPLEX64, CT_COMPLEX128 };
/// Device: -1 is the CPU, n >= 0 the CUDA device n.
typedef int32_t ct_device;


#include "CTorchTensor.h"
#include "CTorchMath.h"
#include "CTorchShape.h"
#include "CTorchNetwork.h"
#include "CTorchFused.h"
#include "CTorchFourier.h"
#include "CTorchLinearAlgebra.h"
#include "CTorchTraining.h"
#include "CTorchEngine.h"

#ifdef __cplusplus
}
#endif
