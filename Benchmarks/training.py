#!/usr/bin/env python3
"""Training speed of KENet: kenet-train beside the same network in PyTorch eager, in turns, with as many threads.

    python3 Benchmarks/training.py PACK [--width 16] [--side 48] [--batch 32] [--threads 1] [--rounds 5]

Needs a Python with torch. kenet-train makes its samples (crops, blur, rounding) as it goes; PyTorch is given one batch that is ready.
"""
import argparse, json, pathlib, statistics, subprocess, tempfile, time
import torch, torch.nn as nn, torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Stage(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.res = nn.Sequential(nn.Conv2d(outputs, outputs, 3, padding=1), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1))

    def forward(self, x):
        x = F.relu(self.conv(x))
        return x + self.res(x)


class KENet(nn.Module):
    def __init__(self, width, size=11, hidden=1024):
        super().__init__()
        w = [3] + [width * i for i in (1, 2, 3, 4)]
        self.stages = nn.ModuleList([Stage(w[i], w[i + 1]) for i in range(4)])
        self.fc = nn.Sequential(nn.Linear(w[4], hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, size * size))

    def forward(self, x):
        x = self.stages[0](x)
        for stage in self.stages[1:]:
            x = stage(F.max_pool2d(x, 2))
        return self.fc(x.mean((2, 3))).softmax(1)


def attention_loss(k, t):
    p, d = t.amax(1, keepdim=True), (k - t).abs()
    return (d * (0.01 + 0.1 * (t > 0.01 * p) + (t > 0.1 * p))).sum(1).mean()


def pytorch(args, steps, channels_last):
    torch.manual_seed(0)
    net = KENet(args.width)
    x = torch.rand(args.batch, 3, args.side, args.side)
    if channels_last:
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    target = torch.rand(args.batch, 121).softmax(1)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    start = 0.0
    for step in range(steps + 5):
        if step == 5:
            start = time.perf_counter()
        optimizer.zero_grad()
        attention_loss(net(x), target).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1)
        optimizer.step()
    return steps * args.batch / (time.perf_counter() - start)


def kenet(args, steps):
    """Samples per second between two validations, so that start and first steps do not count."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [ROOT / '.build/release/kenet-train', 'kenet', '--pack', args.pack, '-o', folder + '/run', '--width', str(args.width), '--side', str(args.side),
             '--batch', str(args.batch), '--steps', str(steps + 5), '--validate-every', '1000000', '--threads', str(args.threads)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        entry = json.loads(pathlib.Path(folder, 'run/log.jsonl').read_text().splitlines()[-1])
        return entry['samples'] / entry['seconds']


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('pack')
for name, value in (('width', 16), ('side', 48), ('batch', 32), ('threads', 1), ('rounds', 5), ('steps', 40)):
    parser.add_argument('--' + name, type=int, default=value)
args = parser.parse_args()
torch.set_num_threads(args.threads)
runs = {'kenet-train': lambda: kenet(args, args.steps), 'PyTorch eager': lambda: pytorch(args, args.steps, False),
        'PyTorch eager, channels-last': lambda: pytorch(args, args.steps, True)}
results = {name: [] for name in runs}
for _ in range(args.rounds):
    for name, run in runs.items():
        results[name].append(run())
print(f'PyTorch {torch.__version__}, KENet width {args.width}, LR {args.side}×{args.side}, batch {args.batch}, {args.threads} thread(s)')
ours = statistics.median(results['kenet-train'])
for name, values in results.items():
    middle = statistics.median(values)
    print(f'{name:30} {middle:7.1f} samples/s' + ('' if name == 'kenet-train' else f'   kenet-train: {ours / middle:.2f} times as fast'))
