#!/usr/bin/env bash
# Tests the page of `kenet serve` in a headless browser, which is installed where it is missing. SHOTS=FOLDER keeps the screenshots.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    if ! command -v apt-get >/dev/null; then
        echo "The page is not tested: chromium and chromedriver are not installed."
        exit 0
    fi
    sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    DEBIAN_FRONTEND=noninteractive ${sudo[@]+"${sudo[@]}"} apt-get install -y --no-install-recommends chromium chromium-driver
fi
Tests/Browser/page.py "${KENET_BINARY:-.build/release/kenet}" Examples/photos/singaporean-cityscape.png ${SHOTS:+"$SHOTS"}
