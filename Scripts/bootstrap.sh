#!/usr/bin/env bash
# Installs what kenet is built with where it is missing: LibTorch into .deps/torch, libvips and libmatio by the
# system's package manager.
# Says so and does nothing more where all is there. Settings, all optional:
#   LIBTORCH     an unpacked LibTorch or the folder of an installed PyTorch package; nothing is fetched then
#   KENET_CUDA   1: fetch the libraries for NVIDIA GPUs too, 0: do not; without it, as the machine has such a GPU or not
#   PIP_*        pip's own settings (PIP_INDEX_URL, PIP_FIND_LINKS, PIP_PROXY, …) decide where the wheel comes from
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."

readonly torch_version=2.13.0 oldest_torch=2.11 oldest_swift=6.1 oldest_vips=8.13
readonly torch=.deps/torch
staging=

say() { printf '%s\n' "$*"; }
die() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }
# at_least A B: version A is B or newer.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

check_swift() {
    local version
    command -v swift >/dev/null || die "no 'swift' was found: install Swift $oldest_swift or newer from swift.org and put it on PATH"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*[0-9]\).*/\1/p' | head -n 1)
    [ -n "$version" ] || die "'swift --version' names no version: is $(command -v swift) a working Swift $oldest_swift or newer?"
    at_least "$version" "$oldest_swift" || die "Swift $oldest_swift or newer is needed, $(command -v swift) is $version"
}

# Prints the version of the LibTorch in folder $1, or nothing.
version_of_torch() {
    local file
    for file in "$1/version.py" "$1/build-version"; do
        [ -f "$file" ] || continue
        sed -n "s/^\(__version__ = '\)\{0,1\}\([0-9][0-9A-Za-z.+]*\)'\{0,1\}$/\2/p" "$file" | head -n 1
        return
    done
}

has_torch_library() { [ -f "$1/lib/libtorch_cpu.so" ] || [ -f "$1/lib/libtorch_cpu.dylib" ]; }

