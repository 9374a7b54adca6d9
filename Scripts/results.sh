#!/usr/bin/env bash
# Measures the paper's tables into Documentation/results.md.
# DATA=FOLDER holds Set5, Set14, BSD100 and, where it is there, Urban100, with their draws.json. RUN=FOLDER keeps what has been measured, so
# that a second call only measures what is new. THREADS=N: CPU threads. OFFICIAL=usrnet_tiny.pth adds the published USRNet-tiny with the true kernel.
# SLOW=1 adds the systems that learn from each photo by itself, on Set5 with its first draw: hours.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly data=${DATA:?DATA=FOLDER says where Set5, Set14 and BSD100 are} run=${RUN:-results} official=${OFFICIAL:-}
readonly threads=${THREADS:-$(nproc)}
readonly target=Documentation/results.md
kenet() { .build/release/kenet "$@"; }
evaluate() { kenet evaluate "$@" --data "$data" --run "$run/items" --resume --threads "$threads" >/dev/null; }

mkdir -p "$run"
parts=()
# The default pair, and the photo weights beside the clean ones: --run keeps each degradation apart.
pair() {
    local title=$1 name=$2
    shift 2
    kenet evaluate Set5 Set14 BSD100 --data "$data" --run "$run/$name" --resume --threads "$threads" --scale 2,4 \
        --methods spectrum:auto+wiener:auto,spectrum:photo+wiener:photo,spectrum+wiener,gt+wiener --json "$run/$name.json" --markdown "$run/$name.md" "$@" >/dev/null
    sed -i "1s/.*/## $title/" "$run/$name.md"
    parts+=("$run/$name.md")
}
pair "The default pair" pair
pair "The default pair under noise of σ = 5" noise --noise 5
pair "The default pair under JPEG of quality 70" jpeg --jpeg 70

kenet evaluate Set5 Set14 --data "$data" --run "$run/trained" --resume --threads "$threads" --scale 2,4 \
    --methods rcan-raw,rcan,dan,mzsr,spectrum+mzsr,gt+mzsr,spectrum+srmd,gt+srmd --json "$run/trained.json" --markdown "$run/trained.md" >/dev/null
sed -i '1s/.*/## The compared systems that are trained, in narrow sizes/' "$run/trained.md"
parts+=("$run/trained.md")
for table in table1 table2 table3; do
    evaluate "$table" --json "$run/$table.json" --markdown "$run/$table.md" --html "$run/$table.html"
done
parts+=("$run"/table[123].md)
if [ -n "${SLOW:-}" ]; then
    kenet evaluate Set5 --data "$data" --draws "$data/draws.json:1" --run "$run/slow" --resume --threads "$threads" --scale 2,4 \
        --methods kernelgan+zssr,kernelgan+usrnet-tiny,dipfkp+usrnet-tiny,spectrum+usrnet-tiny,spectrum+wiener,gt+zssr,gt+usrnet-tiny \
        --json "$run/slow.json" --markdown "$run/slow.md" >/dev/null
    sed -i '1s/.*/## Tables 1 and 3 with the systems that learn from each photo: Set5, its first draw/' "$run/slow.md"
    parts+=("$run/slow.md")
fi
if [ -n "$official" ]; then
    mkdir -p "$run/weights"
    export KENET_WEIGHTS=$run/weights:$PWD/Weights
    [ -f "$run/weights/usrnet-tiny-official.safetensors" ] || kenet models import "$official" --name usrnet-tiny-official
    evaluate Set5 --methods gt+usrnet-tiny:official,gt+usrnet-tiny --json "$run/official.json" --markdown "$run/official.md"
    sed -i '1s/.*/## The published USRNet-tiny, true kernel/' "$run/official.md"
    parts+=("$run/official.md")
fi
{
    cat Documentation/results-preface.md
    for part in "${parts[@]}"; do
        echo
        cat "$part"
    done
} >"$target.new"
mv "$target.new" "$target"
echo "$target"
