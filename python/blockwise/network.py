"""How blocks and exits make class scores of a batch, whatever library computes the layers."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .description import Description

Array = Any
Tensors = Mapping[str, Array]
Spec = Dict[str, Any]


class _Text(NamedTuple):
    """What stands beside an activation.

    :ivar lengths: of its rows, where they are texts
    :ivar states: that an LSTM with carry begins with
    :ivar two_ways: whether the last layer that changed its units was an LSTM
    """

    lengths: Optional[Array] = None
    states: Optional[Any] = None
    two_ways: bool = False


class Network:
    """The walk of a batch through the blocks. Has no weights and no state.

    :param layers: a :class:`~blockwise.numpy_layers.NumpyLayers` or a :class:`~blockwise.torch_layers.TorchLayers`
    """

    def __init__(self, description: Description, layers: Any):
        self._description = description
        self._layers = layers

    def scores(self, blocks: Sequence[Tensors], fields: Mapping[str, Array], block: int) -> Array:
        """Class scores ``[rows, classes]`` of a block.

        :param blocks: tensors of each block by name, at least as many as :func:`reach` says
        :param fields: of the rows, by name
        :param block: from 1
        """
        specs = self._description.blocks
        image = x = fields[self._description.main]
        text = _Text(self._layers.lengths(x)) if self._is_text(self._description.main) else _Text()
        for spec, t in zip(specs[:block], blocks):
            for i, side in enumerate(spec["sides"]):
                x, text = self._joined(side, fields[side["field"]], x, text, _inside(t, f"side.{i}."))
            if spec["context"] == "image":
                x = x + self._context(image, x, _inside(t, "context."))
            x, text = self._chain(spec["layers"], x, text, _inside(t, "layers."))
        return self._answer(specs, blocks, block - 1, x, text)

    def _is_text(self, field: str) -> bool:
        return self._description.fields[field]["kind"] == "tokens"

    # What a block reads

    def _joined(self, side: Spec, field: Array, x: Array, text: _Text, t: Tensors) -> Tuple[Array, _Text]:
        """What a block reads together with a further field."""
        own = _Text(self._layers.lengths(field)) if self._is_text(side["field"]) else _Text()
        y, own = self._chain(side["layers"], field, own, t)
        if side["join"] == "sequence":
            y = y.reshape(len(y), -1) if y.ndim == 4 else y
            y = self._dense(y, _inside(t, "fit.")) if "fit.weight" in t else y
            lengths = own.lengths if y.ndim == 3 else self._layers.ones(y)
            x, lengths = self._layers.behind(x, y if y.ndim == 3 else y[:, None, :], text.lengths, lengths)
            return x, text._replace(lengths=lengths, two_ways=False)
        if side["join"] == "vector":
            return self._layers.beside(x, self._flat(y, own)), text
        if x.ndim == y.ndim == 4:
            return x + self._resized(y, x, t), text
        y = self._dense(self._flat(y, own), _inside(t, "fit."))
        return x + (y[:, :, None, None] if x.ndim == 4 else y[:, None, :] if x.ndim == 3 else y), text

    def _flat(self, y: Array, text: _Text) -> Array:
        return self._layers.token_mean(y, text.lengths) if y.ndim == 3 else y.reshape(len(y), -1)

    def _context(self, image: Array, x: Array, t: Tensors) -> Array:
        """What of the image is added to x."""
        return self._dense(image.reshape(len(image), -1), t) if x.ndim == 2 else self._resized(image, x, t)

    def _resized(self, image: Array, x: Array, t: Tensors) -> Array:
        """A convolution of the image to the size of a map."""
        stride = max(1, image.shape[2] // x.shape[2])
        direct = self._layers.convolution(image, t["weight"], t["bias"], stride, 1)
        if direct.shape == x.shape:
            return direct
        smaller = self._layers.adaptive_average_pool(image, x.shape[2])
        return self._layers.convolution(smaller, t["weight"], t["bias"], 1, 1)

    # Layers

    def _chain(self, specs: List[Spec], x: Array, text: _Text, t: Tensors) -> Tuple[Array, _Text]:
        for i, spec in enumerate(specs):
            x, text = self._layer(spec, x, text, _inside(t, f"{i}."))
        return x, text

    def _layer(self, spec: Spec, x: Array, text: _Text, t: Tensors) -> Tuple[Array, _Text]:
        kind = spec["type"]
        if kind == "residual":
            body, behind = self._chain(spec["body"], x, text, _inside(t, "body."))
            shortcut, behind_both = self._chain(spec["shortcut"], x, behind, _inside(t, "shortcut."))
            return body + shortcut, behind_both._replace(two_ways=behind.two_ways)
        if kind == "lstm":
            carry = spec["carry"]
            x, states = self._layers.lstm(x, t, text.lengths, text.states if carry else None)
            return x, text._replace(states=states if carry else text.states, two_ways=True)
        if kind in ("embedding", "dense", "attention"):
            text = text._replace(two_ways=False)
        return self._simple(kind, spec, x, text, t), text

    def _simple(self, kind: str, spec: Spec, x: Array, text: _Text, t: Tensors) -> Array:
        layers = self._layers
        if kind == "convolution":
            return layers.convolution(x, t["weight"], t.get("bias"), spec["stride"], spec["padding"])
        if kind == "batch-norm":
            return layers.batch_norm(x, t, self._description.batch_norm_epsilon)
        if kind == "dense":
            return self._dense(x, t)
        if kind == "layer-norm":
            return layers.layer_norm(x, t["weight"], t["bias"])
        if kind == "attention":
            return layers.attention(x, t, spec["heads"], text.lengths, spec["dropout"])
        return {
            "relu": lambda: layers.relu(x), "tanh": lambda: layers.tanh(x), "sigmoid": lambda: layers.sigmoid(x),
            "elu": lambda: layers.elu(x, spec["alpha"]), "leaky-relu": lambda: layers.leaky_relu(x, spec["slope"]),
            "max-pool": lambda: layers.max_pool(x, spec["kernel"], spec["stride"]),
            "average-pool": lambda: layers.average_pool(x, spec["kernel"], spec["stride"]),
            "adaptive-average-pool": lambda: layers.adaptive_average_pool(x, spec["side"]),
            "global-average-pool": lambda: layers.global_average_pool(x), "flatten": lambda: x.reshape(len(x), -1),
            "embedding": lambda: layers.embedding(x, t["weight"]), "positions": lambda: layers.positions(x),
            "dropout": lambda: layers.dropout(x, spec["share"]), "token-mean": lambda: layers.token_mean(x, text.lengths),
            "final-states": lambda: layers.final_states(x, text.lengths, spec["combined"])}[kind]()

    def _dense(self, x: Array, t: Tensors) -> Array:
        return self._layers.dense(x, t["weight"], t.get("bias"))

    # Answers

    def _answer(self, specs: List[Spec], blocks: Sequence[Tensors], number: int, x: Array, text: _Text) -> Array:
        """Scores of the block with this number, from 0, of what its layers give."""
        spec, t = specs[number], blocks[number]
        loss = spec["loss"]
        if loss["type"] == "al":
            return self._by_targets(specs, blocks, number, x, text)
        if loss["type"] == "deinforeg" and loss["exit"]["kind"] == "merge":
            z = self._embedding(loss, x, text, t)
        else:
            x, text = self._momentum(spec["momentum"]["layers"], x, text, t, blocks[number + 1:number + 2])
            x, text = self._chain(spec["exit"]["ahead"], x, text, _inside(t, "exit.ahead."))
            z = self._read(spec["exit"]["features"], x, text)
            z, _ = self._chain(spec["exit"]["hidden"], z, text, _inside(t, "exit.hidden."))
        return self._layers.dense(z, t["exit.weight"], t["exit.bias"])

    def _by_targets(self, specs: List[Spec], blocks: Sequence[Tensors], number: int, x: Array, text: _Text) -> Array:
        """Associated Learning: the block's target, and the decoders of this and all earlier blocks."""
        bridge = specs[number]["loss"]["bridge"]
        layers = _dense(bridge["activation"], len(bridge["hidden"]) + 1)
        z, _ = self._chain(layers, self._read(bridge["features"], x, text), text, _inside(blocks[number], "bridge."))
        for k in range(number, -1, -1):
            activation = specs[k]["loss"]["decoder" if k else "first_decoder"]
            z, _ = self._chain(_dense(activation), z, text, _inside(blocks[k], "decoder."))
        return z

    def _embedding(self, loss: Spec, x: Array, text: _Text, t: Tensors) -> Array:
        """What the exit of DeInfoReg reads: what the head gives."""
        head, norm = loss["head"], {"type": "batch-norm"}
        count = len(head["hidden"]) if isinstance(head["hidden"], list) else 1
        if head["kind"] == "small-conv":
            convolution = {"type": "convolution", "stride": 1, "padding": 1}
            x, text = self._chain([convolution, norm, {"type": "relu"}] * count, x, text, _inside(t, "head.ahead."))
        normed = [norm] if head["kind"] == "mlp-bn" else []
        hidden = [*_dense("none"), *normed, {"type": "relu"}] * count if head["kind"].startswith("mlp") else []
        last = [] if head["kind"] == "identity" else _dense("none")
        z, _ = self._chain(hidden + last, self._read(head["features"], x, text), text, _inside(t, "head."))
        if loss["exit"]["batch_norm"]:
            z, _ = self._layer(norm, z, text, _inside(t, "exit.norm."))
        return self._chain(_dense(loss["exit"]["activation"])[1:], z, text, {})[0]

    def _momentum(self, layers: List[Spec], x: Array, text: _Text, t: Tensors,
                  following: Sequence[Tensors]) -> Tuple[Array, _Text]:
        """What the exit reads in place of x."""
        if not layers:
            return x, text
        local, behind = self._chain(layers, x, text, _inside(t, "momentum.local."))
        slow, _ = self._chain(layers, x, text, _inside(following[0], "layers."))
        scale = t["momentum.scale"]
        return scale * local + (2 - scale) * slow, behind._replace(states=text.states)

    def _read(self, features: str, x: Array, text: _Text) -> Array:
        """A block's output as a vector."""
        if x.ndim == 3:
            if not text.two_ways:
                return self._layers.token_mean(x, text.lengths)
            combined = {"summed": "sum", "flat": "concatenated"}.get(features, "mean")
            return self._layers.final_states(x, text.lengths, combined)
        if x.ndim == 4 and features != "flat":
            if features != "grid":
                return self._layers.global_average_pool(x)
            x = self._layers.adaptive_average_pool(x, self._description.grid_side)
        return x.reshape(len(x), -1)


def reach(description: Description, block: int) -> int:
    """How many of the first blocks have tensors that the answer of a block needs: one more where its exit reads the next."""
    return block + 1 if description.blocks[block - 1]["momentum"]["layers"] else block


def _inside(t: Tensors, prefix: str) -> Dict[str, Array]:
    """The tensors whose names start so, by the rest of their names."""
    return {name[len(prefix):]: values for name, values in t.items() if name.startswith(prefix)}


def _dense(activation: str, count: int = 1) -> List[Spec]:
    """Linear layers, each with the activation behind it."""
    return ([{"type": "dense"}] + ([] if activation == "none" else [{"type": activation}])) * count
