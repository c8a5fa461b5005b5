#!/usr/bin/env python3
"""Measures every block of a published model with NumPy alone, on images in CIFAR's binary layout.

    python3 examples/read_model.py out/models/quickstart out/datasets/shapes-raw/test_batch.bin
"""
import json, pathlib, sys
import numpy as np

directory, images = pathlib.Path(sys.argv[1]), sys.argv[2:]
version = directory / "versions" / (directory / "LATEST").read_text().strip()
model = json.loads((version / "model.json").read_text())
published = json.loads((version / "metrics.json").read_text())["test"]["accuracy"]
rules, network = model["answering"], model["network"]

def tensors(path):  # safetensors: length of the header, the header, the values
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    table = json.loads(raw[8:start])
    return {name: np.frombuffer(raw[start:][slice(*t["data_offsets"])], "<f4").reshape(t["shape"])
            for name, t in table.items() if name != "__metadata__"}

def windows(x, kernel, stride):  # [rows, channels, height, width, kernel, kernel]
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3))[:, :, ::stride, ::stride]

def chain(specs, x, t):  # t: the tensors of all its layers, whose names start with the layer's number
    for i, spec in enumerate(specs):
        x = layer(spec, x, inside(t, f"{i}."))
    return x

def inside(t, prefix):  # the tensors whose names start so, by the rest of their names
    return {name.removeprefix(prefix): values for name, values in t.items() if name.startswith(prefix)}

