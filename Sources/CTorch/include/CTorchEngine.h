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
/// Waits for all work on the device.
ct_status ct_synchronize(ct_device device);
/// From now on freed blocks stay with the process, whatever their size; see `Engine.keepFreedMemory`. Nothing happens without glibc.
void ct_keep_freed_memory(void);
