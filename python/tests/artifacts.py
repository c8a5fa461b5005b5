"""Writes models as Blockwise publishes them, with random weights."""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np

IMAGE = {"kind": "image", "flippable": True, "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.25]}
TEXT = {"kind": "tokens", "tokenizer": "standard", "strip_tags": True, "lower_case": True, "drop_stop_words": False,
        "vocabulary_size": 9, "max_length": 6}
CONVOLUTION = {"type": "convolution", "filters": 4, "kernel": 3, "stride": 1, "padding": 1, "bias": False}
LSTM = {"type": "lstm", "units": 3, "carry": True}
RELU, NORM, POOL = {"type": "relu"}, {"type": "batch-norm"}, {"type": "max-pool", "kernel": 2, "stride": 2}
WORDS = ["", "", "a", "good", "bad", "film", "it's", "3.5", "end"]


def block(layers, exit_features="pooled", loss=None, **further):
    """The specification of a block."""
    return {"layers": layers, "loss": loss or {"type": "cross-entropy"}, "exit": {"features": exit_features}, "optimiser": {},
            **further}


def lstm(prefix, inputs, units):
    """Shapes of an LSTM's tensors by name."""
    return {f"{prefix}.{name}{way}": shape for way in ("", "_reverse") for name, shape in (
        ("weight_ih", [4 * units, inputs]), ("weight_hh", [4 * units, units]), ("bias_ih", [4 * units]), ("bias_hh", [4 * units]))}


def norm(prefix, units):
    """Shapes of a batch norm's tensors by name."""
    return {f"{prefix}.{name}": [units] for name in ("weight", "bias", "running_mean", "running_var")}


def exit_of(inputs, classes=3, prefix="exit"):
    """Shapes of a linear layer's tensors by name."""
    return {f"{prefix}.weight": [classes, inputs], f"{prefix}.bias": [classes]}


def write(folder: Path, blocks, tensors, field=None, shape=(3, 8, 8), sides=None, exits=None):
    """Publishes a model below a folder.

    :param tensors: of every block the shapes by name
    :param field: the main one
    :param sides: further fields, by name
    """
    field = field or IMAGE
    version = folder / "versions" / "run-1"
    version.mkdir(parents=True)
    main = "tokens" if field["kind"] == "tokens" else "pixels"
    model = {"format_version": 2, "name": "small", "data_kind": "text", "classes": ["x", "y", "z"],
             "fields": {main: field, **(sides or {})},
             "network": {"input": list(shape), "classes": 3, "blocks": blocks}}
    if exits:
        model["exits"] = exits
    files = {"model.json": json.dumps(model), "metrics.json": "{}", "provenance.json": json.dumps({"blockwise": "9.9"})}
    for name, kind in model["fields"].items():
        if kind["kind"] == "tokens":
            files["vocabulary.txt" if name == main else f"{name}.vocabulary.txt"] = "\n".join(WORDS) + "\n"
    for name, text in files.items():
        (version / name).write_text(text, "utf-8")
    random = np.random.default_rng(5)
    for number, shapes in enumerate(tensors, 1):
        (version / f"block-{number:02}.safetensors").write_bytes(_safetensors(random, shapes))
    seal(version)
    (folder / "LATEST").write_text("run-1\n")
    return version


def seal(version: Path):
    """Writes the manifest of the files as they are."""
    entries = [{"name": file.name, "bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
               for file in sorted(version.iterdir()) if file.name != "manifest.json"]
    (version / "manifest.json").write_text(json.dumps({"format_version": 1, "files": entries}))


def _safetensors(random, shapes):
    statistics = {name for name in shapes if "running_" in name}
    names = [name for name in shapes if name not in statistics] + [name for name in shapes if name in statistics]
    header, values, at = {"__metadata__": {"parameter_tensors": str(len(shapes) - len(statistics))}}, b"", 0
    for name in names:
        drawn = random.uniform(0.5, 1.5, shapes[name]) if name.endswith("running_var") else random.normal(0, 0.5, shapes[name])
        values += drawn.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": shapes[name], "data_offsets": [at, len(values)]}
        at = len(values)
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    return struct.pack("<Q", len(encoded)) + encoded + values
