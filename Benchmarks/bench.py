#!/usr/bin/env python3
"""How fast is it: this engine beside PyTorch eager with the same weights, in turns on the same machine. Prints the tables of
Documentation/performance.md and writes them as JSON.

    Benchmarks/bench.py [--json FILE] [--threads N] [--rounds 5] [--processor] [--parts operations,networks,sizes,command,estimating,training] [--pack PACK]

The rate of convolutions stands beside that of a 1×1 convolution by the same library (512 channels, 64×64) and beside that of a product of
matrices by PyTorch's BLAS, which is slow on some processors.

On a machine that others use, --processor with --threads 1 takes the time on the processor instead of the clock's.
Without PyTorch in this Python (PYTHON=… names another) our own times are printed alone. Training needs a pack (`kenet pack`).
"""
import argparse, glob, json, os, platform, statistics, subprocess, sys, tempfile

from upscale import KENET as KENET_TOOL, upscale
from workers import CEILING, EAGER, EAGER_LAST, OURS, ROOT, Bench, pytorch_version

os.environ.setdefault("KENET_WEIGHTS", str(ROOT / "Weights"))
USRNET, KENET, WIENER = (str(ROOT / f"Weights/{name}.safetensors") for name in ("usrnet-tiny", "kenet-x2", "wiener-x2"))


def title(text, columns):
    print(f"\n{text}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}", flush=True)


def row(*cells):
    print(f"| {' | '.join(cells)} |", flush=True)


def times(seconds):
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def ratio(result, name):
    seconds = result["seconds"]
    return f"{times(seconds[name])} ({seconds[name] / seconds[OURS]:.2f}×)" if name in seconds else "–"


def everyone(request):
    return {OURS: request, EAGER: request, EAGER_LAST: request}


def operations(bench):
    """Convolutions in the shapes of a result of one megapixel, transforms, the Wiener filter."""
    title("Single operations; in brackets how many times as long PyTorch takes",
          ["operation", "kenet", "eager NCHW", "eager channels-last", "GFLOP/s", "1×1 then", "share", "sgemm then", "share"])
    results = []
    for reduced in (False, True):
        for channels, side in ((16, 1024), (48, 512), (64, 256)):
            requests = everyone(bench.request("convolution", side, side, channels=channels, reduced=reduced))
            requests[CEILING] = bench.request("pointwise", 64, 64, channels=512, reduced=reduced)
            result = bench.measure(requests, reduced=reduced)
            rate, ceiling = 18e-9 * channels**2 * side**2 / result["seconds"][OURS], 2e-9 * 512**2 * 64**2 / result["seconds"][CEILING]
            name = f"3×3, {channels} channels, {side}×{side}, {'bf16' if reduced else 'fp32'}"
            results.append({"name": name, "gflops": rate, "ceiling": ceiling, **result})
            row(name, times(result["seconds"][OURS]), ratio(result, EAGER), ratio(result, EAGER_LAST), f"{rate:.0f}", f"{ceiling:.0f}",
                f"{rate / ceiling:.0%}", f"{result['sgemm']:.0f}", f"{rate / result['sgemm']:.0%}")
    for name, request in (("real FFT and back, 3×1024×1024", bench.request("fourier", 1024, 1024)),
                          ("real FFT and back, 3×1104×1104", bench.request("fourier", 1104, 1104)),
                          ("Wiener filter, 3 levels, 3×512×512 ×2", bench.request("filter", 512, 512, 2))):
        result = bench.measure({OURS: request, EAGER: request}, compared=True)
        results.append({"name": name, **result})
        row(name, times(result["seconds"][OURS]), ratio(result, EAGER), "–", "–", "–", "–", f"{result['sgemm']:.0f}", "–")
    rate = {}
    for reduced in (False, True):
        request = bench.request("product", 2048, 2048, reduced=reduced)
        result = bench.measure({OURS: request, EAGER: request}, reduced=reduced)
        rate[reduced] = 2e-9 * 2048**3 / result["seconds"].get(EAGER, result["seconds"][OURS])
        results.append({"name": f"product of matrices 2048×2048, {'bf16' if reduced else 'fp32'}", "gflops": rate[reduced], **result})
        row(results[-1]["name"], times(result["seconds"][OURS]), ratio(result, EAGER), "–", f"{rate[reduced]:.0f}", "–", "–", f"{result['sgemm']:.0f}", "–")
    return results


def networks(bench):
    """Whole networks with a circular border and a given kernel, and the default pair."""
    title("Whole networks; the default pair is blind and beside USRNet-tiny with a given kernel",
          ["network", "result", "kenet", "eager NCHW", "eager channels-last", "difference", "sgemm then", "peak MB: kenet, eager"])
    results = []
    cases = [("KENet, width 16", "kenet", KENET, 256), ("KENet, width 16", "kenet", KENET, 768)]
    cases += [(name, operation, weights, side) for name, operation, weights in (
        ("USRNet-tiny", "usrnet", USRNET), ("Wiener network", "wiener", WIENER), ("default pair", "pair", "")) for side in (128, 256, 512)]
    for name, operation, weights, side in cases:
        scale = 1 if operation == "kenet" else 2
        request = bench.request(operation, side, side, scale, weights=weights)
        requests = everyone(request)
        if operation == "pair":
            requests = {**everyone(bench.request("usrnet", side, side, scale, weights=USRNET)), OURS: request}
        pixels = side * side * scale * scale / 1e6
        result = bench.measure(requests, compared=operation != "pair")
        results.append({"name": name, "megapixels": pixels, **result})
        row(name, "kernel" if operation == "kenet" else f"{pixels:.2f} Mpx", times(result["seconds"][OURS]), ratio(result, EAGER),
            ratio(result, EAGER_LAST), f"{result['difference']:.0e}" if "difference" in result else "–", f"{result['sgemm']:.0f}",
            ", ".join(f"{result['peakMB'][n]:.0f}" for n in (OURS, EAGER) if n in result["peakMB"]))
    return results


