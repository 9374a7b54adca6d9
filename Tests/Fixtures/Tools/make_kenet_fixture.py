"""Writes Data/kenet_small.safetensors: a narrow KENet with random weights, run by PyTorch. Needs torch and NumPy.

The network is written from its description in the paper (§2.2): stage i = ResBlock(ReLU(Conv(MaxPool))), then three layers and a softmax.
"""
import json, struct, sys
import torch, torch.nn as nn, torch.nn.functional as F

WIDTH, HIDDEN, SIZE = 4, 24, 11


class ResBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.res = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x):
        return x + self.res(x)


class Stage(ResBlock):
    def __init__(self, inputs, outputs):
        super().__init__(outputs)
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)

    def forward(self, x):
        return super().forward(F.relu(self.conv(x)))


class KENet(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [3] + [WIDTH * i for i in (1, 2, 3, 4)]
        for i in range(4):
            setattr(self, f'f{i}', Stage(widths[i], widths[i + 1]))
        self.fc = nn.ModuleList([nn.Linear(widths[4], HIDDEN), nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, SIZE * SIZE)])

    def forward(self, x):
        x = self.f0(x)
        for stage in (self.f1, self.f2, self.f3):
            x = stage(F.max_pool2d(x, 2))
        x = x.mean((2, 3))
        for layer in self.fc[:2]:
            x = F.relu(layer(x))
        return self.fc[2](x).softmax(1).view(-1, SIZE, SIZE)


def attention_loss(k, t):
    """Eq. (7) as printed: where k* <= lambda * p_max, the target is the estimate itself."""
    p = t.amax((1, 2), keepdim=True)
    total = 0.01 * (t - k).abs().sum((1, 2))
    for rho, lam in ((0.1, 0.01), (1.0, 0.1)):
        masked = torch.where(t > lam * p, t, k)
        total = total + rho * (masked - k).abs().sum((1, 2))
    return total.mean()


torch.manual_seed(7)
net = KENet()
with torch.no_grad():
    for parameter in net.parameters():
        parameter.mul_(2)  # far from a flat kernel, so that the comparison has something to see
lr = torch.rand(2, 3, 37, 26)
kernels = torch.rand(2, SIZE, SIZE) ** 6
kernels = kernels / kernels.sum((1, 2), keepdim=True)
out = net(lr)
loss = attention_loss(out, kernels)
gradient, = torch.autograd.grad(loss, [net.f1.conv.weight])
tensors = {'input.lr': lr, 'input.kernels': kernels, 'output.kernels': out, 'output.attention_loss': loss.view(1), 'output.gradient.f1.conv.weight': gradient}
tensors |= {'weight.' + name: value for name, value in net.state_dict().items()}

header, data = {'__metadata__': {'torch': torch.__version__, 'seed': '7'}}, b''
for name, tensor in tensors.items():
    raw = tensor.detach().contiguous().numpy().astype('<f4').tobytes()
    header[name] = {'dtype': 'F32', 'shape': list(tensor.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
text += b' ' * (-len(text) % 8)
with open(sys.argv[1], 'wb') as file:
    file.write(struct.pack('<Q', len(text)) + text + data)
