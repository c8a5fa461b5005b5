#!/usr/bin/env python3
"""Writes golden vectors of read-outs, heads and exits: inputs, outputs and gradients by PyTorch in float64.

    /usr/bin/python3 model/src/test/python/readouts.py model/src/test/resources/golden

trace_exits is in the form of the other traces: a tiny net of two blocks under local cross-entropy, with a convolutional exit
and one of two hidden layers with batch norm, by plain descent, since Adam makes steps of the rounding in gradients that are nothing.
trace_label_smoothing is the same with a fifth of every label spread over the classes. Arrays are {"shape": [...], "data": [...]} in row-major order; dout is the gradient that is fed in, dx the one that comes out.
"""
import json
import pathlib
import sys

import torch
import torch.nn as nn
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


class Block(nn.Module):
    def __init__(self, channels, filters, side):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2))
        self.exit = nn.Module()
        if side == 4:
            self.exit.ahead = nn.Sequential(nn.Conv2d(filters, 7, 3, padding=1, bias=False), nn.BatchNorm2d(7), nn.ReLU())
            self.classifier = nn.Linear(7 * 4 * 4, 3)
        else:
            self.exit.hidden = nn.Sequential(
                nn.Linear(filters * side * side, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU())
            self.classifier = nn.Linear(5, 3)

    def scores(self, x):
        x = self.exit.ahead(x) if hasattr(self.exit, "ahead") else x
        x = F.adaptive_avg_pool2d(x, min(4, x.shape[2])).flatten(1)
        return self.classifier(self.exit.hidden(x) if hasattr(self.exit, "hidden") else x)


def name(block, tensor):
    return f"block-{block + 1}." + tensor.replace("classifier", "exit")


def floats(block):
    return {k: v for k, v in block.state_dict().items() if v.is_floating_point()}


def train(trace, smoothing):
    torch.manual_seed(4)
    blocks = [Block(3, 4, 4), Block(4, 5, 2)]
    start = {name(k, n): pack(v) for k, block in enumerate(blocks) for n, v in block.named_parameters()}
    optimisers = [torch.optim.SGD(block.parameters(), 0.1) for block in blocks]
    batches = [(torch.randn(6, 3, 8, 8), torch.arange(6) % 3) for _ in range(3)]
    losses = []
    for step in range(12):
        x, y = batches[step % 3]
        row = []
        for block, optimiser in zip(blocks, optimisers):
            x = block.layers(x.detach())
            loss = F.cross_entropy(block.scores(x), y, label_smoothing=smoothing)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            row.append({"cross_entropy": float(loss)})
        losses.append(row)
    save(trace, {
        "optimiser": {"name": "sgd", "lr": 0.1},
        "start": start,
        "batches": [{"x": pack(x), "y": y.tolist()} for x, y in batches],
        "losses": losses,
        "final": {name(k, n): pack(v) for k, block in enumerate(blocks) for n, v in floats(block).items()},
    })


train("trace_exits", 0.0)
train("trace_label_smoothing", 0.2)
