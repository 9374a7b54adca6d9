#!/usr/bin/env bash
# Restores a shipped soft photo at twice its size into demo/, with the kernel's picture and a before/after sheet.
# PHOTO=FILE takes another photo, SCALE=N another scale.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly kenet=.build/release/kenet
readonly photo=${PHOTO:-Examples/photos/singaporean-cityscape.png} scale=${SCALE:-2}
name=$(basename "${photo%.*}")
readonly name

mkdir -p demo
"$kenet" estimate "$photo" --scale "$scale" -o demo/kernel.png --force
"$kenet" upscale "$photo" --scale "$scale" -o "demo/${name}_x$scale.png" --sheet demo/before-after.png --force
echo
echo "The restored photo, its kernel and a before/after sheet: demo/${name}_x$scale.png demo/kernel.png demo/before-after.png"
