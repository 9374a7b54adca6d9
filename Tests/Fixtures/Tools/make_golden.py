"""Writes Data/asters_x2.png and asters_x4.png: asters.png under fixed kernels by the paper's protocol, computed in NumPy. Needs NumPy and Pillow."""
import pathlib
import numpy as np
from PIL import Image

DATA = pathlib.Path(__file__).resolve().parent.parent / 'Data'


def gaussian(variance1, variance2, degrees, size):
    t, c = np.radians(degrees), (size - 1) / 2
    rotation = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    inverse = np.linalg.inv(rotation @ np.diag([variance1, variance2]) @ rotation.T)
    y, x = np.mgrid[:size, :size] - c
    d = np.stack([x, y], -1)
    k = np.exp(-0.5 * np.einsum('yxi,ij,yxj->yx', d, inverse, d))
    return k / k.sum()


hr = np.asarray(Image.open(DATA / 'asters.png').convert('RGB')).astype(float)
for scale, size, kernel in ((2, 11, gaussian(3.0, 0.8, 40, 11)), (4, 21, gaussian(3.5, 1.5, 120, 21))):
    lr = sum(kernel[u, v] * np.roll(hr, (u - size // 2, v - size // 2), (0, 1)) for u in range(size) for v in range(size))[::scale, ::scale]
    Image.fromarray(np.clip(np.round(lr), 0, 255).astype(np.uint8)).save(DATA / f'asters_x{scale}.png')
