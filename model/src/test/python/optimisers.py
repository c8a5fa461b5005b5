#!/usr/bin/env python3
"""Writes ../resources/golden/trace_adamw.json and trace_lars.json: a tiny net trained in double precision.

    /usr/bin/python3 model/src/test/python/optimisers.py

As trace_pred.json: two blocks of convolution, batch norm, ReLU and max pool under the cross-entropy of their exits, from
its start and on its batches. AdamW is torch.optim's, with clipping by torch.nn.utils. LARS, which PyTorch lacks, is
written out below; there the second block's exit starts with weights of 0.
"""
import json
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
GOLDEN = pathlib.Path(__file__).parent.parent / "resources/golden"
STEPS = 12


class Block(nn.Module):
    def __init__(self, inputs, filters):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(inputs, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters)
        self.exit = nn.Linear(filters, 3)

    def forward(self, x):
        return F.max_pool2d(F.relu(self.bn(self.conv(x))), 2)


class Lars:
    """For tensors of two axes or more d = g + decay w, d <- d trust |w| / |d| (1 where either is 0); then m <- momentum m + d."""

    def __init__(self, tensors, lr, momentum, trust, decay):
        self.tensors, self.lr, self.momentum, self.trust, self.decay = list(tensors), lr, momentum, trust, decay
        self.velocity = [torch.zeros_like(t) for t in self.tensors]

    def zero_grad(self):
        for t in self.tensors:
            t.grad = None

    @torch.no_grad()
    def step(self):
        for w, m in zip(self.tensors, self.velocity):
            d = w.grad
            if w.dim() > 1:
                d = d + self.decay * w
                of_w, of_d = float(w.norm()), float(d.norm())
                d = d * (self.trust * of_w / of_d if of_w > 0 and of_d > 0 else 1)
            m.mul_(self.momentum).add_(d)
            w.sub_(self.lr * m)


def pack(t):
    return {"shape": list(t.shape), "data": [float(v) for v in t.detach().reshape(-1)]}


def unpack(array):
    # what the engines start from are floats
    return torch.tensor(array["data"]).float().double().reshape(array["shape"])


def trace(name, optimiser, numbers, zeros=(), clip=None):
    given = json.loads((GOLDEN / "trace_pred.json").read_text())
    blocks = [Block(3, 4), Block(4, 5)]
    start = {key: torch.zeros_like(unpack(v)) if key in zeros else unpack(v) for key, v in given["start"].items()}
    for k, block in enumerate(blocks):
        own = {key.split(".", 1)[1]: v for key, v in start.items() if key.startswith(f"block-{k + 1}.")}
        block.load_state_dict(own, strict=False)
    optimisers = [optimiser(block.parameters(), **numbers) for block in blocks]
    batches = [(unpack(b["x"]), torch.tensor(b["y"])) for b in given["batches"]]
    losses = []
    for step in range(STEPS):
        x, y = batches[step % len(batches)]
        row = []
        for block, each in zip(blocks, optimisers):
            h = block(x)
            loss = F.cross_entropy(block.exit(h.mean((2, 3))), y)
            each.zero_grad()
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(block.parameters(), clip)
            each.step()
            row.append({"cross_entropy": float(loss)})
            x = h.detach()
        losses.append(row)
    final = {f"block-{k + 1}.{key}": pack(v) for k, block in enumerate(blocks)
             for key, v in block.state_dict().items() if v.is_floating_point()}
    content = {"optimiser": {"name": name, **numbers, "clip": clip or 0}, "start": {k: pack(v) for k, v in start.items()},
               "batches": given["batches"], "losses": losses, "final": final}
    (GOLDEN / f"trace_{name}.json").write_text(json.dumps(content) + "\n")


trace("adamw", torch.optim.AdamW, {"lr": 0.01, "betas": [0.8, 0.99], "eps": 1e-4, "weight_decay": 0.5}, clip=0.3)
trace("lars", Lars, {"lr": 0.5, "momentum": 0.9, "trust": 0.05, "decay": 0.1}, zeros=["block-2.exit.weight"])
