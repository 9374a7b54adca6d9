"""Writes Data/checkpoint_legacy.pth and Data/checkpoint_zip.pth: one narrow USRNet in both layouts of torch.save. Needs torch.

Element i of tensor j, row by row, is ((31 j + 7 i) mod 64 − 32) / 64. The last tensor is stored transposed, the bias before it as float16.
"""
import os
import torch

WIDTHS, BLOCKS, HYPER, ITERATIONS = [2, 2, 3, 3], 1, 4, 2


def shapes():
    yield 'p.m_head.weight', (WIDTHS[0], 4, 3, 3)
    for level in (1, 2, 3):
        fine, coarse = WIDTHS[level - 1], WIDTHS[level]
        yield from residuals(f'p.m_down{level}', fine, 0)
        yield f'p.m_down{level}.{BLOCKS}.weight', (coarse, fine, 2, 2)
    yield from residuals('p.m_body', WIDTHS[3], 0)
    for level in (3, 2, 1):
        fine, coarse = WIDTHS[level - 1], WIDTHS[level]
        yield f'p.m_up{level}.0.weight', (coarse, fine, 2, 2)
        yield from residuals(f'p.m_up{level}', fine, 1)
    yield 'p.m_tail.weight', (3, WIDTHS[0], 3, 3)
    for i, (inputs, outputs) in zip((0, 2, 4), ((2, HYPER), (HYPER, HYPER), (HYPER, 2 * ITERATIONS))):
        yield f'h.mlp.{i}.bias', (outputs,)
        yield f'h.mlp.{i}.weight', (outputs, inputs, 1, 1)


def residuals(path, width, first):
    for i in range(first, first + BLOCKS):
        for j in (0, 2):
            yield f'{path}.{i}.res.{j}.weight', (width, width, 3, 3)


def main():
    state = {}
    for j, (name, shape) in enumerate(shapes()):
        count = torch.Size(shape).numel()
        state[name] = ((31 * j + 7 * torch.arange(count)) % 64 - 32).reshape(shape) / 64
    state['h.mlp.4.weight'] = state['h.mlp.4.weight'].transpose(0, 1).contiguous().transpose(0, 1)
    state['h.mlp.4.bias'] = state['h.mlp.4.bias'].half()
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'Data')
    torch.save(state, os.path.join(folder, 'checkpoint_legacy.pth'), _use_new_zipfile_serialization=False)
    torch.save({'epoch': 3, 'params': state}, os.path.join(folder, 'checkpoint_zip.pth'))


if __name__ == '__main__':
    main()
