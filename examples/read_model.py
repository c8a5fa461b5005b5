#!/usr/bin/env python3
"""Measures every block of a published model with NumPy alone, on images in CIFAR's binary layout or on tables of texts.

    python3 examples/read_model.py out/models/quickstart out/datasets/shapes-raw/test_batch.bin
    python3 examples/read_model.py out/models/mine mine/test.csv
    python3 examples/read_model.py out/models/sst2-small sst2/test.tsv --columns text,label

A table ends in .csv or .tsv (where quotes mean nothing). A label is the name of its class, or its number from 1; columns of text
are joined by blanks. Texts are cleaned and cut as those of training were. Tags of HTML, and the words of the tokenizer standard,
are found by regular expressions, which in rare cases differ from Blockwise.
"""
import argparse, csv, html, json, pathlib, re, unicodedata
import numpy as np

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", type=pathlib.Path, help="the folder with LATEST")
parser.add_argument("files", nargs="+", help="images or tables")
parser.add_argument("--columns", type=lambda names: names.split(","), help="names of a table's columns, where its first line has none")
arguments = parser.parse_args()
version = arguments.model / "versions" / (arguments.model / "LATEST").read_text().strip()
model = json.loads((version / "model.json").read_text())
published = json.loads((version / "metrics.json").read_text())["test"]["accuracy"]
rules, network = model["answering"], model["network"]
field = next(iter(model["fields"].values())) if "fields" in model else model["normalisation"]  # before format_version 2

def tensors(path):  # safetensors: length of the header, the header, the values
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    table = json.loads(raw[8:start])
    return {name: np.frombuffer(raw[start:][slice(*t["data_offsets"])], "<f4").reshape(t["shape"])
            for name, t in table.items() if name != "__metadata__"}

def windows(x, kernel, stride):  # [rows, channels, height, width, kernel, kernel]
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3))[:, :, ::stride, ::stride]

def chain(specs, x, t, states=None):  # t: the tensors of all its layers, whose names start with the layer's number
    for i, spec in enumerate(specs):
        x = layer(spec, x, inside(t, f"{i}."), states)
    return x

def inside(t, prefix):  # the tensors whose names start so, by the rest of their names
    return {name.removeprefix(prefix): values for name, values in t.items() if name.startswith(prefix)}

