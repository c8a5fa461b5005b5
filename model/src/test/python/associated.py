#!/usr/bin/env python3
"""Writes ../resources/golden/trace_al_{authors,rates}.json: associated learning in its authors' form, in double precision.

    /usr/bin/python3 model/src/test/python/associated.py

Three blocks of convolution, batch norm, ReLU and max pool. Bridges read the flattened output through a hidden layer; every
linear layer of bridge, encoder and decoder has a sigmoid behind it, and every loss is the mean squared error (methods 2b,
Kao and Lin). Both losses are taken at the parameters before the step. The batches are trace_al.json's. "answers": of every
block to the first batch, by its bridge and all decoders down to the first, in inference mode.

authors: momentum descent. rates: Adam, one for each loss, of which that of the inverse loss, which trains encoder and decoder,
has twice the rate (Kao).
"""
import json
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
GOLDEN = pathlib.Path(__file__).parent.parent / "resources/golden"
CLASSES, STEPS = 3, 12
FILTERS, HIDDEN, WIDTHS = [4, 5, 6], 7, [6, 4, 5]


class Block(nn.Module):
    def __init__(self, inputs, filters, side, before, width):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(inputs, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters)])
        flat = filters * (side // 2) ** 2
        self.bridge = nn.Sequential(nn.Linear(flat, HIDDEN), nn.Sigmoid(), nn.Linear(HIDDEN, width), nn.Sigmoid())
        self.encoder = nn.Sequential(nn.Linear(before, width), nn.Sigmoid())
        self.decoder = nn.Sequential(nn.Linear(width, before), nn.Sigmoid())

    def forward(self, x):
        return F.max_pool2d(F.relu(self.layers[1](self.layers[0](x))), 2)


def pack(t):
    return {"shape": list(t.shape), "data": [float(v) for v in t.detach().reshape(-1)]}


def unpack(array):
    # what the engines start from are floats
    return torch.tensor(array["data"]).float().double().reshape(array["shape"])


def network():
    torch.manual_seed(11)
    blocks, side = [], 8
    for k in range(3):
        blocks.append(Block(([3] + FILTERS)[k], FILTERS[k], side, ([CLASSES] + WIDTHS)[k], WIDTHS[k]))
        side //= 2
    for block in blocks:
        for module in (block.bridge, block.encoder, block.decoder):
            # sigmoids of small numbers hardly differ from row to row: targets collapse, and floats say nothing
            module[0].weight.data *= 6
        block.load_state_dict({name: v.float().double() if v.is_floating_point() else v for name, v in block.state_dict().items()})
    return blocks


def parameters(*modules):
    return [parameter for module in modules for parameter in module.parameters()]


def momentum(block):
    return [torch.optim.SGD(block.parameters(), 0.5, 0.9)]


def two_rates(block):
    return [torch.optim.Adam(parameters(block.layers, block.bridge), 0.01),
            torch.optim.Adam(parameters(block.encoder, block.decoder), 0.02)]


def trace(name, optimisers_of, optimiser_as_written):
    blocks = network()
    start = {f"block-{k + 1}.{name}": pack(v) for k, block in enumerate(blocks) for name, v in block.named_parameters()}
    given = json.loads((GOLDEN / "trace_al.json").read_text())["batches"]
    batches = [(unpack(b["x"]), torch.tensor(b["y"])) for b in given]
    optimisers, losses = [optimisers_of(block) for block in blocks], []
    for step in range(STEPS):
        x, y = batches[step % len(batches)]
        t, row = F.one_hot(y, CLASSES).double(), []
        for block, its in zip(blocks, optimisers):
            s = block(x)
            after = block.encoder(t)
            associated = F.mse_loss(block.bridge(s.flatten(1)), after.detach())
            inverse = F.mse_loss(block.decoder(after), t)
            block.zero_grad()
            (associated + inverse).backward()
            for optimiser in its:
                optimiser.step()
            row.append({"associated": float(associated), "inverse": float(inverse),
                        "target_variance": float(after.detach().var(0, unbiased=False).mean())})
            x, t = s.detach(), after.detach()
        losses.append(row)
    final = {f"block-{k + 1}.{name}": pack(v) for k, block in enumerate(blocks)
             for name, v in block.state_dict().items() if v.is_floating_point()}
    answers, x = [], batches[0][0]
    with torch.no_grad():
        for k, block in enumerate(blocks):
            block.eval()
            x = block(x)
            z = block.bridge(x.flatten(1))
            for below in reversed(blocks[:k + 1]):
                z = below.decoder(z)
            answers.append(pack(z))
    content = {"optimiser": optimiser_as_written, "start": start, "batches": given, "losses": losses, "final": final, "answers": answers}
    (GOLDEN / f"{name}.json").write_text(json.dumps(content) + "\n")


trace("trace_al_authors", momentum, {"name": "sgd", "lr": 0.5, "momentum": 0.9})
trace("trace_al_rates", two_rates, {"name": "adam", "lr": 0.01, "lr_inverse": 0.02})