def adaptive(x, side):  # mean over side x side windows, of a smaller map over single pixels
    for axis in (2, 3):
        length = x.shape[axis]
        n = min(side, length)
        x = np.stack([x.take(range(i * length // n, -(-(i + 1) * length // n)), axis).mean(axis) for i in range(n)], axis)
    return x

def layer(spec, x, t):  # t: the layer's own tensors; vectors are [rows, units], maps [rows, channels, height, width]
    c = lambda name: t[name].reshape(-1, *[1] * (x.ndim - 2))
    kind, k, s, p = spec["type"], spec.get("kernel"), spec.get("stride"), spec.get("padding")
    if kind == "convolution":
        x = np.einsum("nchwij,ocij->nohw", windows(np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)]), k, s), t["weight"], optimize=True)
        return x + c("bias") if spec["bias"] else x
    if kind == "batch-norm":
        return (x - c("running_mean")) / np.sqrt(c("running_var") + rules["batch_norm_epsilon"]) * c("weight") + c("bias")
    if kind == "dense":
        return x @ t["weight"].T + t.get("bias", 0)
    if kind == "residual":
        return chain(spec["body"], x, inside(t, "body.")) + chain(spec["shortcut"], x, inside(t, "shortcut."))
    below = lambda y: np.where(x > 0, x, y)
    return {"relu": lambda: below(0), "flatten": lambda: x.reshape(len(x), -1), "tanh": lambda: np.tanh(x),
            "sigmoid": lambda: (1 + np.tanh(x / 2)) / 2, "elu": lambda: below(spec["alpha"] * np.expm1(np.minimum(x, 0))),
            "leaky-relu": lambda: below(spec["slope"] * x),
            "max-pool": lambda: windows(x, k, s).max((4, 5)), "average-pool": lambda: windows(x, k, s).mean((4, 5)),
            "adaptive-average-pool": lambda: adaptive(x, spec["side"]), "global-average-pool": lambda: x.mean((2, 3))}[kind]()

def context(image, x, t):  # what of the image is added to x
    if x.ndim == 2:
        return layer({"type": "dense"}, image.reshape(len(image), -1), t)
    of = lambda image, stride: layer({"type": "convolution", "kernel": 3, "stride": stride, "padding": 1, "bias": True}, image, t)
    direct = of(image, image.shape[2] // x.shape[2])
    return direct if direct.shape == x.shape else of(adaptive(image, x.shape[2]), 1)

def momentum(layers, x, t, following):  # what the exit reads in place of x
    if not layers:
        return x
    local, slow = chain(layers, x, inside(t, "momentum.local.")), chain(layers, x, inside(following, "layers."))
    return t["momentum.scale"] * local + (2 - t["momentum.scale"]) * slow

def dense(activation, count=1):  # linear layers, each with the activation behind it
    return ([{"type": "dense"}] + [{"type": activation}] * (activation != "none")) * count

def read(features, x):
    if x.ndim == 4 and features != "flat":
        x = x.mean((2, 3)) if features == "pooled" else adaptive(x, rules["grid_side"])
    return x.reshape(len(x), -1)

def answer(number, x):  # of the block with this number, from 0, to its layers' output; head.* and encoder.* would be for the loss
    block, t = blocks[number]
    loss = block["loss"]
    if loss["type"] != "al":
        if loss["type"] == "deinforeg" and loss["exit"]["kind"] == "merge":  # reads what the head gives
            head, norm = loss["head"], [{"type": "batch-norm"}]
            if head["kind"] == "small-conv":
                hidden = [{"type": "convolution", "kernel": 3, "stride": 1, "padding": 1}, *norm, {"type": "relu"}] * len(head["hidden"])
                x = chain(hidden, x, inside(t, "head.ahead."))
            hidden = [*dense("none"), *norm * (head["kind"] == "mlp-bn"), {"type": "relu"}] * len(head["hidden"]) if "mlp" in head["kind"] else []
            z = chain(hidden + dense("none", head["kind"] != "identity"), read(head["features"], x), inside(t, "head."))
            z = layer(norm[0], z, inside(t, "exit.norm.")) if loss["exit"]["batch_norm"] else z
            z = chain(dense(loss["exit"]["activation"])[1:], z, {})
        else:
            x = momentum(block.get("momentum", {}).get("layers"), x, t, blocks[number + 1][1] if number + 1 < len(blocks) else {})
            x = chain(block["exit"].get("ahead", []), x, inside(t, "exit.ahead."))
            z = chain(block["exit"].get("hidden", []), read(block["exit"]["features"], x), inside(t, "exit.hidden."))
        return z @ t["exit.weight"].T + t["exit.bias"]
    bridge = loss["bridge"]
    z = chain(dense(bridge["activation"], len(bridge["hidden"]) + 1), read(bridge["features"], x), inside(t, "bridge."))
    for k in range(number, -1, -1):
        z = chain(dense(blocks[k][0]["loss"]["decoder" if k else "first_decoder"]), z, inside(blocks[k][1], "decoder."))
    return z

pixels, labels = int(np.prod(network["input"])), 2 if model["data_kind"] == "cifar-100" else 1  # bytes of an image, of its labels
rows = np.concatenate([np.fromfile(path, np.uint8) for path in images]).reshape(-1, labels + pixels)
image = next(iter(model["fields"].values())) if "fields" in model else model["normalisation"]  # before format_version 2
mean, std = (np.float32(image[name]).reshape(-1, 1, 1) for name in ("mean", "std"))
correct = np.zeros(len(network["blocks"]))
blocks = [(spec, tensors(version / f"block-{number:02}.safetensors")) for number, spec in enumerate(network["blocks"], 1)]
for batch in np.array_split(rows, -(-len(rows) // 100)):
    x = (batch[:, labels:].reshape(-1, *network["input"]) / np.float32(rules["pixel_divisor"]) - mean) / std
    first = x
    for number, (block, t) in enumerate(blocks):
        if block.get("context") == "image":  # absent before there was one
            x = x + context(first, x, inside(t, "context."))
        x = chain(block["layers"], x, inside(t, "layers."))
        correct[number] += (answer(number, x).argmax(1) == batch[:, labels - 1]).sum()
for number, share in enumerate(correct / len(rows), 1):
    print(f"block {number}: {100 * share:6.2f} %, published {100 * published[number - 1]:6.2f} %")
