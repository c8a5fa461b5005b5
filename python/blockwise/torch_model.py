"""A published model as a ``torch.nn.Module``."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

import numpy as np
import torch
from torch import Tensor, nn

from .artifact import Artifact
from .description import Description
from .inputs import Inputs, by_field, require_block, require_fields, require_shape
from .model import Model
from .network import Network, reach
from .torch_layers import TorchLayers


class _Tensors(nn.Module):
    """Tensors under their names, whose parts are modules: ``layers.0.weight`` is ``weight`` of ``0`` of ``layers``."""

    def __init__(self, tensors: Mapping[str, np.ndarray], parameters: int):
        """
        :param parameters: how many of the tensors are trained, the first ones; the others are buffers
        """
        super().__init__()
        for i, (name, values) in enumerate(tensors.items()):
            *path, last = name.split(".")
            module = self
            for part in path:
                if part not in module._modules:
                    module.add_module(part, _Tensors({}, 0))
                module = module._modules[part]
            if i < parameters:
                module.register_parameter(last, nn.Parameter(torch.from_numpy(values)))
            else:
                module.register_buffer(last, torch.from_numpy(values))

    def by_name(self) -> Dict[str, Tensor]:
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}


class _Path(nn.Module):
    """Blocks of a model, and how they answer."""

    def __init__(self, description: Description, blocks: List[_Tensors]):
        nn.Module.__init__(self)
        self._description = description
        for number, tensors in enumerate(blocks, 1):
            self.add_module(f"block-{number:02}", tensors)

    def _tensors(self, number: int) -> _Tensors:
        return self._modules[f"block-{number:02}"]

    def _answer(self, x: Inputs, block: int) -> Tensor:
        fields = {name: self._input(name, values) for name, values in by_field(self._description, x).items()}
        require_fields(self._description, fields, block)
        blocks = [self._tensors(number).by_name() for number in range(1, reach(self._description, block) + 1)]
        return Network(self._description, TorchLayers(self.training)).scores(blocks, fields, block)

    def _input(self, name: str, values: Any) -> Tensor:
        weight = next(self.parameters())
        kind = torch.int64 if self._description.fields[name]["kind"] == "tokens" else weight.dtype
        tensor = torch.as_tensor(values).to(weight.device, kind)
        require_shape(self._description, name, tensor.shape)
        return tensor


class TorchModel(_Path, Model):
    """A model that computes with PyTorch, and that PyTorch can train.

    ``state_dict`` has the tensors under the names of their files and within them, as ``block-01.layers.0.weight``: parameters are
    parameters, running statistics are buffers. It comes in the mode ``eval``. In ``train`` dropout drops and batch norm reads its
    batch; gradients go through all blocks. What only a block's own loss needs (``head``, ``encoder``) is there and gets none.
    """

    def __init__(self, artifact: Artifact):
        blocks = [_Tensors(tensors, count) for tensors, count in zip(artifact.blocks, artifact.parameters)]
        _Path.__init__(self, artifact.description, blocks)
        Model.__init__(self, artifact)
        self.eval()

    def forward(self, x: Inputs, block: Optional[int] = None) -> Tensor:
        """Class scores ``[rows, classes]``.

        :param x: inputs as :class:`~blockwise.model.Model` says, tensors or arrays; they go to the parameters' device
        :param block: the block whose exit answers; None for the last one, the full path
        """
        return self._answer(x, require_block(self._description, block))

    def block(self, number: int) -> "TorchShortcut":
        """The shortcut through the exit of a block, from 1: a module with this model's own blocks up to that one."""
        number = require_block(self._description, number)
        blocks = [self._tensors(k) for k in range(1, reach(self._description, number) + 1)]
        return TorchShortcut(self._description, blocks, number).train(self.training)

    def _scores(self, fields: Mapping[str, np.ndarray], block: int) -> np.ndarray:
        training = self.training
        self.eval()
        try:
            with torch.no_grad():
                return self(fields, block).float().cpu().numpy()
        finally:
            self.train(training)


class TorchShortcut(_Path):
    """The blocks of a model up to one, whose weights they share, and the exit of that."""

    def __init__(self, description: Description, blocks: List[_Tensors], number: int):
        super().__init__(description, blocks)
        self.number = number

    def forward(self, x: Inputs) -> Tensor:
        """Class scores ``[rows, classes]``."""
        return self._answer(x, self.number)
