#!/usr/bin/env bash
# install.sh install|uninstall: puts kenet into $DESTDIR$PREFIX or takes it away again. Called by `make install`.
#
#   bin/           kenet, kenet-train
#   lib/kenet/     the shared libraries they load that no package manager brings: LibTorch's and Swift's own
#   share/kenet/   the weights and their cards
#   share/man/     the manual page; completions for bash, zsh and fish lie where these look for them
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."

readonly prefix=${PREFIX:-/usr/local}
readonly root=${DESTDIR:-}$prefix
readonly built=.build/release
readonly tools=(kenet kenet-train)
readonly completions=(
    bash:share/bash-completion/completions/kenet
    zsh:share/zsh/site-functions/_kenet
    fish:share/fish/vendor_completions.d/kenet.fish
)
readonly manual=share/man/man1/kenet.1

die() { printf 'install: %s\n' "$*" >&2; exit 1; }

# The shared libraries to take along, one path a line: what the tools load from LibTorch's folder, from CUDA's runtime beside it and
# from Swift's toolchain. A CUDA build opens more of its parts by name: there, all of them.
libraries() {
    local tool loaded torch
    if [ "$(uname -s)" = Darwin ]; then
        printf '%s\n' "${LIBTORCH:-.deps/torch}"/lib/lib{torch,torch_cpu,c10,omp}*.dylib
        return
    fi
    loaded=$(for tool in "${tools[@]}"; do ldd "$built/$tool"; done | sed -n 's/^.* => \(\/.*\) (0x[0-9a-f]*)$/\1/p')
    torch=$(sed -n 's/\/libtorch_cpu\.so$//p' <<<"$loaded" | head -n 1)
    [ -n "$torch" ] || return 0
    grep -F -e "$torch/" -e /nvidia/ -e /swift/linux/ <<<"$loaded"
    if [ -f "$torch/libtorch_cuda.so" ]; then
        printf '%s\n' "$torch"/../../nvidia/*/lib/*.so* "$torch"/lib*cuda*.so "$torch"/libcaffe2_nvrtc.so
    fi
}

install_all() {
    local found library entry shell
    [[ $prefix == /* ]] || die "PREFIX must be an absolute path, it is '$prefix'"
    [ -x "$built/kenet" ] || die "$built/kenet is not built; run 'make build' first"
    found=$(libraries | sort -u)
    [ -n "$found" ] || die "LibTorch's libraries, which $built/kenet loads, are not found; run 'make clean build'"

    # The old libraries would stay behind where the new ones have other names.
    rm -rf "$root/lib/kenet" "$root/share/kenet"
    mkdir -p "$root/bin" "$root/lib/kenet" "$root/share/kenet" || die "cannot write to $root"
    install -m 755 "${tools[@]/#/$built/}" "$root/bin"

    while IFS= read -r library; do
        install -m 644 "$library" "$root/lib/kenet/${library##*/}"
    done <<<"$found"

    for library in Weights/*.safetensors Weights/*.md; do
        install -m 644 "$library" "$root/share/kenet"
    done
    install -m 644 LICENSE NOTICE "$root/share/kenet"

    for entry in "${completions[@]}"; do
        shell=${entry%%:*}
        mkdir -p "$(dirname "$root/${entry#*:}")"
        "$built/kenet" --generate-completion-script "$shell" >"$root/${entry#*:}"
    done
    mkdir -p "$(dirname "$root/$manual")"
    Scripts/manual.py "$built/kenet" >"$root/$manual"
    echo "kenet is in $root/bin; its libraries take $(du -sh "$root/lib/kenet" | cut -f 1)."
}

uninstall_all() {
    local entry
    rm -f "${tools[@]/#/$root/bin/}"
    rm -f "$root/$manual"
    rm -rf "$root/lib/kenet" "$root/share/kenet"
    for entry in "${completions[@]}"; do
        rm -f "$root/${entry#*:}"
    done
    echo "kenet is no longer in $root."
}

case ${1:-} in
    install) install_all ;;
    uninstall) uninstall_all ;;
    *) die "usage: Scripts/install.sh install|uninstall" ;;
esac
