"""Writes Data/usrnet_small.safetensors: a narrow USRNet with random weights, run by PyTorch in double precision. Needs torch and NumPy.

The network is written from its description (Zhang, Van Gool, Timofte 2020) and from the names in its published checkpoints. The data
step is the paper's Eq. 8 with full complex transforms and the division by alpha, unlike the Swift code's.
"""
import json, struct, sys
import torch, torch.nn as nn, torch.nn.functional as F

ITERATIONS, HYPER_WIDTH, WIDTHS, BLOCKS = 2, 6, [4, 6, 8, 10], 2
# batch, scale, LR height and width, kernel height and width, noise
CASES = [(1, 1, 9, 14, 5, 5, 0.02), (2, 2, 8, 11, 11, 11, 0.0), (1, 3, 7, 5, 6, 6, 0.01), (1, 4, 5, 6, 21, 21, 0.04)]


def convolution(inputs, outputs, size=3, stride=1):
    return nn.Conv2d(inputs, outputs, size, stride, padding=size // 2 if stride == 1 else 0, bias=False)


class ResBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.res = nn.Sequential(convolution(width, width), nn.ReLU(), convolution(width, width))

    def forward(self, x):
        return x + self.res(x)


class Prior(nn.Module):
    def __init__(self):
        super().__init__()
        residuals = lambda width: [ResBlock(width) for _ in range(BLOCKS)]
        self.m_head = convolution(4, WIDTHS[0])
        for level in (1, 2, 3):
            fine, coarse = WIDTHS[level - 1], WIDTHS[level]
            setattr(self, f'm_down{level}', nn.Sequential(*residuals(fine), convolution(fine, coarse, 2, 2)))
            setattr(self, f'm_up{level}', nn.Sequential(nn.ConvTranspose2d(coarse, fine, 2, 2, bias=False), *residuals(fine)))
        self.m_body = nn.Sequential(*residuals(WIDTHS[3]))
        self.m_tail = convolution(WIDTHS[0], 3)

    def forward(self, x):
        height, width = x.shape[-2:]
        x1 = self.m_head(F.pad(x, (0, -width % 8, 0, -height % 8), mode='replicate'))
        x2 = self.m_down1(x1)
        x3 = self.m_down2(x2)
        x4 = self.m_down3(x3)
        x = self.m_up3(self.m_body(x4) + x4)
        x = self.m_up2(x + x3)
        x = self.m_up1(x + x2)
        return self.m_tail(x + x1)[..., :height, :width]


class Hyper(nn.Module):
    def __init__(self):
        super().__init__()
        layer = lambda inputs, outputs: nn.Conv2d(inputs, outputs, 1)
        self.mlp = nn.Sequential(
            layer(2, HYPER_WIDTH), nn.ReLU(), layer(HYPER_WIDTH, HYPER_WIDTH), nn.ReLU(), layer(HYPER_WIDTH, 2 * ITERATIONS), nn.Softplus())

    def forward(self, sigma, scale):
        return (self.mlp(torch.cat((sigma, torch.full_like(sigma, scale)), 1)) + 1e-6).split(ITERATIONS, 1)


def spectrum(kernel, height, width):
    """Of the kernel on a torus; pixels that fall on one another are added."""
    torus = kernel.new_zeros(kernel.shape[0], 1, height, width)
    rows, columns = kernel.shape[-2:]
    for i in range(rows):
        for j in range(columns):
            torus[:, 0, (i - rows // 2) % height, (j - columns // 2) % width] += kernel[:, 0, i, j]
    return torch.fft.fft2(torus)


def aliased(x, scale):
    """The spectrum of an image of which every scale-th row and column is kept."""
    n, c, height, width = x.shape
    return x.reshape(n, c, scale, height // scale, scale, width // scale).mean((2, 4))


def data_step(y, z, transfer, alpha, scale):
    spread = torch.zeros_like(z)
    spread[..., ::scale, ::scale] = y
    d = transfer.conj() * torch.fft.fft2(spread) + alpha * torch.fft.fft2(z)
    quotient = aliased(transfer * d, scale) / (aliased(transfer.abs() ** 2, scale) + alpha)
    return torch.fft.ifft2((d - transfer.conj() * quotient.repeat(1, 1, scale, scale)) / alpha).real


def main(path):
    torch.manual_seed(20)
    torch.set_default_dtype(torch.float64)
    prior, hyper = Prior(), Hyper()
    tensors = {'weight.p.' + k: v for k, v in prior.state_dict().items()} | {'weight.h.' + k: v for k, v in hyper.state_dict().items()}
    for name, value in tensors.items():
        value.copy_(value.float())
    for c, (batch, scale, h, w, rows, columns, noise) in enumerate(CASES):
        y, kernel = torch.rand(batch, 3, h, w).float().double(), torch.rand(batch, 1, rows, columns) ** 4
        kernel = (kernel / kernel.sum((2, 3), keepdim=True)).float().double()
        sigma = torch.full((batch, 1, 1, 1), noise).float().double()
        tensors |= {f'input.c{c}.lr': y, f'input.c{c}.kernel': kernel, f'input.c{c}.sigma': sigma}
        with torch.no_grad():
            transfer = spectrum(kernel, h * scale, w * scale)
            alpha, beta = hyper(sigma, scale)
            x = y.repeat_interleave(scale, 2).repeat_interleave(scale, 3)
            for i in range(ITERATIONS):
                x = data_step(y, x, transfer, alpha[:, i:i + 1], scale)
                if i == 0:
                    tensors[f'mid.c{c}.data_step_1'] = x
                x = prior(torch.cat((x, beta[:, i:i + 1].expand(-1, -1, *x.shape[-2:])), 1))
                if i == 0:
                    tensors[f'mid.c{c}.prior_1'] = x
            tensors |= {f'mid.c{c}.alpha': alpha, f'mid.c{c}.beta': beta, f'output.c{c}.sr': x}
    header, data = {'__metadata__': {'scales': json.dumps([case[1] for case in CASES])}}, b''
    for name, value in tensors.items():
        raw = value.detach().float().contiguous().numpy().tobytes()
        header[name] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


main(sys.argv[1])
