"""What layers compute, on NumPy arrays, as in inference.

Shapes: *vectors* ``[rows, units]``, *maps* ``[rows, channels, height, width]``, *texts* ``[rows, positions, units]``, *ids*
``[rows, positions]`` with 0 behind a text's end. ``lengths [rows]`` says how many of a text's positions are real ones; no value at
a real position depends on what stands behind them.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence, Tuple

import numpy as np

Array = Any
State = Tuple[Array, Array]
"""``h`` and ``c`` of one direction, each ``[rows, units]``."""


class NumpyLayers:
    """The layers in inference, where dropout does nothing and batch norm reads running statistics."""

    def convolution(self, x: Array, weight: Array, bias: Optional[Array], stride: int, padding: int) -> Array:
        """Cross-correlation: maps ``[rows, channels, height, width]`` with ``weight [filters, channels, kernel, kernel]`` to
        ``[rows, filters, (height + 2 padding - kernel) // stride + 1, ...]``; ``bias [filters]``."""
        padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
        y = np.einsum("nchwij,ocij->nohw", _windows(padded, weight.shape[-1], stride), weight, optimize=True)
        return y if bias is None else y + bias.reshape(-1, 1, 1)

    def batch_norm(self, x: Array, t: Mapping[str, Array], epsilon: float) -> Array:
        """Per channel of maps, per unit of vectors; ``weight``, ``bias``, ``running_mean`` and ``running_var`` ``[channels]``."""
        mean, var, weight, bias = (t[name].reshape(-1, *[1] * (x.ndim - 2))
                                   for name in ("running_mean", "running_var", "weight", "bias"))
        return (x - mean) / np.sqrt(var + np.float32(epsilon)) * weight + bias

    def dense(self, x: Array, weight: Array, bias: Optional[Array]) -> Array:
        """Vectors or texts ``[..., inputs]`` with ``weight [units, inputs]`` and ``bias [units]`` to ``[..., units]``."""
        y = x @ weight.T
        return y if bias is None else y + bias

    def layer_norm(self, x: Array, weight: Array, bias: Array) -> Array:
        """Over the last axis; ``weight`` and ``bias`` ``[units]``."""
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + np.float32(1e-5)) * weight + bias

    def relu(self, x: Array) -> Array:
        return np.maximum(x, 0)

    def tanh(self, x: Array) -> Array:
        return np.tanh(x)

    def sigmoid(self, x: Array) -> Array:
        return (1 + np.tanh(x / 2)) / 2

    def elu(self, x: Array, alpha: float) -> Array:
        return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, 0)))

    def leaky_relu(self, x: Array, slope: float) -> Array:
        return np.where(x > 0, x, np.float32(slope) * x)

    def max_pool(self, x: Array, kernel: int, stride: int) -> Array:
        """Maps to ``[rows, channels, (height - kernel) // stride + 1, ...]``."""
        return _windows(x, kernel, stride).max((4, 5))

    def average_pool(self, x: Array, kernel: int, stride: int) -> Array:
        """Maps to ``[rows, channels, (height - kernel) // stride + 1, ...]``."""
        return _windows(x, kernel, stride).mean((4, 5))

    def adaptive_average_pool(self, x: Array, side: int) -> Array:
        """Maps to ``[rows, channels, min(side, height), min(side, width)]``; of n windows over a length the i-th covers
        ``floor(i length / n)`` up to, without, ``ceil((i + 1) length / n)``."""
        for axis in (2, 3):
            length = x.shape[axis]
            n = min(side, length)
            x = np.stack([x.take(range(i * length // n, -(-(i + 1) * length // n)), axis).mean(axis) for i in range(n)], axis)
        return x

    def global_average_pool(self, x: Array) -> Array:
        """Maps to vectors ``[rows, channels]``."""
        return x.mean((2, 3))

    def dropout(self, x: Array, share: float) -> Array:
        """Of any shape, as it is: it is for training only."""
        return x

    def lengths(self, ids: Array) -> Array:
        """Ids to ``[rows]``."""
        return (ids != 0).sum(1)

    def embedding(self, ids: Array, weight: Array) -> Array:
        """Ids to texts ``[rows, positions, width]`` by ``weight [vocabulary, width]``."""
        return weight[ids]

    def positions(self, x: Array) -> Array:
        """Texts, with waves added that tell where a token stands."""
        return x + waves(*x.shape[1:])

    def lstm(self, x: Array, t: Mapping[str, Array], lengths: Array,
             states: Optional[Sequence[State]]) -> Tuple[Array, Sequence[State]]:
        """Texts ``[rows, positions, inputs]`` to ``[rows, positions, 2 units]``, first the forward states; the backward
        direction begins at a row's last token. ``weight_ih [4 units, inputs]``, ``weight_hh [4 units, units]``, ``bias_ih`` and
        ``bias_hh`` ``[4 units]``, gates i, f, g, o, and the same with ``_reverse``.

        :param states: of both directions to begin with; None for zeros
        :return: what it gives, and the states behind each row's last token
        """
        ways, final = [], []
        for direction, suffix in enumerate(("", "_reverse")):
            zeros = np.zeros((len(x), t["weight_hh"].shape[1]), np.float32)
            h, c = (zeros, zeros) if states is None else states[direction]
            gates = x @ t["weight_ih" + suffix].T + t["bias_ih" + suffix] + t["bias_hh" + suffix]
            way = np.zeros((*x.shape[:2], h.shape[1]), np.float32)
            for position in range(x.shape[1])[::-1 if suffix else 1]:
                real = (position < lengths)[:, None]
                i, f, g, o = np.split(gates[:, position] + h @ t["weight_hh" + suffix].T, 4, 1)
                c = np.where(real, self.sigmoid(f) * c + self.sigmoid(i) * np.tanh(g), c)
                h = np.where(real, self.sigmoid(o) * np.tanh(c), h)
                way[:, position] = np.where(real, h, 0)
            ways.append(way)
            final.append((h, c))
        return np.concatenate(ways, 2), final

    def attention(self, x: Array, t: Mapping[str, Array], heads: int, lengths: Array, dropout: float) -> Array:
        """Texts ``[rows, positions, width]`` to the same; ``in_weight [3 width, width]``, ``in_bias [3 width]``,
        ``out_weight [width, width]``, ``out_bias [width]``, heads of ``width / heads`` values."""
        parts = (x @ t["in_weight"].T + t["in_bias"]).reshape(*x.shape[:2], 3, heads, -1)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        scores = query @ key.swapaxes(2, 3) / np.float32(query.shape[3] ** 0.5)
        scores = np.where(self._real(x, lengths)[:, None, None, :], scores, np.float32(-np.inf))
        weights = np.exp(scores - scores.max(3, keepdims=True))
        mixed = weights / weights.sum(3, keepdims=True) @ value
        return mixed.swapaxes(1, 2).reshape(x.shape) @ t["out_weight"].T + t["out_bias"]

    def token_mean(self, x: Array, lengths: Array) -> Array:
        """Texts to vectors ``[rows, units]``: the mean over real positions."""
        real = self._real(x, lengths)[:, :, None]
        return np.where(real, x, 0).sum(1) / lengths[:, None].astype(np.float32)

    def final_states(self, x: Array, lengths: Array, combined: str) -> Array:
        """What an LSTM gives ``[rows, positions, 2 units]`` to ``[rows, 2 units]`` (``concatenated``), or ``[rows, units]``
        (``sum``, ``mean``)."""
        units = x.shape[2] // 2
        forward, backward = x[np.arange(len(x)), lengths - 1, :units], x[:, 0, units:]
        return np.concatenate([forward, backward], 1) if combined == "concatenated" else _added(forward, backward, combined)

    def beside(self, x: Array, y: Array) -> Array:
        """Vectors ``[rows, a]`` and ``[rows, b]`` to ``[rows, a + b]``."""
        return np.concatenate([x, y], 1)

    def behind(self, x: Array, y: Array, lengths: Array, others: Array) -> Tuple[Array, Array]:
        """Texts, and the positions of others behind each row's own, without padding between the two; with their lengths."""
        both = lengths + others
        position = np.arange(both.max())[None, :]
        from_y = np.clip(x.shape[1] + position - lengths[:, None], 0, x.shape[1] + y.shape[1] - 1)
        at = np.where(position < lengths[:, None], position, from_y)
        return np.concatenate([x, y], 1)[np.arange(len(x))[:, None], at], both

    def ones(self, x: Array) -> Array:
        """Lengths ``[rows]`` of texts of one position."""
        return np.ones(len(x), np.int64)

    @staticmethod
    def _real(x: Array, lengths: Array) -> Array:
        return np.arange(x.shape[1]) < lengths[:, None]


def waves(positions: int, width: int) -> np.ndarray:
    """``[positions, width]``: ``sin(p / 10000^(2i / width))`` in value 2i of position p, counted from 0, the cosine in 2i + 1."""
    i = np.arange(width)
    angles = np.arange(positions)[:, None] * 10000.0 ** (-(i // 2 * 2) / width)
    return np.where(i % 2, np.cos(angles), np.sin(angles)).astype(np.float32)


def _windows(x: Array, kernel: int, stride: int) -> Array:  # [rows, channels, height, width, kernel, kernel]
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3))[:, :, ::stride, ::stride]


def _added(forward: Array, backward: Array, combined: str) -> Array:
    return (forward + backward) / (2 if combined == "mean" else 1)
