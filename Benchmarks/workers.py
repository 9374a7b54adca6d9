"""The processes that `bench.py` asks in turn: this engine (kenet-bench) and PyTorch eager, which speak the same lines of JSON."""
import array, contextlib, json, os, pathlib, statistics, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = "kenet"
EAGER = "eager"
EAGER_LAST = "eager, channels-last"
CEILING = "kenet, 1×1"
COMMANDS = {
    OURS: ([str(ROOT / ".build/release/kenet-bench")], []),
    CEILING: ([str(ROOT / ".build/release/kenet-bench")], []),
    EAGER: ([os.environ.get("PYTHON", sys.executable), str(ROOT / "Benchmarks/pytorch/worker.py")], []),
    EAGER_LAST: ([os.environ.get("PYTHON", sys.executable), str(ROOT / "Benchmarks/pytorch/worker.py")], ["channels-last"]),
}
# Side of the square matrices whose product says what the machine can do now.
PRODUCT = 1024


class Worker:
    """One process; `peak` is its largest memory in MB once it is closed."""

    def __init__(self, name, threads, reduced=False):
        command, options = COMMANDS[name]
        options = options + (["bfloat16"] if reduced and name in (EAGER, EAGER_LAST) else [])
        self.process = subprocess.Popen(command + [str(threads)] + options, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.peak = 0.0

    def ask(self, request):
        """The answer; None from a PyTorch that is not there."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        status = self.process.wait()
        if status != 69:
            sys.exit(f"bench: {self.process.args[0]} failed with {status} at {request}")
        return None

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        if self.process.returncode is None:
            _, status, usage = os.wait4(self.process.pid, 0)
            self.process.returncode = os.waitstatus_to_exitcode(status)
            self.peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def pytorch_version():
    """None where Python has no torch."""
    worker = Worker(EAGER, 1)
    answer = worker.ask({"operation": "version"})
    worker.close()
    return answer and answer["version"]


class Bench:
    """Photos of any size in a folder, and measurements that take turns."""

    def __init__(self, folder, threads, rounds, has_pytorch, clock="seconds"):
        self.folder, self.threads, self.rounds, self.has_pytorch, self.clock = pathlib.Path(folder), threads, rounds, has_pytorch, clock

    def request(self, operation, width, height, scale=1, channels=3, reduced=False, weights=""):
        return {"operation": operation, "width": width, "height": height, "scale": scale, "channels": channels, "reduced": reduced,
                "weights": weights, "input": str(self.folder / f"{width}x{height}.f32"), "kernel": str(self.folder / "kernel.f32"),
                "output": ""}

    def photo(self, width, height):
        """Writes the input of that size."""
        if not (self.folder / f"{width}x{height}.f32").exists():
            maker = Worker(OURS, 1)
            maker.ask(self.request("photo", width, height, weights=str(ROOT / "Examples/photos/oakland-zoo-otters.png")))
            maker.close()

    def measure(self, requests, rounds=None, reduced=False, compared=False):
        """Medians of seconds by name, for {name: request}; with them the peaks, the machine's sgemm rate meanwhile in GFLOP/s, and with
        `compared` the largest difference between our result and the first other one."""
        requests = {name: request for name, request in requests.items() if name in (OURS, CEILING) or self.has_pytorch}
        for request in requests.values():
            if request["operation"] not in ("product", "convolution", "pointwise"):
                self.photo(request["width"], request["height"])
        workers = {name: Worker(name, self.threads, reduced) for name in requests}
        if compared:
            requests = {name: {**request, "output": str(self.folder / f"{i}.out")} for i, (name, request) in enumerate(requests.items())}
        referee, product = Worker(EAGER if self.has_pytorch else OURS, self.threads), self.request("product", PRODUCT, PRODUCT)
        seconds, products = {name: [] for name in requests}, []
        for _ in range(rounds or self.rounds):
            products.append(referee.ask(product)[self.clock])
            for name, worker in workers.items():
                seconds[name].append(worker.ask(requests[name])[self.clock])
        for worker in [*workers.values(), referee]:
            worker.close()
        result = {"seconds": {name: statistics.median(values) for name, values in seconds.items()}, "all": seconds,
                  "peakMB": {name: worker.peak for name, worker in workers.items()},
                  "sgemm": 2e-9 * PRODUCT**3 / statistics.median(products)}
        if compared and len(requests) > 1:
            ours, other = ([*floats(request["output"])] for request in list(requests.values())[:2])
            assert len(ours) == len(other), "results of different sizes"
            result["difference"] = max(abs(a - b) for a, b in zip(ours, other))
        return result


def floats(path):
    values = array.array("f")
    values.frombytes(pathlib.Path(path).read_bytes())
    return values
