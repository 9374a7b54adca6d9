#!/usr/bin/env python3
"""Times `kenet upscale` on the shipped photos and prints a Markdown table: the median of RUNS runs (3) after one to warm up.

  Benchmarks/upscale.py [ARGUMENT…]     arguments are handed on, for example: --model kenet+usrnet-tiny --device cpu
"""

import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KENET = os.path.join(ROOT, ".build/release/kenet")


def upscale(photo, scale, arguments, folder):
    """One run: its JSON record, wall-clock seconds, peak memory in MB and seconds on the processor."""
    command = [KENET, "upscale", photo, "--scale", str(scale), "--json", "--force", "-o", os.path.join(folder, "out.png"), *arguments]
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        sys.exit(f"bench: {' '.join(command)} failed: {output.strip()}")
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return json.loads(output), wall, peak, usage.ru_utime + usage.ru_stime


def main(arguments):
    runs = int(os.environ.get("RUNS", "3"))
    print("| photo | scale | model | output | estimate and restore, s | whole command, s | Mpx/s | peak memory, MB |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for photo in sorted(glob.glob(os.path.join(ROOT, "Examples/photos/*.png"))):
            for scale in (2, 4):
                results = [upscale(photo, scale, arguments, folder) for _ in range(runs + 1)][1:]
                record = results[0][0]
                seconds = statistics.median(r[0]["seconds"] for r in results)
                wall = statistics.median(r[1] for r in results)
                pixels = record["width"] * record["height"] / 1e6
                print(
                    f"| {os.path.basename(photo)} | ×{scale} | {record['model']} | {record['width']}×{record['height']} | {seconds:.2f} | "
                    f"{wall:.2f} | {pixels / seconds:.2f} | {max(r[2] for r in results):.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main(sys.argv[1:])