# The user's own LibTorch: used as it is, checked for what the build would trip over.
check_own_torch() {
    local version
    [[ $LIBTORCH == /* ]] || die "LIBTORCH must be an absolute path, it is '$LIBTORCH'"
    has_torch_library "$LIBTORCH" || die "LIBTORCH is '$LIBTORCH', but there is no lib/libtorch_cpu in it"
    [ -d "$LIBTORCH/include/ATen" ] || die "LIBTORCH is '$LIBTORCH', but there is no include/ATen in it"
    version=$(version_of_torch "$LIBTORCH")
    [ -n "$version" ] || die "LIBTORCH is '$LIBTORCH', but neither version.py nor build-version in it names a version"
    at_least "$version" "$oldest_torch" || die "LibTorch $oldest_torch or newer is needed, LIBTORCH ($LIBTORCH) is $version"
}

wants_cuda() {
    case ${KENET_CUDA:-} in
        1) return 0 ;;
        0) return 1 ;;
        '') [ -e /dev/nvidiactl ] || [ -e /proc/driver/nvidia/version ] || command -v nvidia-smi >/dev/null ;;
        *) die "KENET_CUDA is '$KENET_CUDA'; it can be 0 or 1" ;;
    esac
}

# download FOLDER ARGUMENT…: `pip download` there; 1 where pip knows no such wheel, the end of the script on any other failure.
download() {
    local folder=$1 errors=$staging/errors
    shift
    mkdir -p "$folder"
    if TMPDIR=$PWD/$staging python3 -m pip download --disable-pip-version-check --only-binary=:all: --dest "$folder" "$@" 2>"$errors"; then
        return 0
    fi
    grep -q 'No matching distribution found' "$errors" && return 1
    cat "$errors" >&2
    die "pip could not fetch the wheel (its own words are above); nothing was changed"
}

# Fetches the wheel into $staging/wheel: CPU build first where no GPU is to be used. LibTorch is the same in the wheels of every
# Python, so those of other Pythons serve where there is none for the one at hand.
fetch_wheel() {
    local requirement python requirements=("torch==$torch_version")
    if [ "$(uname -s)" = Linux ] && ! wants_cuda; then
        requirements=("torch==$torch_version+cpu" "torch==$torch_version")
    fi
    for requirement in "${requirements[@]}"; do
        if [[ $requirement != *+cpu ]] && [ "$(uname -s)" = Linux ]; then
            say "The index's general build for Linux on x86-64 carries CUDA: about 530 MB, and with a GPU's runtime libraries about 2.5 GB in all."
            say "To get the CPU build of about 190 MB instead, stop here and set PIP_INDEX_URL to PyTorch's index of CPU wheels."
        fi
        for python in '' 3.12 3.11; do
            download "$staging/wheel" --no-deps ${python:+--python-version "$python"} "$requirement" && return
        done
    done
    cat "$staging/errors" >&2
    die "pip, with its settings, finds no wheel of torch $torch_version for $(uname -s) on $(uname -m): set LIBTORCH to a LibTorch" \
        "of that version, or pip's index to one that has it"
}

fetch_torch() {
    local wheel part=all found
    command -v python3 >/dev/null || die "python3 is needed to fetch LibTorch: install it, or set LIBTORCH to an unpacked LibTorch"
    python3 -m pip --version >/dev/null 2>&1 || die "python3 has no pip to fetch LibTorch with: install it (Debian: python3-pip), or set LIBTORCH"
    for found in .deps/fetch.*; do # what killed runs left
        kill -0 "${found##*.}" 2>/dev/null || rm -rf "$found"
    done
    staging=.deps/fetch.$$
    trap 'rm -rf "$staging"' EXIT
    mkdir -p "$staging"

    say "Fetching LibTorch $torch_version into $torch: pip names the size of what it downloads; the CPU build is about 190 MB (500 MB on disk)."
    fetch_wheel
    wheel=$(echo "$staging"/wheel/torch-*.whl)
    if [ "$(python3 Scripts/libtorch_wheel.py kind "$wheel")" = cuda ]; then
        wants_cuda || part=cpu
        [ $part = cpu ] && say "This is a CUDA build and the machine has no NVIDIA GPU: only its CPU part is kept (KENET_CUDA=1 keeps all)."
        python3 Scripts/libtorch_wheel.py runtime "$wheel" $part >"$staging/requirements"
        download "$staging/runtime" --requirement "$staging/requirements" ||
            die "pip finds no wheels of the CUDA runtime libraries that this build of LibTorch needs"
    fi
    say "Unpacking …"
    python3 Scripts/libtorch_wheel.py unpack "$staging" $part "$staging"/{wheel,runtime}/*.whl

    found=$(version_of_torch "$staging/torch")
    [ "${found%%+*}" = "$torch_version" ] || die "the wheel holds LibTorch '$found' instead of $torch_version"
    has_torch_library "$staging/torch" || die "the wheel holds no lib/libtorch_cpu"
    # The runtime first: the build looks at $torch alone, which appears whole or not at all.
    replace nvidia
    replace torch
    say "LibTorch $found is in $torch."
}

# Puts $staging/$1 in the place of .deps/$1.
replace() {
    [ -e ".deps/$1" ] && mv ".deps/$1" "$staging/old-$1"
    [ ! -d "$staging/$1" ] || mv "$staging/$1" ".deps/$1"
}

check_torch() {
    local version
    if [ -n "${LIBTORCH:-}" ]; then
        check_own_torch
        return
    fi
    version=$(version_of_torch $torch)
    [ "${version%%+*}" = "$torch_version" ] && has_torch_library $torch && return
    [ -z "$version" ] || say "$torch holds LibTorch $version; $torch_version takes its place."
    fetch_torch
}

install_packages() {
    local sudo=() command=("$@")
    if [ "$(id -u)" != 0 ] && [ "$1" != brew ]; then
        command -v sudo >/dev/null || die "libvips $oldest_vips or newer, or libmatio, is missing. As root, run: ${command[*]}"
        sudo=(sudo)
    fi
    say "Installing libvips and libmatio: ${sudo[*]+${sudo[*]} }${command[*]}"
    if [ "$1" = apt-get ]; then
        export DEBIAN_FRONTEND=noninteractive
        ${sudo[@]+"${sudo[@]}"} apt-get update -qq || say "apt-get update failed; going on with the package lists that are there"
    fi
    ${sudo[@]+"${sudo[@]}"} "${command[@]}" || die "that failed; install libvips $oldest_vips or newer and libmatio with their headers, and pkg-config, yourself"
}

check_libraries() {
    pkg-config --exists "vips >= $oldest_vips" matio 2>/dev/null && return
    if command -v apt-get >/dev/null; then
        install_packages apt-get install -y --no-install-recommends libvips-dev libmatio-dev pkg-config
    elif command -v dnf >/dev/null; then
        install_packages dnf install -y --setopt=install_weak_deps=False vips-devel matio-devel pkgconf-pkg-config
    elif command -v pacman >/dev/null; then
        install_packages pacman -S --needed --noconfirm libvips libmatio pkgconf
    elif command -v brew >/dev/null; then
        install_packages brew install vips libmatio pkgconf
    else
        die "libvips $oldest_vips or newer, or libmatio, is missing: install them with their headers, and pkg-config"
    fi
    pkg-config --exists matio || die "libmatio is needed, with its headers"
    pkg-config --exists "vips >= $oldest_vips" ||
        die "libvips $oldest_vips or newer is needed, the system has $(pkg-config --modversion vips 2>/dev/null || echo none)"
}

check_swift
check_libraries
check_torch
