"""A step of vgg8 under SCPL in PyTorch, for the table in docs/performance.md: the twin of the JMH benchmark BlockStep.

    /usr/bin/python3 vgg8_step.py --features pooled|flat [--batch 128] [--threads 2] [--steps 5] [--channels-last]

Blocks 128,256,M | 256,512,M | 512,M | 512,M of convolution, batch norm and ReLU; head Linear(128)-ReLU-Linear(128) and a
linear probe on the detached output; one Adam per block. Prints the median of the steps after three that are not counted.
"""
import argparse
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

options = argparse.ArgumentParser()
options.add_argument("--features", choices=["pooled", "flat"], default="pooled")
options.add_argument("--batch", type=int, default=128)
options.add_argument("--threads", type=int, default=2)
options.add_argument("--steps", type=int, default=5)
options.add_argument("--channels-last", action="store_true")
chosen = options.parse_args()
torch.set_num_threads(chosen.threads)


def stage(inputs, widths):
    layers = []
    for width in widths:
        layers += [nn.Conv2d(inputs, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        inputs = width
    return nn.Sequential(*layers, nn.MaxPool2d(2))


class Block(nn.Module):
    def __init__(self, inputs, widths, side):
        super().__init__()
        self.layers = stage(inputs, widths)
        width = widths[-1] * (1 if chosen.features == "pooled" else side * side)
        self.head = nn.Sequential(nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, 128))
        self.exit = nn.Linear(widths[-1], 10)

    def features(self, x):
        return x.mean((2, 3)) if chosen.features == "pooled" else x.flatten(1)

    def loss(self, x, labels):
        z = F.normalize(self.head(self.features(x)))
        a = z @ z.t() / 0.1
        self_ = torch.eye(len(labels), dtype=torch.bool)
        positive = (labels[:, None] == labels[None, :]) & ~self_
        q = a - a.masked_fill(self_, float("-inf")).logsumexp(1, keepdim=True)
        count = positive.sum(1)
        each = -(q * positive).sum(1) / count.clamp_min(1)
        probe = F.cross_entropy(self.exit(x.detach().mean((2, 3))), labels)
        return each[count > 0].mean() + probe


blocks = [Block(3, [128, 256], 16), Block(256, [256, 512], 8), Block(512, [512], 4), Block(512, [512], 2)]
optimisers = [torch.optim.Adam(block.parameters(), 1e-3) for block in blocks]
images = torch.randn(chosen.batch, 3, 32, 32)
if chosen.channels_last:
    images = images.contiguous(memory_format=torch.channels_last)
labels = torch.arange(chosen.batch) % 10
times = []
for step in range(3 + chosen.steps):
    start = time.time()
    signal = images
    for block, optimiser in zip(blocks, optimisers):
        out = block.layers(signal)
        optimiser.zero_grad()
        block.loss(out, labels).backward()
        optimiser.step()
        signal = out.detach()
    times.append(time.time() - start)
print(f"vgg8 scpl {chosen.features} batch {chosen.batch}: median {1e3 * statistics.median(times[3:]):.0f} ms")
