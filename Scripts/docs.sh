#!/usr/bin/env bash
# Builds the documentation of the library BlindSR into .build/docs with the toolchain's DocC; any warning is an error. The modules must be
# built. Called by `make docs`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly built=.build/release docs=.build/docs
target=$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | head -n 1)
readonly target

rm -rf "$docs"
mkdir -p "$docs/symbols"
swift symbolgraph-extract -module-name BlindSR -target "$target" -I "$built/Modules" -Xcc "-fmodule-map-file=$built/CTorch.build/module.modulemap" \
    -minimum-access-level public -output-dir "$docs/symbols"
docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
"$docc" convert Sources/BlindSR/BlindSR.docc --additional-symbol-graph-dir "$docs/symbols" --output-path "$docs/BlindSR" \
    --fallback-display-name BlindSR --fallback-bundle-identifier kenet.BlindSR --transform-for-static-hosting --hosting-base-path BlindSR \
    --warnings-as-errors
echo "The documentation: cd $docs && python3 -m http.server, then http://localhost:8000/BlindSR/documentation/blindsr"
