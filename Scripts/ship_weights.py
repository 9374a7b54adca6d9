#!/usr/bin/env python3
"""Turns a training run into shipped weights: Weights/NAME.safetensors in fp16 (flows in fp32), with its learning curve beside it.

    Scripts/ship_weights.py RUN "one line about the weights" '{"BSD100": {"kernelPSNR": 50.1}}'

The name is the one in the run's weight file. The card, Weights/NAME.md, is written by hand; `kenet models verify` compares its hash.
"""
import hashlib, json, pathlib, shutil, struct, sys


def main(run, summary, scores):
    run = pathlib.Path(run)
    data = (run / 'weights.safetensors').read_bytes()
    length = struct.unpack('<Q', data[:8])[0]
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    metadata = header.pop('__metadata__') | {'card': summary, 'scores': json.dumps(json.loads(scores), sort_keys=True)}
    # A flow divides by its statistics and is small: it is not rounded.
    letter, kind = ('f', 'F32') if metadata['system'] == 'fkp' else ('e', 'F16')
    result, content = {'__metadata__': metadata}, b''
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        count = (end - begin) // 4
        values = struct.pack(f'<{count}{letter}', *struct.unpack(f'<{count}f', body[begin:end]))
        result[name] = {'dtype': kind, 'shape': entry['shape'], 'data_offsets': [len(content), len(content) + len(values)]}
        content += values
    text = json.dumps(result, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    target = pathlib.Path(__file__).resolve().parent.parent / 'Weights' / (metadata['name'] + '.safetensors')
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(struct.pack('<Q', len(text)) + text + content)
    shutil.copy(run / 'curve.svg', target.with_suffix('.svg'))
    print(target, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == '__main__':
    main(*sys.argv[1:])