def sizes(bench):
    """The default pair from 0.1 to 50 megapixels."""
    title("The default pair by size of the result, ×2, kernel estimated", ["result", "pixels", "time", "s per Mpx", "sgemm then", "peak MB"])
    results = []
    for width, height in ((180, 140), (240, 200), (480, 360), (640, 400), (1024, 1024), (1600, 1200), (2000, 2000), (4096, 3072)):
        pixels = 4e-6 * width * height
        result = bench.measure({OURS: bench.request("pair", width, height, 2)}, rounds=1 if pixels > 5 else None)
        seconds = result["seconds"][OURS]
        results.append({"megapixels": pixels, "perMegapixel": seconds / pixels, **result})
        row(f"{pixels:.2f} Mpx", f"{2 * width}×{2 * height}", times(seconds), f"{seconds / pixels:.2f}", f"{result['sgemm']:.0f}",
            f"{result['peakMB'][OURS]:.0f}")
    return results


def command(bench):
    """`kenet upscale` as a process."""
    title("`kenet upscale`, the whole process, beside the same work in a process that is warm",
          ["photo", "scale", "process", "of it: estimate and restore", "warm", "process − warm", "peak MB"])
    results = []
    for photo in sorted(glob.glob(str(ROOT / "Examples/photos/*.png"))):
        for scale in (2, 4):
            runs, warm = [], []
            for _ in range(bench.rounds):
                runs.append(upscale(photo, scale, ["--threads", str(bench.threads)], str(bench.folder)))
                record = runs[-1][0]
                request = {OURS: bench.request("pair", record["width"] // scale, record["height"] // scale, scale)}
                warm.append(bench.measure(request, rounds=1)["seconds"][OURS])
            wall, inside, own = statistics.median(r[3 if bench.clock == "processor" else 1] for r in runs), statistics.median(r[0]["seconds"] for r in runs), statistics.median(warm)
            peak = max(r[2] for r in runs)
            results.append({"photo": os.path.basename(photo), "scale": scale, "wall": wall, "seconds": inside, "warm": own, "peakMB": peak})
            row(os.path.basename(photo), f"×{scale}", times(wall), times(inside) if bench.clock == "seconds" else "–", times(own), times(wall - own), f"{peak:.0f}")
    return results


def estimating(bench):
    """The default estimator, warm, beside KernelGAN's 3000 iterations, whose time does not depend on the photo's size."""
    title("Estimating a kernel at ×2", ["photo", "default", "KernelGAN, once", "ratio", "sgemm then"])
    photo = str(ROOT / "Examples/photos/oakland-zoo-otters.png")
    run = subprocess.run([KENET_TOOL, "estimate", photo, "--model", "kernelgan", "--json", "--quiet", "--threads", str(bench.threads)],
                         stdout=subprocess.PIPE, text=True, check=True)
    slow, results = json.loads(run.stdout)["seconds"], []
    for width, height in ((256, 256), (480, 360)):
        result = bench.measure({OURS: bench.request("estimate", width, height, 2)})
        fast = result["seconds"][OURS]
        results.append({"photo": [width, height], "kernelgan": slow, **result})
        row(f"{width}×{height}", times(fast), times(slow), f"{slow / fast:.0f}×", f"{result['sgemm']:.0f}")
    return results


def training(bench, pack):
    """KENet's training, `training.py`."""
    script = [os.environ.get("PYTHON", sys.executable), str(ROOT / "Benchmarks/training.py"), pack, "--threads", str(bench.threads)]
    run = subprocess.run(script + ["--rounds", str(bench.rounds)], stdout=subprocess.PIPE, text=True, check=True)
    print(f"\nTraining\n\n    {run.stdout.strip().replace(chr(10), chr(10) + '    ')}")
    return run.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processor", action="store_true")
    parser.add_argument("--parts", default="operations,networks,sizes,command,estimating,training")
    parser.add_argument("--pack", default=os.environ.get("PACK"))
    args = parser.parse_args()
    version = pytorch_version()
    if not version:
        print("There is no PyTorch in this Python, so nothing is compared; PYTHON=/path/to/python names one that has it.", file=sys.stderr)
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "") if os.path.exists(
        "/proc/cpuinfo") else platform.processor()
    print(f"{processor}, {args.threads} of {os.cpu_count()} threads, PyTorch {version or 'missing'}, medians of {args.rounds} rounds in turns"
          f"{', time on the processor' if args.processor else ''}, "
          f"load {os.getloadavg()[0]:.1f} at the start")
    document = {"processor": processor, "threads": args.threads, "pytorch": version, "rounds": args.rounds,
                "clock": "processor" if args.processor else "wall", "load": os.getloadavg()}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, args.threads, args.rounds, bool(version), "processor" if args.processor else "seconds")
        for name, part in (("operations", operations), ("networks", networks), ("sizes", sizes), ("command", command), ("estimating", estimating)):
            if name in args.parts.split(","):
                document[name] = part(bench)
        if "training" in args.parts.split(",") and args.pack and version:
            document["training"] = training(bench, args.pack)
        elif "training" in args.parts.split(","):
            print("\nTraining is not measured: it needs PyTorch and a pack (--pack, or PACK=).", file=sys.stderr)
    document["loadAfter"] = os.getloadavg()
    if args.json:
        with open(args.json, "w") as file:
            json.dump(document, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
