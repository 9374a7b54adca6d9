#!/usr/bin/env python3
"""Takes LibTorch out of PyTorch's wheels, for Scripts/bootstrap.sh. Python's own library only.

  libtorch_wheel.py kind WHEEL               prints "cpu" or "cuda"
  libtorch_wheel.py runtime WHEEL all|cpu    prints the requirements whose libraries a CUDA build loads (cpu: its CPU part alone)
  libtorch_wheel.py unpack DEST PART WHEEL…  unpacks torch/ (and the runtime's nvidia/) into DEST; PART is "all" or "cpu"
"""

import os
import re
import sys
import zipfile

# Libraries that only Python, CUDA's share of PyTorch, or PyTorch's own tests need.
PYTHON_ONLY = re.compile(r"lib(torch_python|shm|torchbind_test|backend_with_compiler|jitbackend_test|aoti_custom_ops)\b")
CUDA_ONLY = re.compile(r"lib(torch|torch_cuda\w*|torch_nvshmem|c10_cuda|caffe2_nvrtc)\.so")
# The two runtime packages that libtorch_cpu of a CUDA build is linked with: by themselves, or as extras of `cuda-toolkit`.
CPU_RUNTIME = re.compile(r"nvidia-cuda-(runtime|cupti)\b")
TOOLKIT = re.compile(r"cuda-toolkit\[[^]]*\]")


def kind(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return "cuda" if "torch/lib/libtorch_cuda.so" in archive.namelist() else "cpu"


def runtime(wheel, part):
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode("utf-8")
    found = re.findall(r"^Requires-Dist: (.+?)\s*$", metadata, re.MULTILINE)
    if part == "cpu":
        found = [TOOLKIT.sub("cuda-toolkit[cudart,cupti]", r) for r in found if CPU_RUNTIME.match(r) or TOOLKIT.match(r)]
    return [r for r in found if re.match(r"nvidia-|cuda-toolkit", r)]


def destination(name, part):
    """Where the wheel's file `name` goes below the destination folder, or None where it is not needed."""
    if name.endswith("/"):
        return None
    if name == "torch/version.py" or name.startswith("torch/include/"):
        return name
    if re.match(r"torch/lib/[^/]+$", name):
        library = name.rsplit("/", 1)[1]
        dropped = PYTHON_ONLY.match(library) or (part == "cpu" and CUDA_ONLY.match(library))
        return None if dropped else name
    licence = re.match(r"torch-[^/]+\.dist-info/(?:licenses/)?((?:LICENSE|NOTICE|third_party/).*)", name)
    if licence:
        return "torch/licenses/" + licence.group(1)
    if re.match(r"nvidia/.*/lib/[^/]+\.so[^/]*$", name):
        return name
    licence = re.match(r"(nvidia_[^/]+)\.dist-info/(?:.*/)?(LICEN[CS]E[^/]*)$", name, re.IGNORECASE)
    return f"nvidia/licenses/{licence.group(1)}.{licence.group(2)}" if licence else None


def unpack(folder, part, wheels):
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                target = destination(entry.filename, part)
                if target:
                    entry.filename = target  # `extract` writes there, and never outside `folder`
                    archive.extract(entry, folder)
    libraries = os.path.join(folder, "torch", "lib")
    if part == "cpu" and not os.path.exists(os.path.join(libraries, "libtorch.so")):
        # The stub of a CUDA build loads all of CUDA; its CPU part stands in for it.
        os.symlink("libtorch_cpu.so", os.path.join(libraries, "libtorch.so"))


def main(arguments):
    command, *rest = arguments
    if command == "kind":
        print(kind(*rest))
    elif command == "runtime":
        print("\n".join(runtime(*rest)))
    elif command == "unpack":
        unpack(rest[0], rest[1], rest[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:] or ["help"])
    except (OSError, zipfile.BadZipFile) as error:
        sys.exit(f"error: {error}")
