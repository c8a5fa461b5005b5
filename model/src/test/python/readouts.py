#!/usr/bin/env python3
"""Writes golden vectors of read-outs, heads and exits: inputs, outputs and gradients by PyTorch in float64.

    /usr/bin/python3 model/src/test/python/readouts.py model/src/test/resources/golden

Arrays are {"shape": [...], "data": [...]} in row-major order; dout is the gradient that is fed in, dx the one that comes out.
"""
import json
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)


def pack(t):
    return {"shape": list(t.shape), "data": [float(v) for v in t.detach().reshape(-1)]}


def save(name, value):
    (pathlib.Path(sys.argv[1]) / (name + ".json")).write_text(json.dumps(value) + "\n")


def pool(height, width, side):  # windows side by side, overlapping, and as many as there are pixels
    x = torch.randn(2, 3, height, width, requires_grad=True)
    out = F.adaptive_avg_pool2d(x, (min(side, height), min(side, width)))
    dout = torch.randn_like(out)
    out.backward(dout)
    return {"side": side, "x": pack(x), "out": pack(out), "dout": pack(dout), "dx": pack(x.grad)}


save("adaptive_average_pool", {"cases": [pool(8, 8, 4), pool(7, 6, 4), pool(3, 5, 4), pool(9, 4, 2)]})
