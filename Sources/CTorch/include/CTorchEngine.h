/// The engine itself: version, devices, threads.
#pragma once

/// The version of the headers that this library was compiled against, "2.13.0".
const char *ct_compiled_version(void);
/// What the LibTorch that runs says of its build, freed with `ct_free_message`; null where it says nothing.
char *ct_loaded_configuration(void);
/// Number of CUDA devices that can be used; 0 without CUDA.
int32_t ct_cuda_device_count(void);
ct_status ct_set_threads(int32_t count);
int32_t ct_threads(void);
/// Whether the CPU has instructions for products of bfloat16, with which convolutions are about twice as fast as in float32.
bool ct_has_fast_bfloat16(void);
/// Per-thread scope in which convolutions and matrix products on the kind of `device` work in bfloat16; ended by handing the token back on
/// the same thread.
void *ct_reduced_precision_begin(ct_device device);
void ct_reduced_precision_end(void *token);
/// From now on freed blocks stay with the process, whatever their size; see `Engine.keepFreedMemory`. Nothing happens without glibc.
void ct_keep_freed_memory(void);
