#!/usr/bin/env bash
# Measures the paper's tables into Documentation/results.md.
# DATA=FOLDER holds Set5, Set14, BSD100 and, where it is there, Urban100, with their draws.json. RUN=FOLDER keeps what has been measured, so
# that a second call only measures what is new. OFFICIAL=usrnet_tiny.pth adds the published USRNet-tiny with the true kernel.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly data=${DATA:?DATA=FOLDER says where Set5, Set14 and BSD100 are} run=${RUN:-results} official=${OFFICIAL:-}
readonly target=Documentation/results.md
kenet() { .build/release/kenet "$@"; }

mkdir -p "$run"
for table in table1 table2 table3; do
    kenet evaluate "$table" --data "$data" --run "$run/items" --resume --json "$run/$table.json" --markdown "$run/$table.md" \
        --html "$run/$table.html" >/dev/null
done
parts=("$run"/table[123].md)
if [ -n "$official" ]; then
    mkdir -p "$run/weights"
    export KENET_WEIGHTS=$run/weights:$PWD/Weights
    [ -f "$run/weights/usrnet-tiny-official.safetensors" ] || kenet models import "$official" --name usrnet-tiny-official
    kenet evaluate Set5 --data "$data" --methods gt+usrnet-tiny:official,gt+usrnet-tiny --run "$run/items" --resume \
        --json "$run/official.json" --markdown "$run/official.md" >/dev/null
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
