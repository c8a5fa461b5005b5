#!/usr/bin/env python3
"""Writes ../resources/golden/trace_{look_ahead,span,context,momentum}.json: twelve steps of three blocks in PyTorch, in double precision.

    /usr/bin/python3 model/src/test/python/further_traces.py

Every block is convolution, batch norm, ReLU and pooling, under the cross-entropy of a linear classifier of pooled features.
"""
import json, pathlib
import torch
import torch.nn as nn
import torch.nn.functional as f

CLASSES, ROWS, STEPS, RATE, WIDTHS = 3, 6, 12, .01, [4, 5, 4]
torch.set_default_dtype(torch.float64)


class Unit(nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters)

    def forward(self, x):
        return f.relu(self.bn(self.conv(x)))

    def without_trace(self, x):
        """The same, leaving the running statistics alone."""
        return f.relu(f.batch_norm(self.conv(x), None, None, self.bn.weight, self.bn.bias, True, .1, 1e-5))


class Block(nn.Module):
    """Also with copies of the units that follow, with a convolution of the image that is added to what it reads, and with a
    slow and a local copy of the next unit."""
    def __init__(self, k, copies=0, context=False, slow=None):
        super().__init__()
        if slow:
            self.scale, self.local, self.slow = nn.Parameter(torch.ones(1)), Unit(WIDTHS[k], WIDTHS[k + 1]), Unit(WIDTHS[k], WIDTHS[k + 1])
            self.rate = slow
            copies = 1
        self.unit = Unit(([3] + WIDTHS)[k], WIDTHS[k])
        self.copies = nn.ModuleList(Unit(WIDTHS[j - 1], WIDTHS[j]) for j in range(k + 1, k + 1 + copies) if not slow)
        self.exit = nn.Linear(WIDTHS[k + copies], CLASSES)
        self.context = nn.Conv2d(3, WIDTHS[k - 1], 3, stride=2 ** k, padding=1) if context else None

    def output(self, x, image, unit=None):
        if self.context:
            x = x + self.context(image)
        return f.max_pool2d((unit or self.unit)(x), 2)

    def loss(self, output, labels):
        if hasattr(self, "slow"):
            output = self.scale * self.local(output) + (2 - self.scale) * self.slow(output)
        for i, copy in enumerate(self.copies):
            output = copy(output if i == 0 else f.max_pool2d(output, 2))
        return f.cross_entropy(self.exit(output.mean((2, 3))), labels)


def gradients(block, behind, x, image, labels):
    """Of a block's own loss, and of the next block's if there is one behind; of the block's parameters alone."""
    output = block.output(x, image, block.unit.without_trace if behind else None)
    own = both = block.loss(output, labels)
    if behind:
        both = own + behind.loss(behind.output(output, image, behind.unit.without_trace), labels)
    return output.detach(), float(own), torch.autograd.grad(both, [p for p in block.parameters() if p.requires_grad])


def follow(block, behind, rate):
    for mine, theirs in zip(block.slow.parameters(), behind.unit.parameters()):
        mine.data.mul_(rate).add_(theirs.data, alpha=1 - rate)


def pack(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def trace(name, seed, blocks, span=1):
    torch.manual_seed(seed)
    blocks = blocks()
    for block in blocks:
        for parameter in block.parameters():
            parameter.data = parameter.data.float().double()  # what a test adopts are floats
    followers = [(block, behind) for block, behind in zip(blocks, blocks[1:]) if hasattr(block, "slow")]
    for block, behind in followers:
        follow(block, behind, 0)
        block.slow.requires_grad_(False)
    trained = lambda block: [parameter for parameter in block.parameters() if parameter.requires_grad]
    optimisers = [torch.optim.Adam(trained(block), RATE) for block in blocks]
    batches = [(torch.randn(ROWS, 3, 8, 8).float().double(), torch.arange(ROWS) % CLASSES) for _ in range(3)]
    state = lambda values: {f"block-{k}.{n}": pack(v) for k, b in enumerate(blocks, 1) for n, v in values(b) if v.is_floating_point()}
    start, losses = state(lambda block: block.named_parameters()), []
    for step in range(STEPS):
        image, labels = batches[step % 3]
        x, row, found = image, [], []
        for k, block in enumerate(blocks):
            behind = blocks[k + 1] if span == 2 and k + 1 < len(blocks) else None
            output, loss, gradient = gradients(block, behind, x, image, labels)
            if behind:
                with torch.no_grad():
                    block.output(x, image)  # for the running statistics
            row.append(loss)
            found.append(gradient)
            x = output
        for block, gradient, optimiser in zip(blocks, found, optimisers):  # after all losses: they are of the same parameters
            for parameter, value in zip(trained(block), gradient):
                parameter.grad = value
            optimiser.step()
        for block, behind in followers:
            follow(block, behind, block.rate)
        losses.append(row)
    golden = {"optimiser": {"lr": RATE}, "start": start, "batches": [{"x": pack(x), "y": y.tolist()} for x, y in batches],
              "losses": losses, "final": state(lambda block: block.state_dict().items())}
    path = pathlib.Path(__file__).parent.parent / f"resources/golden/trace_{name}.json"
    path.write_text(json.dumps(golden) + "\n")


trace("look_ahead", 8, lambda: [Block(0, 2), Block(1, 1), Block(2)])
trace("span", 7, lambda: [Block(0), Block(1), Block(2)], span=2)
trace("context", 9, lambda: [Block(0), Block(1, context=True), Block(2, context=True)])
trace("momentum", 10, lambda: [Block(0, slow=.9), Block(1, slow=.9), Block(2)])
