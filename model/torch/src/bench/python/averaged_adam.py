"""What becomes of N workers with Adam that are averaged, written down without Blockwise.

    /usr/bin/python3 averaged_adam.py --data DIR --form noise --order turns --ahead 0.5 --rate 2e-3 --seed 1

DIR holds CIFAR-10's binary files (data_batch_*.bin, test_batch.bin). Every worker has parameters, moments, batches and
a batch norm of its own.

    --form own       Adam of the worker's own gradients
           noise     the same, with the part of the second moment that is no square of the first divided by N: the noise
                     of a mean of N gradients
           mean      one Adam of the mean gradient, as data-parallel training has it; with --period 1 --order together
           batch     one worker with N times the batch
    --order together all workers are averaged at once after every period
            turns    they take turns: each adds its change, weighed 1/N, to what it finds, and goes on from there
    --ahead A        in turns, with A times (1 - 1/N) of its own change more, until its next turn

The network is vgg-small of width 16 with exits that read a 4x4 grid, local cross-entropy or backpropagation, eight
epochs, batches of 64, cosine down to 1 %, weak augmentation. Prints the test accuracy of every block after the last epoch.
"""

import argparse
import copy
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
BASE_RATE = 1e-3
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


class Together:
    """What all workers have done since the last time becomes their mean."""

    def __init__(self, workers, period):
        self.workers, self.period = workers, period

    def after(self, step, worker):
        if step % self.period == 0 and worker == len(self.workers) - 1:
            self.finish()

    def finish(self):
        for same in zip(*self.workers):
            mean = sum(same) / len(same)
            for values in same:
                values.copy_(mean)


class Turns:
    """Every worker at its own time, all of them once in a period."""

    def __init__(self, workers, period, ahead):
        self.workers, self.period = workers, period
        self.ahead = ahead * (1 - 1 / len(workers))
        self.ledger = [values.detach().clone() for values in workers[0]]
        self.bases = [[values.clone() for values in self.ledger] for _ in workers]

    def after(self, step, worker):
        n = len(self.workers)
        if (step + worker * self.period // n) % self.period == 0:
            self.turn(worker, 1 / n)

    def turn(self, worker, weight):
        for values, base, ledger in zip(self.workers[worker], self.bases[worker], self.ledger):
            change = values - base
            ledger.add_(change, alpha=weight)
            base.copy_(ledger + self.ahead * change)
            values.copy_(base)

    def finish(self):
        for worker in range(len(self.workers)):
            self.turn(worker, 1 / len(self.workers))
        for values, ledger in zip(self.workers[0], self.ledger):
            values.copy_(ledger)


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
    parser.add_argument("--form", choices=["own", "noise", "mean", "batch"], required=True)
    parser.add_argument("--order", choices=["together", "turns"], default="together")
    parser.add_argument("--period", type=int, default=1)
    parser.add_argument("--ahead", type=float, default=0)
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

    n = args.workers
    networks = [blocks] + [copy.deepcopy(blocks) for _ in range(n - 1)]
    workers = [list(network.parameters()) for network in networks]
    statistics = [[b for b in network.buffers() if b.dtype.is_floating_point] for network in networks]
    adams = [Adam([values.shape for values in workers[0]]) for _ in workers]
    average = Turns(workers, args.period, args.ahead) if args.order == "turns" else Together(workers, args.period)
    steps = len(images) // (BATCH * n)
    done = 0
    for _ in range(EPOCHS):
        order = torch.randperm(len(images)).split(BATCH)
        for batches in zip(*[iter(order[: steps * n])] * n):
            warm = min(1, done / max(10, 0.02 * EPOCHS * steps))
            rate = BASE_RATE + (args.rate - BASE_RATE) * warm
            rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done / (EPOCHS * steps)))
            done += 1

            def gradient(worker, batch):
                rows = augmented(images[batch], black)
                return gradients(networks[worker], workers[worker], rows, labels[batch], args.method == "pred")

            def move(worker, step):
                with torch.no_grad():
                    for values, direction in zip(workers[worker], step):
                        values.sub_(direction, alpha=rate)

            if args.form == "batch":
                move(0, adams[0].directions(gradient(0, torch.cat(batches)), 1))
            elif args.form == "mean":
                each = [gradient(worker, batch) for worker, batch in enumerate(batches)]
                step = adams[0].directions([sum(parts) / n for parts in zip(*each)], 1)
                for worker in range(n):
                    move(worker, step)
            else:
                for worker, batch in enumerate(batches):
                    move(worker, adams[worker].directions(gradient(worker, batch), 1 / n if args.form == "noise" else 1))
                    with torch.no_grad():
                        average.after(done, worker)

    with torch.no_grad():
        if args.form != "batch":
            average.finish()
            for same in zip(*statistics):
                same[0].copy_(sum(same) / n)

    images, labels = read([os.path.join(args.data, "test_batch.bin")])
    keys = {key: value for key, value in vars(args).items() if key != "data"}
    print(*(f"{key} {value}" for key, value in keys.items()), accuracies(blocks, (images - mean) / deviation, labels))


if __name__ == "__main__":
    main()
