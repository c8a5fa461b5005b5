"""What Adam makes of averaging: N workers that share their parameters after every step.

    /usr/bin/python3 averaged_adam.py --data DIR --form own --workers 4 --rate 1e-3 --seed 1

DIR holds CIFAR-10's binary files (data_batch_*.bin, test_batch.bin). Each worker has a batch of its own and its own
batch norm; the step is the mean of what the workers would do:

    own    every worker's Adam, as rule average with period 1 has it
    noise  the same, with the part of the second moment that is no square of the first divided by N: the noise of a mean
           of N gradients
    mean   one Adam of the mean gradient, as data-parallel training has it

The network is vgg-small of width 16 with exits that read a 4x4 grid, local cross-entropy or backpropagation, eight
epochs, batches of 64, cosine down to 1 %, weak augmentation. Prints the test accuracy of every block after the last epoch.
"""

import argparse
import glob
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

CLASSES = 10
WIDTH = 16
BATCH = 64
EPOCHS = 8
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Block(nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        layers = []
        for inputs in (channels, filters):
            layers += [nn.Conv2d(inputs, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.MaxPool2d(2))
        self.exit = nn.Linear(16 * filters, CLASSES)

    def answer(self, output):
        return self.exit(F.adaptive_avg_pool2d(output, 4).flatten(1))


class Adam:
    """The moments of one gradient, and what they make of it."""

    def __init__(self, shapes):
        self.first = [torch.zeros(shape) for shape in shapes]
        self.second = [torch.zeros(shape) for shape in shapes]
        self.steps = 0

    def directions(self, gradients, noise):
        """noise: the share of a gradient's noise that is left in what is averaged."""
        self.steps += 1
        found = []
        for first, second, gradient in zip(self.first, self.second, gradients):
            first.mul_(BETA1).add_(gradient, alpha=1 - BETA1)
            second.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            mean = first / (1 - BETA1**self.steps)
            square = second / (1 - BETA2**self.steps)
            signal = torch.minimum(mean * mean, square)
            found.append(mean / ((signal + noise * (square - signal)).sqrt() + EPSILON))
        return found


def read(paths):
    records = [torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.uint8).view(-1, 3073) for path in paths]
    rows = torch.cat(records)
    return rows[:, 1:].view(-1, 3, 32, 32).float() / 255, rows[:, 0].long()


def augmented(images, black):
    n = len(images)
    padded = black.expand(n, 3, 40, 40).clone()
    padded[:, :, 4:36, 4:36] = images
    rows = torch.randint(0, 9, (n, 1, 1, 1)) + torch.arange(32).view(1, 1, 32, 1)
    columns = torch.randint(0, 9, (n, 1, 1, 1)) + torch.arange(32).view(1, 1, 1, 32)
    images = padded[torch.arange(n).view(n, 1, 1, 1), torch.arange(3).view(1, 3, 1, 1), rows, columns]
    return torch.where(torch.rand(n, 1, 1, 1) < 0.5, images.flip(3), images)


def losses(blocks, images, labels, local):
    found = []
    for block in blocks:
        images = block.layers(images)
        if local or block is blocks[-1]:
            found.append(F.cross_entropy(block.answer(images), labels))
        images = images.detach() if local else images
    return found


def gradients(blocks, parameters, images, labels, local):
    for parameter in parameters:
        parameter.grad = None
    for loss in losses(blocks, images, labels, local):
        loss.backward()
    return [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in parameters]


def direction(form, adams, found):
    n = len(found)
    if form == "mean":
        return adams[0].directions([sum(parts) / n for parts in zip(*found)], 1)
    each = [adam.directions(one, 1 / n if form == "noise" else 1) for adam, one in zip(adams, found)]
    return [sum(parts) / n for parts in zip(*each)]


def accuracies(blocks, images, labels):
    blocks.eval()
    right = [0] * len(blocks)
    with torch.no_grad():
        for start in range(0, len(images), 500):
            output = images[start : start + 500]
            for k, block in enumerate(blocks):
                output = block.layers(output)
                right[k] += (block.answer(output).argmax(1) == labels[start : start + 500]).sum().item()
    return [round(100 * count / len(images), 2) for count in right]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--form", choices=["own", "noise", "mean"], required=True)
    parser.add_argument("--method", choices=["pred", "bp"], default="pred")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    blocks = nn.ModuleList([Block(3, WIDTH), Block(WIDTH, 2 * WIDTH), Block(2 * WIDTH, 4 * WIDTH)])

    images, labels = read(sorted(glob.glob(os.path.join(args.data, "data_batch_*.bin"))))
    of_class = torch.stack([(labels == c).cumsum(0) for c in range(CLASSES)])[labels, torch.arange(len(labels))]
    kept = of_class <= 0.9 * (labels == 0).sum()  # the rest is what Blockwise has for validation
    images, labels = images[kept], labels[kept]
    mean, deviation = (f(images, (0, 2, 3), keepdim=True) for f in (torch.mean, torch.std))
    images, black = (images - mean) / deviation, -mean / deviation

    parameters = list(blocks.parameters())
    adams = [Adam([p.shape for p in parameters]) for _ in range(args.workers)]
    rounds = len(images) // (BATCH * args.workers)
    done = 0
    for _ in range(EPOCHS):
        order = torch.randperm(len(images)).split(BATCH)
        for batches in zip(*[iter(order[: rounds * args.workers])] * args.workers):
            rate = args.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done / (EPOCHS * rounds))))
            found = [
                gradients(blocks, parameters, augmented(images[b], black), labels[b], args.method == "pred") for b in batches
            ]
            with torch.no_grad():
                for parameter, step in zip(parameters, direction(args.form, adams, found)):
                    parameter.sub_(step, alpha=rate)
            done += 1

    images, labels = read([os.path.join(args.data, "test_batch.bin")])
    print(args.method, args.form, args.rate, args.workers, args.seed, accuracies(blocks, (images - mean) / deviation, labels))


if __name__ == "__main__":
    main()
