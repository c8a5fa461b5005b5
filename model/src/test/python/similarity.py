#!/usr/bin/env python3
"""Writes ../resources/golden/predsim_convolution.json and trace_predsim.json: similarity matching and local prediction with a
convolution as head, in double precision.

    /usr/bin/python3 model/src/test/python/similarity.py

The authors' form for convolutional blocks (methods 2e): what is compared is the output of a 3x3 convolution without bias, as
many channels wide as the block's output; of a map of more than three channels and more than one position each channel's
standard deviation over the positions, else all values.
"""
import json, pathlib
import torch
import torch.nn as nn
import torch.nn.functional as f

CLASSES, STEPS, RATE = 3, 12, .01
GOLDEN = pathlib.Path(__file__).parent.parent / "resources/golden"
torch.set_default_dtype(torch.float64)


def similarity(rows):
    centred = rows - rows.mean(1, keepdim=True)
    unit = centred / (centred.norm(dim=1, keepdim=True) + 1e-8)
    return (unit @ unit.T).clamp(-1, 1)


def compared(a):
    return a.flatten(2).std(2) if a.shape[1] > 3 and a.shape[2] * a.shape[3] > 1 else a.flatten(1)


class Block(nn.Module):
    def __init__(self, channels, filters, norm=True):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters) if norm else None
        self.head, self.exit = nn.Conv2d(filters, filters, 3, padding=1, bias=False), nn.Linear(filters, CLASSES)

    def output(self, x):
        return f.max_pool2d(f.relu(self.bn(self.conv(x))), 2) if self.bn else self.conv(x)

    def terms(self, s, y, beta):
        wanted = similarity(f.one_hot(y, CLASSES).double())
        distance = (similarity(compared(self.head(s))) - wanted).square().mean()
        return {"similarity": beta * distance, "prediction": (1 - beta) * f.cross_entropy(self.exit(s.mean((2, 3))), y)}


def pack(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def floats(module):
    for parameter in module.parameters():
        parameter.data = parameter.data.float().double()  # what a test adopts are floats
    return module


def images(rows, side):
    return torch.randn(rows, 3, side, side).float().double()


def state(blocks, values):
    return {f"block-{k}.{n}": pack(v) for k, b in enumerate(blocks, 1) for n, v in values(b) if v.is_floating_point()}


def case(seed, rows, side, filters, beta):
    """The terms of a block that is one convolution, and the gradient of their sum by its parameters."""
    torch.manual_seed(seed)
    block, x, y = floats(Block(3, filters, norm=False)), images(rows, side), torch.arange(rows) % CLASSES
    terms = block.terms(block.output(x), y, beta)
    sum(terms.values()).backward()
    return {"beta": beta, "x": pack(x), "y": y.tolist(), "params": {n: pack(p) for n, p in block.named_parameters()},
            "terms": {n: float(t) for n, t in terms.items()}, "dparams": {n: pack(p.grad) for n, p in block.named_parameters()}}


def trace(seed, beta, widths, rows=6):
    torch.manual_seed(seed)
    blocks = [floats(Block(before, after)) for before, after in zip([3] + widths, widths)]
    for block in blocks:
        nn.init.zeros_(block.exit.weight)
    optimisers = [torch.optim.Adam(block.parameters(), RATE) for block in blocks]
    batches = [(images(rows, 8), torch.arange(rows) % CLASSES) for _ in range(3)]
    start, losses = state(blocks, lambda block: block.named_parameters()), []
    for step in range(STEPS):
        (x, y), row = batches[step % 3], []
        for block, optimiser in zip(blocks, optimisers):
            s = block.output(x)
            terms = block.terms(s, y, beta)
            optimiser.zero_grad()
            sum(terms.values()).backward()
            optimiser.step()
            row.append({name: float(term) for name, term in terms.items()})
            x = s.detach()
        losses.append(row)
    return {"optimiser": {"lr": RATE}, "start": start, "batches": [{"x": pack(x), "y": y.tolist()} for x, y in batches],
            "losses": losses, "final": state(blocks, lambda block: block.state_dict().items())}


def write(name, content):
    (GOLDEN / f"{name}.json").write_text(json.dumps(content) + "\n")


# more than three channels, three, and one position
write("predsim_convolution", {"cases": [case(1, 7, 5, 5, .9), case(2, 7, 4, 3, .9), case(3, 6, 1, 6, .9), case(4, 6, 5, 4, .99)]})
write("trace_predsim", trace(12, .9, [4, 5, 6]))
