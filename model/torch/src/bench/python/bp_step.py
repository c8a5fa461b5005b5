"""A step of backpropagation through an image backbone in PyTorch, for the tables in docs/performance.md.

    python3 bp_step.py vgg8|resnet18|resnet32 [--classes 100] [--side 32] [--batch 128] [--threads 2] [--steps 20]

Convolution, batch norm and ReLU; residual units with a 1x1 convolution and batch norm as shortcut where they change the
shape; the classifier reads a grid of 4 x 4. One Adam. Prints the median of the steps after three that are not counted,
and the process's peak resident memory with what it had before the first step.
"""
import argparse
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

options = argparse.ArgumentParser()
options.add_argument("backbone", choices=["vgg8", "resnet18", "resnet32"])
options.add_argument("--classes", type=int, default=100)
options.add_argument("--side", type=int, default=32)
options.add_argument("--batch", type=int, default=128)
options.add_argument("--threads", type=int, default=2)
options.add_argument("--steps", type=int, default=20)
chosen = options.parse_args()
torch.set_num_threads(chosen.threads)


def unit(inputs, outputs, stride=1, kernel=3):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
    return [convolution, nn.BatchNorm2d(outputs)]


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(*unit(inputs, outputs, stride), nn.ReLU(inplace=True), *unit(outputs, outputs))
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else nn.Sequential(*unit(inputs, outputs, stride, 1))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x), inplace=True)


def resnet(stem, widths, units):
    layers, inputs = [*unit(3, stem), nn.ReLU(inplace=True)], stem
    for width in widths:
        for i in range(units):
            layers.append(Residual(inputs, width, 2 if i == 0 and width != widths[0] else 1))
            inputs = width
    return layers


def vgg8():
    layers, inputs = [], 3
    for stage in ([128, 256], [256, 512], [512], [512]):
        for width in stage:
            layers += [*unit(inputs, width), nn.ReLU(inplace=True)]
            inputs = width
        layers.append(nn.MaxPool2d(2))
    return layers


backbones = {
    "vgg8": vgg8,
    "resnet18": lambda: resnet(64, [64, 128, 256, 512], 2),
    "resnet32": lambda: resnet(16, [16, 32, 64], 5),
}
body = nn.Sequential(*backbones[chosen.backbone]())
images = torch.randn(chosen.batch, 3, chosen.side, chosen.side)
labels = torch.arange(chosen.batch) % chosen.classes
with torch.no_grad():
    shape = body(images[:2]).shape
side = min(4, shape[2])
net = nn.Sequential(body, nn.AdaptiveAvgPool2d(side), nn.Flatten(), nn.Linear(shape[1] * side * side, chosen.classes))
optimiser = torch.optim.Adam(net.parameters(), 1e-3)


def megabytes(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field + ":"))


before = megabytes("VmRSS")
times = []
for step in range(3 + chosen.steps):
    start = time.time()
    optimiser.zero_grad()
    F.cross_entropy(net(images), labels).backward()
    optimiser.step()
    times.append(time.time() - start)
print(
    f"{chosen.backbone} batch {chosen.batch}: median {1e3 * statistics.median(times[3:]):.0f} ms; "
    f"peak {megabytes('VmHWM'):.0f} MB, {before:.0f} MB before the first step"
)
