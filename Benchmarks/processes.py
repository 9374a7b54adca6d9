#!/usr/bin/env python3
"""Training speed of KENet: two processes on two cores beside one on one core, and the machine's matrix products likewise, in turns.

    python3 Benchmarks/processes.py PACK [--width 16] [--side 48] [--batch 64] [--rounds 5] [--tool .build/release/kenet-train]

Needs a build with MPI, mpirun and a Python with torch (for the matrix products). The batch is that of all processes together.
"""
import argparse, json, os, pathlib, statistics, subprocess, tempfile, time
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('pack')
for name, value in (('width', 16), ('side', 48), ('batch', 64), ('rounds', 5), ('steps', 20)):
    parser.add_argument('--' + name, type=int, default=value)
parser.add_argument('--tool', default=str(ROOT / '.build/release/kenet-train'))
args = parser.parse_args()


def training(processes):
    """Samples per second between two validations, so that start and last validation do not count."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ['mpirun', '-n', str(processes), '--bind-to', 'core', args.tool, 'kenet', '--pack', args.pack, '-o', folder + '/run',
             '--width', str(args.width), '--side', str(args.side), '--batch', str(args.batch), '--steps', str(args.steps),
             '--validate-every', '1000000', '--threads', '1'],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {'OMPI_ALLOW_RUN_AS_ROOT': '1', 'OMPI_ALLOW_RUN_AS_ROOT_CONFIRM': '1'})
        entry = json.loads(pathlib.Path(folder, 'run/log.jsonl').read_text().splitlines()[-1])
        return entry['samples'] / entry['seconds']


def products(threads, size=1536, seconds=3):
    """GFLOP/s of a float32 matrix product."""
    torch.set_num_threads(threads)
    a, count = torch.rand(size, size), 0
    a @ a
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        a @ a
        count += 1
    return 2 * size**3 * count / (time.perf_counter() - start) / 1e9


rounds = [(training(1), training(2), products(1), products(2)) for _ in range(args.rounds)]
one, two, sgemm1, sgemm2 = (statistics.median(column) for column in zip(*rounds))
print(f'KENet width {args.width}, LR {args.side}×{args.side}, batch {args.batch}, medians of {args.rounds} rounds')
print(f'training: {one:.1f} samples/s, two processes {two:.1f}, {two / one:.3f} times')
print(f'sgemm: {sgemm1:.1f} GFLOP/s, two threads {sgemm2:.1f}, {sgemm2 / sgemm1:.3f} times')
ratios = sorted((b / a) / (d / c) for a, b, c, d in rounds)
print(f'share of the sgemm ratio: {two / one / (sgemm2 / sgemm1):.3f}; by rounds ' + ', '.join(f'{ratio:.3f}' for ratio in ratios))
