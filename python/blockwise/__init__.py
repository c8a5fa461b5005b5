"""Opens models that Blockwise published, with NumPy alone or as PyTorch modules.

    >>> model = blockwise.load("out/models/quickstart")
    >>> model.predict_scores(model.prepare(images))            # uint8 [rows, 3, 32, 32] -> float32 [rows, classes]
    >>> model.predict_scores(model.prepare(images), block=1)   # the shortcut through the exit of the first block
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Optional, Union

from . import artifact as _artifact
from .errors import ModelError
from .model import Model, NumpyModel, Shortcut

__all__ = ["Model", "ModelError", "NumpyModel", "Shortcut", "load"]


def load(path: Union[str, "os.PathLike[str]"], framework: Optional[str] = None) -> Model:
    """Opens a model, after the size and checksum of each of its files were compared with its manifest.

    :param path: the folder with ``LATEST``, whose published version is read, or the folder of one version
    :param framework: ``"numpy"``, ``"torch"``, or None for torch where it is installed
    :return: a :class:`NumpyModel`, or a :class:`blockwise.torch_model.TorchModel`, which is a ``torch.nn.Module``
    :raises ModelError: if there is no model, or it is damaged, or of a format that this package does not read
    """
    if framework not in (None, "numpy", "torch"):
        raise ModelError.cannot(f"compute with {framework}", "it is no framework of this package", "must be numpy or torch")
    has_torch = importlib.util.find_spec("torch") is not None
    if framework == "torch" and not has_torch:
        raise ModelError.cannot("compute with torch", "it is not installed", "install it, or use framework=\"numpy\"")
    files = _artifact.read(Path(path))
    if framework == "numpy" or not has_torch:
        return NumpyModel(files)
    from .torch_model import TorchModel  # only where it is asked for: it takes seconds
    return TorchModel(files)
