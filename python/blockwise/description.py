"""What ``model.json`` says: classes, fields of the rows, and the network, checked and with what older formats leave out."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

FORMATS = (1, 2)
"""Versions of ``model.json`` that this package reads; the first one had no number."""

_LAYERS: Dict[str, Tuple[str, ...]] = {
    "convolution": ("filters", "kernel", "stride", "padding", "bias"), "batch-norm": (), "relu": (), "tanh": (), "sigmoid": (),
    "elu": ("alpha",), "leaky-relu": ("slope",), "max-pool": ("kernel", "stride"), "average-pool": ("kernel", "stride"),
    "adaptive-average-pool": ("side",), "global-average-pool": (), "flatten": (), "dense": ("units", "bias"),
    "residual": ("body", "shortcut"), "embedding": ("width", "rate"), "positions": (), "lstm": ("units", "carry"),
    "attention": ("heads", "dropout"), "layer-norm": (), "dropout": ("share",), "token-mean": (), "final-states": ("combined",)}

_FEATURES = ("pooled", "summed", "grid", "flat")
_LOSSES = ("cross-entropy", "scpl", "predsim", "al", "deinforeg")
_BLOCK = ("layers", "loss", "exit", "optimiser", "span", "context", "momentum", "sides")
_EXIT = ("ahead", "features", "hidden", "label_smoothing")


class Description(NamedTuple):
    """A model without its weights.

    :ivar fields: how a raw value of each becomes an input, by name: first what the network reads, then what some block reads
        beside the output of the one before it
    :ivar blocks: the blocks' specifications as in ``model.json``, first to last, with nothing left out
    :ivar input: shape of one row: ``(channels, height, width)``, ``(values,)``, or of texts ``(positions, vocabulary)``
    :ivar shapes: the same of every field
    :ivar temperatures: what each exit's scores are divided by before their softmax
    """

    name: str
    classes: List[str]
    fields: Dict[str, Dict[str, Any]]
    blocks: List[Dict[str, Any]]
    input: Tuple[int, ...]
    shapes: Dict[str, Tuple[int, ...]]
    temperatures: List[float]
    pixel_divisor: float
    batch_norm_epsilon: float
    grid_side: int

    @property
    def main(self) -> str:
        """Name of the field that networks read, the first one."""
        return next(iter(self.fields))


def parse(model: Any) -> Description:
    """Reads ``model.json`` of any version in :data:`FORMATS`.

    :raises ValueError: if it is of another version, or has what this package does not know; says what and where
    """
    if not isinstance(model, dict):
        raise ValueError("it is no JSON object")
    version = model.get("format_version", 1)
    if type(version) is not int or version not in FORMATS:
        raise ValueError(f"its format version is {version}, this package reads {FORMATS[0]} to {FORMATS[-1]}")
    try:
        return _description(model)
    except KeyError as e:
        raise ValueError(f"it has no {e.args[0]}") from None


def _description(model: Dict[str, Any]) -> Description:
    network, answering = model["network"], model.get("answering", {})
    blocks = [_block(block, f"network/blocks/{i}") for i, block in enumerate(network["blocks"])]
    fields = model.get("fields") or {"pixels": {"kind": "image", **model["normalisation"]}}  # before format version 2
    shapes = {name: tuple(network["input"]) for name in list(fields)[:1]}
    for block in blocks:
        shapes.update({side["field"]: tuple(side["shape"]) for side in block["sides"]})
    if set(shapes) != set(fields):
        raise ValueError(f"its fields are {sorted(fields)}, its network reads {sorted(shapes)}")
    for name, field in fields.items():
        if field["kind"] not in ("image", "tokens", "numbers"):
            raise ValueError(f"kind {field['kind']} is unknown at fields/{name}")
    if len(model["classes"]) != network["classes"]:
        raise ValueError(f"it names {len(model['classes'])} classes, its network has {network['classes']}")
    temperatures = model.get("exits", {}).get("temperatures") or [1.0] * len(blocks)
    return Description(
        model["name"], list(model["classes"]), fields, blocks, tuple(network["input"]), shapes, temperatures,
        answering.get("pixel_divisor", 255.0), answering.get("batch_norm_epsilon", 1e-5), answering.get("grid_side", 4))


def _block(block: Dict[str, Any], at: str) -> Dict[str, Any]:
    _require_known(block, _BLOCK, at)
    whole = {"context": "none", "momentum": {"layers": []}, "sides": [], **block}
    whole["exit"] = {"ahead": [], "hidden": [], **block["exit"]}
    _require_known(whole["exit"], _EXIT, at + "/exit")
    _one_of("features", whole["exit"]["features"], _FEATURES, at + "/exit")
    _one_of("type", block["loss"]["type"], _LOSSES, at + "/loss")
    _one_of("context", whole["context"], ("none", "image"), at)
    for name, layers in (("layers", block["layers"]), ("exit/ahead", whole["exit"]["ahead"]),
                         ("exit/hidden", whole["exit"]["hidden"]), ("momentum/layers", whole["momentum"]["layers"])):
        _check(layers, f"{at}/{name}")
    for i, side in enumerate(whole["sides"]):
        _require_known(side, ("field", "shape", "join", "layers"), f"{at}/sides/{i}")
        _one_of("join", side["join"], ("sequence", "vector", "add"), f"{at}/sides/{i}")
        _check(side["layers"], f"{at}/sides/{i}/layers")
    return whole


def _check(layers: List[Dict[str, Any]], at: str) -> None:
    """Refuses layers that are unknown, or say more or less than is known: that changes what the network computes."""
    for i, layer in enumerate(layers):
        here = f"{at}/{i}"
        kind = layer.get("type")
        _one_of("type", kind, tuple(_LAYERS), here)
        _require_known(layer, ("type", *_LAYERS[kind]), here)
        missing = [key for key in _LAYERS[kind] if key not in layer]
        if missing:
            raise ValueError(f"component {missing[0]} is missing at {here}")
        if kind == "residual":
            _check(layer["body"], here + "/body")
            _check(layer["shortcut"], here + "/shortcut")


def _require_known(record: Dict[str, Any], known: Tuple[str, ...], at: str) -> None:
    for key in record:
        if key not in known:
            raise ValueError(f"component {key} is unknown at {at}")


def _one_of(key: str, value: Any, known: Tuple[str, ...], at: str) -> None:
    if value not in known:
        raise ValueError(f"{key} {value} is unknown at {at}")
