"""What layers compute, on PyTorch's tensors: shapes and tensors as in :mod:`blockwise.numpy_layers`, in training as well."""

from __future__ import annotations

from typing import Mapping, Optional, Sequence, Tuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from .numpy_layers import waves


class TorchLayers:
    """The layers, in training or in inference.

    :param training: whether dropout drops, and batch norm reads its batch and moves its running statistics (momentum 0.1, of the
        unbiased variance)
    """

    def __init__(self, training: bool):
        self._training = training

    def convolution(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], stride: int, padding: int) -> Tensor:
        return functional.conv2d(x, weight, bias, stride, padding)

    def batch_norm(self, x: Tensor, t: Mapping[str, Tensor], epsilon: float) -> Tensor:
        return functional.batch_norm(
            x, t["running_mean"], t["running_var"], t["weight"], t["bias"], self._training, 0.1, epsilon)

    def dense(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
        return functional.linear(x, weight, bias)

    def layer_norm(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.layer_norm(x, weight.shape, weight, bias, 1e-5)

    def relu(self, x: Tensor) -> Tensor:
        return functional.relu(x)

    def tanh(self, x: Tensor) -> Tensor:
        return torch.tanh(x)

    def sigmoid(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x)

    def elu(self, x: Tensor, alpha: float) -> Tensor:
        return functional.elu(x, alpha)

    def leaky_relu(self, x: Tensor, slope: float) -> Tensor:
        return functional.leaky_relu(x, slope)

    def max_pool(self, x: Tensor, kernel: int, stride: int) -> Tensor:
        return functional.max_pool2d(x, kernel, stride)

    def average_pool(self, x: Tensor, kernel: int, stride: int) -> Tensor:
        return functional.avg_pool2d(x, kernel, stride)

    def adaptive_average_pool(self, x: Tensor, side: int) -> Tensor:
        return functional.adaptive_avg_pool2d(x, (min(side, x.shape[2]), min(side, x.shape[3])))

    def global_average_pool(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))

    def dropout(self, x: Tensor, share: float) -> Tensor:
        return functional.dropout(x, share, self._training)

    def lengths(self, ids: Tensor) -> Tensor:
        return (ids != 0).sum(1)

    def embedding(self, ids: Tensor, weight: Tensor) -> Tensor:
        return functional.embedding(ids, weight)

    def positions(self, x: Tensor) -> Tensor:
        return x + torch.from_numpy(waves(x.shape[1], x.shape[2])).to(x)

    def lstm(self, x: Tensor, t: Mapping[str, Tensor], lengths: Tensor,
             states: Optional[Sequence[Tensor]]) -> Tuple[Tensor, Sequence[Tensor]]:
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        if states is None:
            zeros = x.new_zeros(2, len(x), t["weight_hh"].shape[1])
            states = (zeros, zeros)
        weights = [t[name + suffix] for suffix in ("", "_reverse") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        by_length = [state.index_select(1, packed.sorted_indices) for state in states]
        y, h, c = torch.lstm(packed.data, packed.batch_sizes, by_length, weights, True, 1, 0.0, self._training, True)
        way, _ = pad_packed_sequence(
            PackedSequence(y, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices), True, total_length=x.shape[1])
        return way, [state.index_select(1, packed.unsorted_indices) for state in (h, c)]

    def attention(self, x: Tensor, t: Mapping[str, Tensor], heads: int, lengths: Tensor, dropout: float) -> Tensor:
        parts = functional.linear(x, t["in_weight"], t["in_bias"]).reshape(*x.shape[:2], 3, heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(2, 3) / query.shape[3] ** 0.5
        weights = scores.masked_fill(~self._real(x, lengths)[:, None, None, :], float("-inf")).softmax(3)
        mixed = self.dropout(weights, dropout) @ value
        return functional.linear(mixed.transpose(1, 2).reshape(x.shape), t["out_weight"], t["out_bias"])

    def token_mean(self, x: Tensor, lengths: Tensor) -> Tensor:
        real = self._real(x, lengths)[:, :, None]
        return x.masked_fill(~real, 0).sum(1) / lengths[:, None]

    def final_states(self, x: Tensor, lengths: Tensor, combined: str) -> Tensor:
        units = x.shape[2] // 2
        forward, backward = x[torch.arange(len(x), device=x.device), lengths - 1, :units], x[:, 0, units:]
        if combined == "concatenated":
            return torch.cat([forward, backward], 1)
        return (forward + backward) / (2 if combined == "mean" else 1)

    def beside(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.cat([x, y], 1)

    def behind(self, x: Tensor, y: Tensor, lengths: Tensor, others: Tensor) -> Tuple[Tensor, Tensor]:
        both = lengths + others
        position = torch.arange(int(both.max()), device=x.device)[None, :]
        from_y = (x.shape[1] + position - lengths[:, None]).clamp(0, x.shape[1] + y.shape[1] - 1)
        at = torch.where(position < lengths[:, None], position, from_y)
        return torch.cat([x, y], 1)[torch.arange(len(x), device=x.device)[:, None], at], both

    def ones(self, x: Tensor) -> Tensor:
        return torch.ones(len(x), dtype=torch.int64, device=x.device)

    @staticmethod
    def _real(x: Tensor, lengths: Tensor) -> Tensor:
        return torch.arange(x.shape[1], device=x.device) < lengths[:, None]
