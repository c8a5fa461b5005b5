"""A published model that answers, whatever library it computes with."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

import numpy as np

from .artifact import Artifact
from .errors import ModelError
from .inputs import Inputs, Preparation, by_field, checked, require_block, require_fields
from .network import Network, reach
from .numpy_layers import NumpyLayers


class Model:
    """A model read from its files; :func:`blockwise.load` makes one.

    Blocks are numbered from 1. Inputs are the values of the main field, or those of several fields by name where blocks read
    further ones:

    * images: float32 ``[rows, channels, height, width]``, normalised
    * texts: int64 ids ``[rows, positions]``, 0 behind a text's end
    * numbers: float32 ``[rows, columns]``, standardised

    :meth:`prepare` makes them of pixels, strings and raw numbers.

    :ivar name: of the model
    :ivar version: id of the run that trained it
    :ivar classes: their names, in the order of the scores
    :ivar blocks: how many there are
    :ivar fields: how a raw value of each field becomes an input, by name, the main one first
    :ivar shapes: shape of one row of each field; of texts ``(most positions, vocabulary)``
    :ivar metrics: ``metrics.json``: what every block reached, and what it took
    """

    def __init__(self, artifact: Artifact):
        self._description = artifact.description
        self._preparation = Preparation(artifact)
        self.name: str = artifact.description.name
        self.version: str = artifact.version
        self.classes: List[str] = artifact.description.classes
        self.blocks: int = len(artifact.description.blocks)
        self.fields: Dict[str, Dict[str, Any]] = artifact.description.fields
        self.shapes: Dict[str, Tuple[int, ...]] = artifact.description.shapes
        self.metrics: Dict[str, Any] = artifact.metrics

    def prepare(self, raw: Inputs) -> Union[np.ndarray, Dict[str, np.ndarray]]:
        """Makes inputs of raw values, as the rows of training were made.

        Images are uint8 ``[rows, channels, height, width]`` of the model's size and become ``(pixel / 255 - mean) / std``. Texts
        are a list of strings, which are cleaned, cut into tokens, cut off and looked up. Numbers ``[rows, columns]`` become
        ``(value - mean) / std``, and NaN the mean where the model was trained with missing ones.

        :param raw: values of the main field, or those of several fields by name
        :return: the same, as inputs
        """
        return self._preparation.of(raw)

    def predict_scores(self, inputs: Inputs, block: Optional[int] = None, batch_size: int = 64) -> np.ndarray:
        """Class scores in inference, before any softmax.

        :param inputs: any number of rows
        :param block: the block whose exit answers; None for the last one, the full path. Those behind it do not compute
        :param batch_size: rows that are computed together; of texts those of about one length
        :return: float32 ``[rows, classes]``
        :raises ModelError: if there is no such block, or the inputs have another shape, or lack a field that it reads
        """
        number = require_block(self._description, block)
        fields = {name: checked(self._description, name, values) for name, values in by_field(self._description, inputs).items()}
        require_fields(self._description, fields, number)
        rows = len(fields[self._description.main])
        if any(len(values) != rows for values in fields.values()):
            raise ModelError.cannot("answer rows", f"fields have {[len(values) for values in fields.values()]} values",
                                    "must be as many of each")
        scores = np.zeros((rows, len(self.classes)), np.float32)
        order = np.argsort(self._lengths(fields, rows), kind="stable")
        for start in range(0, rows, batch_size):
            some = order[start:start + batch_size]
            scores[some] = self._scores({name: self._cut(name, values[some]) for name, values in fields.items()}, number)
        return scores

    def predict_probabilities(self, inputs: Inputs, block: Optional[int] = None, batch_size: int = 64) -> np.ndarray:
        """Probabilities of the classes: softmax of the scores over the exit's temperature, float32 ``[rows, classes]``.

        Arguments are those of :meth:`predict_scores`. The model's rule of leaving early is not followed: ``block`` says.
        """
        number = require_block(self._description, block)
        scores = self.predict_scores(inputs, number, batch_size) / np.float32(self._description.temperatures[number - 1])
        weights = np.exp(scores - scores.max(1, keepdims=True, initial=-np.inf))
        return weights / weights.sum(1, keepdims=True)

    def _lengths(self, fields: Mapping[str, np.ndarray], rows: int) -> np.ndarray:
        texts = [(values != 0).sum(1) for name, values in fields.items() if self._is_text(name)]
        return np.max(texts, axis=0) if texts else np.zeros(rows)

    def _cut(self, name: str, values: np.ndarray) -> np.ndarray:
        return values[:, :(values != 0).sum(1).max()] if self._is_text(name) else values

    def _is_text(self, name: str) -> bool:
        return self.fields[name]["kind"] == "tokens"

    def _scores(self, fields: Mapping[str, np.ndarray], block: int) -> np.ndarray:
        raise NotImplementedError


class NumpyModel(Model):
    """A model that computes with NumPy, in inference alone.

    :ivar tensors: of every block, by their names in its file
    """

    def __init__(self, artifact: Artifact):
        super().__init__(artifact)
        self.tensors: List[Dict[str, np.ndarray]] = artifact.blocks
        self._network = Network(artifact.description, NumpyLayers())

    def forward(self, x: Inputs, block: Optional[int] = None) -> np.ndarray:
        """:meth:`predict_scores`, by the name that it has in PyTorch; so is calling the model."""
        return self.predict_scores(x, block)

    __call__ = forward

    def block(self, number: int) -> "Shortcut":
        """The shortcut through the exit of a block, from 1: called with inputs it gives class scores."""
        return Shortcut(self, require_block(self._description, number))

    def _scores(self, fields: Mapping[str, np.ndarray], block: int) -> np.ndarray:
        return self._network.scores(self.tensors[:reach(self._description, block)], fields, block)


class Shortcut:
    """The blocks of a model up to one, and the exit of that."""

    def __init__(self, model: NumpyModel, number: int):
        self._model = model
        self.number = number

    def forward(self, x: Inputs) -> np.ndarray:
        """Class scores ``[rows, classes]``."""
        return self._model.predict_scores(x, self.number)

    __call__ = forward
