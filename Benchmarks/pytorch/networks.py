"""The networks of this project in plain PyTorch, as one writes them, reading the shipped weights: what the engine is compared with."""
import json, math, struct
import torch, torch.nn as nn, torch.nn.functional as F

TYPES = {"F16": torch.float16, "F32": torch.float32, "F64": torch.float64, "BF16": torch.bfloat16}


def weights(path):
    """A .safetensors file as a dictionary of float32 tensors."""
    with open(path, "rb") as file:
        data = file.read()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:end])
    header.pop("__metadata__", None)
    values = {}
    for name, entry in header.items():
        begin, stop = (end + i for i in entry["data_offsets"])
        values[name] = torch.frombuffer(bytearray(data[begin:stop]), dtype=TYPES[entry["dtype"]]).view(entry["shape"]).float()
    return values


class Residual(nn.Module):
    """x + conv(relu(conv(x)))."""

    def __init__(self, width, bias):
        super().__init__()
        self.res = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=bias), nn.ReLU(), nn.Conv2d(width, width, 3, 1, 1, bias=bias))

    def forward(self, x):
        return x + self.res(x)


class KENet(nn.Module):
    def __init__(self, state):
        super().__init__()
        widths = [3] + [state[f"f{i}.conv.weight"].shape[0] for i in range(4)]
        for i in range(4):
            stage = Residual(widths[i + 1], True)
            stage.conv = nn.Conv2d(widths[i], widths[i + 1], 3, 1, 1)
            setattr(self, f"f{i}", stage)
        self.fc = nn.ModuleList(nn.Linear(*reversed(state[f"fc.{i}.weight"].shape)) for i in range(3))
        self.load_state_dict(state)

    def forward(self, x):
        for i in range(4):
            stage = getattr(self, f"f{i}")
            x = stage(F.relu(stage.conv(F.max_pool2d(x, 2) if i else x)))
        x = x.mean((2, 3))
        return self.fc[2](F.relu(self.fc[1](F.relu(self.fc[0](x))))).softmax(1)


class Prior(nn.Module):
    """The U-Net of USRNet."""

    def __init__(self, widths, blocks):
        super().__init__()
        self.m_head, self.m_tail = nn.Conv2d(4, widths[0], 3, 1, 1, bias=False), nn.Conv2d(widths[0], 3, 3, 1, 1, bias=False)
        for i in (1, 2, 3):
            fine, coarse = widths[i - 1], widths[i]
            down = [Residual(fine, False) for _ in range(blocks)] + [nn.Conv2d(fine, coarse, 2, 2, bias=False)]
            up = [nn.ConvTranspose2d(coarse, fine, 2, 2, bias=False)] + [Residual(fine, False) for _ in range(blocks)]
            setattr(self, f"m_down{i}", nn.Sequential(*down))
            setattr(self, f"m_up{i}", nn.Sequential(*up))
        self.m_body = nn.Sequential(*(Residual(widths[3], False) for _ in range(blocks)))

    def forward(self, x):
        height, width = x.shape[2:]
        x0 = self.m_head(F.pad(x, (0, -width % 8, 0, -height % 8), mode="replicate"))
        x1 = self.m_down1(x0)
        x2 = self.m_down2(x1)
        x3 = self.m_down3(x2)
        x = self.m_up3(self.m_body(x3) + x3)
        x = self.m_up1(self.m_up2(x + x2) + x1)
        return self.m_tail(x + x0)[:, :, :height, :width]


