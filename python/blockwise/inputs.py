"""What a network reads: made of raw values, and checked."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple, Union

import numpy as np

from .artifact import Artifact
from .description import Description
from .errors import ModelError
from .text import Encoder

Inputs = Union[Any, Mapping[str, Any]]
"""The values of the main field, or those of several fields by name."""


def by_field(description: Description, inputs: Inputs) -> Dict[str, Any]:
    """Values by field, the main one first; what no block reads is refused."""
    fields = dict(inputs) if isinstance(inputs, Mapping) else {description.main: inputs}
    for name in fields:
        if name not in description.fields:
            raise ModelError.cannot(f"read a field {name}", f"the model reads {', '.join(description.fields)}", "leave it out")
    if description.main not in fields:
        raise ModelError.cannot(f"read rows without {description.main}", f"they have {', '.join(fields) or 'no field'}",
                                "it is what the first block reads")
    return fields


def require_block(description: Description, block: Any) -> int:
    """The block that is asked, from 1; None is the last one."""
    count = len(description.blocks)
    if block is None:
        return count
    if isinstance(block, bool) or not isinstance(block, (int, np.integer)) or not 1 <= block <= count:
        raise ModelError.cannot(f"answer with block {block}", f"the model has {count} blocks", f"must be from 1 to {count}")
    return int(block)


def require_fields(description: Description, fields: Mapping[str, Any], block: int) -> None:
    """Refuses rows that lack a field which a block up to this one reads."""
    for before, spec in enumerate(description.blocks[:block]):
        for side in spec["sides"]:
            if side["field"] not in fields:
                raise ModelError.cannot(
                    f"answer with block {block}", f"block {before + 1} reads field {side['field']}, which the rows do not have",
                    f"give it, or ask block {before} or an earlier one")


def require_shape(description: Description, name: str, shape: Sequence[int]) -> None:
    """Refuses values that are no rows of such a field."""
    wanted = description.shapes[name]
    if description.fields[name]["kind"] == "tokens":
        if len(shape) == 2 and 1 <= shape[1] <= wanted[0]:
            return
        needed = f"[rows, positions] of at most {wanted[0]} ids"
    else:
        if tuple(shape[1:]) == wanted:
            return
        needed = "[rows, " + ", ".join(map(str, wanted)) + "]"
    raise ModelError.cannot(f"read field {name}", f"its values have shape {list(shape)}", f"must be {needed}")


def checked(description: Description, name: str, values: Any) -> np.ndarray:
    """Values of a field as an array of the type that a network reads: float32, or int64 of ids."""
    array = np.asarray(values)
    require_shape(description, name, array.shape)
    if description.fields[name]["kind"] == "tokens":
        return _ids(name, array, description.shapes[name][1])
    if array.dtype.kind != "f":
        raise ModelError.cannot(f"read field {name}", f"its values are {array.dtype}", "must be floats, as prepare makes them")
    return np.ascontiguousarray(array, np.float32)


def _ids(name: str, ids: np.ndarray, vocabulary: int) -> np.ndarray:
    if ids.dtype.kind not in "iu":
        raise ModelError.cannot(f"read field {name}", f"its values are {ids.dtype}", "must be ids, as prepare makes them")
    if ids.size and not 0 <= ids.min() <= ids.max() < vocabulary:
        raise ModelError.cannot(f"read field {name}", f"its ids are from {ids.min()} to {ids.max()}",
                                f"must be from 0 to {vocabulary - 1}")
    real = ids != 0
    if (~real[:, :1]).any() or (real[:, 1:] & ~real[:, :-1]).any():
        raise ModelError.cannot(f"read field {name}", "a row has no id, or one behind padding",
                                "0 is padding, behind a text's end only")
    return ids.astype(np.int64)


class Preparation:
    """Makes inputs of raw values, with what an artifact says of its fields."""

    def __init__(self, artifact: Artifact):
        self._description = artifact.description
        self._encoders = {name: Encoder(artifact.description.fields[name], words)
                          for name, words in artifact.vocabularies.items()}

    def of(self, raw: Inputs) -> Union[np.ndarray, Dict[str, np.ndarray]]:
        """As :meth:`blockwise.Model.prepare` says."""
        fields = by_field(self._description, raw)
        prepared = {name: self._field(name, values) for name, values in fields.items()}
        rows = {name: len(values) for name, values in prepared.items()}
        if len(set(rows.values())) > 1:
            raise ModelError.cannot("read rows", f"its fields have {rows} values", "must be as many of each")
        return prepared if isinstance(raw, Mapping) else prepared[self._description.main]

    def _field(self, name: str, values: Any) -> np.ndarray:
        kind = self._description.fields[name]["kind"]
        if kind == "tokens":
            return self._texts(name, values)
        array = np.asarray(values)
        require_shape(self._description, name, array.shape)
        return self._images(name, array) if kind == "image" else self._numbers(name, array)

    def _texts(self, name: str, texts: Any) -> np.ndarray:
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise ModelError.cannot(f"read field {name}", "its values are no texts", "must be a list of strings")
        ids: List[List[int]] = [self._encoders[name].ids(text) for text in texts]
        padded = np.zeros((len(ids), max(map(len, ids), default=1)), np.int64)
        for row, values in zip(padded, ids):
            row[:len(values)] = values
        return padded

    def _images(self, name: str, pixels: np.ndarray) -> np.ndarray:
        if pixels.dtype != np.uint8:
            raise ModelError.cannot(f"prepare field {name}", f"its values are {pixels.dtype}", "must be bytes of pixels, uint8")
        mean, std = self._statistics(name, (-1, 1, 1))
        return ((pixels / self._description.pixel_divisor - mean) / std).astype(np.float32)

    def _numbers(self, name: str, numbers: np.ndarray) -> np.ndarray:
        field = self._description.fields[name]
        gaps = np.isnan(numbers) if field.get("missing_as_mean") and numbers.dtype.kind == "f" else False
        if numbers.dtype.kind not in "fiu" or not (np.isfinite(numbers) | gaps).all():
            raise ModelError.cannot(f"prepare field {name}", "a value is no finite number",
                                    "give one for each of " + ", ".join(field["columns"]))
        mean, std = self._statistics(name, (-1,))
        return np.where(gaps, 0, (numbers - mean) / std).astype(np.float32)

    def _statistics(self, name: str, shape: Tuple[int, ...]) -> Tuple[np.ndarray, np.ndarray]:
        field = self._description.fields[name]
        return np.reshape(field["mean"], shape), np.reshape(field["std"], shape)