def adaptive(x, side):  # mean over side x side windows, of a smaller map over single pixels
    for axis in (2, 3):
        length = x.shape[axis]
        n = min(side, length)
        x = np.stack([x.take(range(i * length // n, -(-(i + 1) * length // n)), axis).mean(axis) for i in range(n)], axis)
    return x

def sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2

def lstm(spec, x, t, states):  # states: (h, c) of both directions, which an lstm with carry reads and replaces
    ways, final = [], []
    for turn, name in (1, ""), (-1, "_reverse"):
        h, c = states[len(final)] if spec["carry"] and states else np.zeros((2, len(x), spec["units"]), np.float32)
        gates, way = x[:, ::turn] @ t["weight_ih" + name].T + t["bias_ih" + name] + t["bias_hh" + name], []
        for position in range(x.shape[1]):
            i, f, g, o = np.split(gates[:, position] + h @ t["weight_hh" + name].T, 4, 1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            way.append(h)
        ways.append(np.stack(way, 1)[:, ::turn])
        final.append((h, c))
    if spec["carry"]:
        states[:] = final
    return np.concatenate(ways, 2)

def attention(spec, x, t):
    heads = (x @ t["in_weight"].T + t["in_bias"]).reshape(*x.shape[:2], 3, spec["heads"], -1)
    query, key, value = heads.transpose(2, 0, 3, 1, 4)
    scores = query @ key.swapaxes(2, 3) / query.shape[3] ** 0.5
    weights = np.exp(scores - scores.max(3, keepdims=True))
    mixed = weights / weights.sum(3, keepdims=True) @ value
    return mixed.swapaxes(1, 2).reshape(x.shape) @ t["out_weight"].T + t["out_bias"]

def waves(positions, width):
    i = np.arange(width)
    angles = np.arange(positions)[:, None] * 10000.0 ** (-(i // 2 * 2) / width)
    return np.where(i % 2, np.cos(angles), np.sin(angles)).astype(np.float32)

def final_states(combined, x):
    units = x.shape[2] // 2
    forward, backward = x[:, -1, :units], x[:, 0, units:]
    return np.hstack([forward, backward]) if combined == "concatenated" else (forward + backward) / (2 if combined == "mean" else 1)

def layer(spec, x, t, states=None):  # t: the layer's own tensors
    # x: vectors [rows, units], maps [rows, channels, height, width], texts [rows, positions] of ids, then [rows, positions, units]
    c = lambda name: t[name].reshape(-1, *[1] * (x.ndim - 2))
    kind, k, s, p = spec["type"], spec.get("kernel"), spec.get("stride"), spec.get("padding")
    if kind == "convolution":
        x = np.einsum("nchwij,ocij->nohw", windows(np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)]), k, s), t["weight"], optimize=True)
        return x + c("bias") if "bias" in t else x
    if kind == "batch-norm":
        return (x - c("running_mean")) / np.sqrt(c("running_var") + rules["batch_norm_epsilon"]) * c("weight") + c("bias")
    if kind == "dense":
        return x @ t["weight"].T + t.get("bias", 0)
    if kind == "residual":
        return chain(spec["body"], x, inside(t, "body."), states) + chain(spec["shortcut"], x, inside(t, "shortcut."), states)
    if kind == "layer-norm":
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * t["weight"] + t["bias"]
    below = lambda y: np.where(x > 0, x, y)
    return {"relu": lambda: below(0), "flatten": lambda: x.reshape(len(x), -1), "tanh": lambda: np.tanh(x),
            "sigmoid": lambda: sigmoid(x), "elu": lambda: below(spec["alpha"] * np.expm1(np.minimum(x, 0))),
            "leaky-relu": lambda: below(spec["slope"] * x),
            "max-pool": lambda: windows(x, k, s).max((4, 5)), "average-pool": lambda: windows(x, k, s).mean((4, 5)),
            "adaptive-average-pool": lambda: adaptive(x, spec["side"]), "global-average-pool": lambda: x.mean((2, 3)),
            "embedding": lambda: t["weight"][x], "positions": lambda: x + waves(*x.shape[1:]), "dropout": lambda: x,
            "lstm": lambda: lstm(spec, x, t, states), "attention": lambda: attention(spec, x, t),
            "token-mean": lambda: x.mean(1), "final-states": lambda: final_states(spec["combined"], x)}[kind]()

def context(image, x, t):  # what of the image is added to x
    if x.ndim == 2:
        return layer({"type": "dense"}, image.reshape(len(image), -1), t)
    of = lambda image, stride: layer({"type": "convolution", "kernel": 3, "stride": stride, "padding": 1}, image, t)
    direct = of(image, image.shape[2] // x.shape[2])
    return direct if direct.shape == x.shape else of(adaptive(image, x.shape[2]), 1)

def momentum(layers, x, t, following, states):  # what the exit reads in place of x
    if not layers:
        return x
    local, slow = (chain(layers, x, of, list(states)) for of in (inside(t, "momentum.local."), inside(following, "layers.")))
    return t["momentum.scale"] * local + (2 - t["momentum.scale"]) * slow

def dense(activation, count=1):  # linear layers, each with the activation behind it
    return ([{"type": "dense"}] + [{"type": activation}] * (activation != "none")) * count

def kinds(specs):  # types of layers, those of a residual one's body in its place
    return [kind for spec in specs for kind in (kinds(spec["body"]) if spec["type"] == "residual" else [spec["type"]])]

def read(features, x, specs):  # specs: all layers that x comes from
    if x.ndim == 3:
        two_ways = [kind for kind in kinds(specs) if kind in ("embedding", "dense", "attention", "lstm")][-1] == "lstm"
        return final_states({"summed": "sum", "flat": "concatenated"}.get(features, "mean"), x) if two_ways else x.mean(1)
    if x.ndim == 4 and features != "flat":
        x = adaptive(x, rules["grid_side"]) if features == "grid" else x.mean((2, 3))
    return x.reshape(len(x), -1)

def answer(number, x, states):  # of the block with this number, from 0, to its layers' output; head.* and encoder.* would be for the loss
    block, t = blocks[number]
    loss, specs = block["loss"], [spec for before, _ in blocks[:number + 1] for spec in before["layers"]]
    if loss["type"] != "al":
        if loss["type"] == "deinforeg" and loss["exit"]["kind"] == "merge":  # reads what the head gives
            head, norm = loss["head"], [{"type": "batch-norm"}]
            if head["kind"] == "small-conv":
                hidden = [{"type": "convolution", "kernel": 3, "stride": 1, "padding": 1}, *norm, {"type": "relu"}] * len(head["hidden"])
                x = chain(hidden, x, inside(t, "head.ahead."))
            hidden = [*dense("none"), *norm * (head["kind"] == "mlp-bn"), {"type": "relu"}] * len(head["hidden"]) if "mlp" in head["kind"] else []
            z = chain(hidden + dense("none", head["kind"] != "identity"), read(head["features"], x, specs), inside(t, "head."))
            z = layer(norm[0], z, inside(t, "exit.norm.")) if loss["exit"]["batch_norm"] else z
            z = chain(dense(loss["exit"]["activation"])[1:], z, {})
        else:
            slow, ahead = block.get("momentum", {}).get("layers", []), block["exit"].get("ahead", [])
            x = momentum(slow, x, t, blocks[number + 1][1] if number + 1 < len(blocks) else {}, states)
            x = chain(ahead, x, inside(t, "exit.ahead."), list(states))
            z = chain(block["exit"].get("hidden", []), read(block["exit"]["features"], x, specs + slow + ahead), inside(t, "exit.hidden."))
        return z @ t["exit.weight"].T + t["exit.bias"]
    bridge = loss["bridge"]
    z = chain(dense(bridge["activation"], len(bridge["hidden"]) + 1), read(bridge["features"], x, specs), inside(t, "bridge."))
    for k in range(number, -1, -1):
        z = chain(dense(blocks[k][0]["loss"]["decoder" if k else "first_decoder"]), z, inside(blocks[k][1], "decoder."))
    return z

def images(paths):  # batches of what the network reads, with the ids of their classes
    pixels, labels = int(np.prod(network["input"])), 2 if model["data_kind"] == "cifar-100" else 1  # bytes of an image, of its labels
    rows = np.concatenate([np.fromfile(path, np.uint8) for path in paths]).reshape(-1, labels + pixels)
    mean, std = (np.float32(field[name]).reshape(-1, 1, 1) for name in ("mean", "std"))
    for batch in np.array_split(rows, -(-len(rows) // 100)):
        yield (batch[:, labels:].reshape(-1, *network["input"]) / np.float32(rules["pixel_divisor"]) - mean) / std, batch[:, labels - 1]

HAN = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # signs that are words
TOKENS = {"whitespace": r"[\S\x1c-\x1f]{1,255}", "characters": r"[\S\x85]", "standard":
          rf"[{HAN}]|(?:[^\W{HAN}]|(?<=[^\W\d_])[.:·'’](?=[^\W\d_])|(?<=\d)[.,;'’](?=\d)){{1,255}}"}
STOP_WORDS = """a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to
                was will with""".split()

def tokens(text):
    text = unicodedata.normalize("NFC", text)
    if field["strip_tags"]:
        text = html.unescape(re.sub(r"<[/!?a-zA-Z][^<>]*>", "\n", text))
    words = re.findall(TOKENS[field["tokenizer"]], text)
    if field["lower_case"]:
        words = ["".join(letter.lower()[0] for letter in word) for word in words]  # knows no neighbours, as of a sigma
    return [word for word in words if not field["drop_stop_words"] or word not in STOP_WORDS]

def table(path):  # labels and texts
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE) if path.endswith(".tsv") else csv.reader(file)
        names = arguments.columns or next(rows)
        for row in rows:
            yield row[names.index("label")], " ".join(value for name, value in zip(names, row) if name == "text")

def texts(paths):  # likewise; those of a batch are of one length, so that there is no padding
    words = (version / "vocabulary.txt").read_text("utf-8").split("\n")[:-1]
    ids = {word: i for i, word in enumerate(words) if i > 1}  # 0 is padding, 1 is for what has no id
    by_length, classes = {}, model["classes"]
    for label, text in (row for path in paths for row in table(path)):
        read = [ids.get(token, 1) for token in tokens(text)][:field["max_length"]] or [1]
        by_length.setdefault(len(read), []).append((read, classes.index(label) if label in classes else int(label) - 1))
    for length, found in by_length.items():
        size = max(1, 5000 // length)
        for start in range(0, len(found), size):
            yield map(np.array, zip(*found[start:start + size]))

reach = next((k for k, spec in enumerate(network["blocks"]) if spec.get("sides")), len(network["blocks"]))
if reach < len(network["blocks"]):  # as Blockwise answers rows that lack a field
    print(f"block {reach + 1} reads further fields, which this program does not: blocks up to {reach} answer")
blocks = [(spec, tensors(version / f"block-{number:02}.safetensors")) for number, spec in enumerate(network["blocks"][:reach], 1)]
correct, count = np.zeros(len(blocks)), 0
for x, labels in (texts if field.get("kind") == "tokens" else images)(arguments.files):
    first, states = x, []
    for number, (block, t) in enumerate(blocks):
        if block.get("context") == "image":  # absent before there was one
            x = x + context(first, x, inside(t, "context."))
        x = chain(block["layers"], x, inside(t, "layers."), states)
        correct[number] += (answer(number, x, states).argmax(1) == labels).sum()
    count += len(labels)
for number, share in enumerate(correct / count, 1):
    print(f"block {number}: {100 * share:6.2f} %, published {100 * published[number - 1]:6.2f} %")