def transfer(kernel, height, width, real):
    """The spectrum of a kernel on a torus, its centre at the origin."""
    size = kernel.shape[-1]
    wrapped = F.pad(kernel, (0, width - size, 0, height - size)).roll((-(size // 2), -(size // 2)), (2, 3))
    return (torch.fft.rfft2 if real else torch.fft.fft2)(wrapped)


class USRNet(nn.Module):
    """With complex transforms of the whole grid and the data step of the paper's equation, as the published program has them."""

    def __init__(self, state):
        super().__init__()
        widths = [state["p.m_head.weight"].shape[0]] + [state[f"p.m_up{i}.0.weight"].shape[0] for i in (1, 2, 3)]
        blocks = next(i for i in range(99) if f"p.m_body.{i}.res.0.weight" not in state)
        hidden, outputs = state["h.mlp.0.weight"].shape[0], state["h.mlp.4.weight"].shape[0]
        self.iterations = outputs // 2
        self.p = Prior(widths, blocks)
        self.h = nn.Module()
        self.h.mlp = nn.Sequential(
            nn.Conv2d(2, hidden, 1), nn.ReLU(), nn.Conv2d(hidden, hidden, 1), nn.ReLU(), nn.Conv2d(hidden, outputs, 1), nn.Softplus())
        self.load_state_dict(state)

    def forward(self, y, kernel, sigma, s):
        height, width = y.shape[2] * s, y.shape[3] * s
        both = self.h.mlp(torch.cat([sigma, torch.full_like(sigma, s)], 1)) + 1e-6
        k = transfer(kernel, height, width, False)
        power = k.abs() ** 2
        spread = torch.zeros(y.shape[0], y.shape[1], height, width)
        spread[:, :, ::s, ::s] = y
        explained = k.conj() * torch.fft.fft2(spread)

        def aliases(z):
            return z.view(*z.shape[:2], s, height // s, s, width // s).mean((2, 4))

        x = F.interpolate(y, scale_factor=s, mode="nearest")
        for i in range(self.iterations):
            alpha, beta = both[:, i:i + 1], both[:, self.iterations + i:self.iterations + i + 1]
            r = explained + torch.fft.fft2(alpha * x)
            ratio = aliases(k * r) / (aliases(power) + alpha)
            x = torch.fft.ifft2((r - k.conj() * ratio.repeat(1, 1, s, s)) / alpha).real
            x = self.p(torch.cat([x, beta.expand(-1, 1, height, width)], 1))
        return x


class Filter:
    """The linear minimum-mean-square-error estimate for images whose power falls with the square of the frequency."""

    def __init__(self, kernel, height, width, s):
        self.size, self.s = (height, width), s
        rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None]
        prior = 1 / (4 - 2 * torch.cos(2 * math.pi * rows) - 2 * torch.cos(2 * math.pi * columns) + 1e-4)
        self.k = transfer(kernel, height, width, True)
        self.gain = prior * self.k.conj()
        covariance = torch.fft.irfft2(self.k * self.gain, s=self.size)[:, :, ::s, ::s]
        self.power = torch.fft.rfft2(covariance).real

    def degrade(self, x):
        return torch.fft.irfft2(torch.fft.rfft2(x) * self.k, s=self.size)[:, :, ::self.s, ::self.s]

    def __call__(self, y, noise):
        s = self.s
        q = torch.fft.irfft2(torch.fft.rfft2(y) / (self.power + noise), s=y.shape[2:])
        spread = torch.zeros(*y.shape[:2], *self.size)
        spread[:, :, ::s, ::s] = q
        return torch.fft.irfft2(torch.fft.rfft2(spread) * self.gain, s=self.size)


class WienerNet(nn.Module):
    GREY, CERTAIN = 0.45, 80.0

    class Block(nn.Module):
        def __init__(self, width, code):
            super().__init__()
            self.first, self.second = nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)
            self.modulation = nn.Linear(code, 2 * width)

        def forward(self, x, code):
            gain, shift = self.modulation(code)[:, :, None, None].chunk(2, 1)
            return x + self.second(F.relu((1 + gain) * self.first(x) + shift))

    def __init__(self, state):
        super().__init__()
        width, inputs = state["head.weight"].shape[:2]
        code, told = state["embedding.0.weight"].shape
        blocks = next(i for i in range(999) if f"blocks.{i}.first.weight" not in state)
        starts = len(state["noise.levels"]) - 1
        self.noise = nn.Module()
        self.noise.levels, self.noise.gains = nn.Parameter(torch.zeros(starts + 1)), nn.Parameter(torch.zeros(starts + 1))
        self.noise.steering = nn.Linear(code, starts + 1)
        self.embedding = nn.ModuleList([nn.Linear(told, code), nn.Linear(code, code)])
        self.head, self.tail = nn.Conv2d(inputs, width, 3, 1, 1), nn.Conv2d(width, inputs // starts, 3, 1, 1)
        self.blocks = nn.ModuleList(self.Block(width, code) for _ in range(blocks))
        self.load_state_dict(state)

    def forward(self, y, kernel, sigma, s):
        fold, size = max(s, 2), (y.shape[2] * s, y.shape[3] * s)
        operator = Filter(kernel, *size, s)
        size16 = -(-kernel.shape[-1] // 16) * 16
        small = F.pad(kernel, (0, size16 - kernel.shape[-1], 0, size16 - kernel.shape[-1]))
        small = small.roll((-(kernel.shape[-1] // 2),) * 2, (2, 3)).view(-1, 1, size16 // 16, 16, size16 // 16, 16).sum((2, 4))
        told = torch.fft.rfft2(small).abs().square().add(1e-3).log().mul(0.5).add(1).flatten(1)
        told = torch.cat([told, (sigma.flatten(1) * 255 + 0.5).log(), torch.full((len(y), 1), (self.CERTAIN - 50) / 10)], 1)
        code = F.relu(self.embedding[1](F.relu(self.embedding[0](told))))
        noise = (self.noise.steering(code) * 0.1 + self.noise.levels).exp() + sigma.flatten(1) ** 2 * self.noise.gains.exp()
        y = y - self.GREY
        answers = [operator(y, level.view(-1, 1, 1, 1)) for level in noise[:, :-1].unbind(1)]
        x = answers[0]
        inputs = torch.cat([x * 4] + [(answer - x) * 8 for answer in answers[1:]], 1)
        r = start = self.head(F.pixel_unshuffle(F.pad(inputs, (0, -size[1] % fold, 0, -size[0] % fold), mode="replicate"), fold))
        for block in self.blocks:
            r = block(r, code)
        x = x + F.pixel_shuffle(self.tail(r + start).float(), fold)[:, :, :size[0], :size[1]] / 4
        return x + operator(y - operator.degrade(x), noise[:, -1].view(-1, 1, 1, 1)) + self.GREY
