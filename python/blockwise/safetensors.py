"""Files of named tensors: 8 bytes length of the header, the header in JSON, the values.

Only what Blockwise writes: 32-bit floats, little-endian, row-major, one behind the other without gaps.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, Tuple

import numpy as np

from .errors import ModelError

_MOST_HEADER_BYTES = 100_000_000


def read(path: Path) -> Tuple[Dict[str, np.ndarray], Dict[str, str]]:
    """The tensors by name, in the order of the file, and the metadata.

    :return: float32 arrays of the shapes that the file says, which may be written to
    :raises ModelError: if the file breaks a rule of the format, or is longer or shorter than its header says
    """
    raw = path.read_bytes()
    if len(raw) < 8:
        raise _damaged(path, f"it has {len(raw)} bytes, fewer than the 8 it needs")
    length = int.from_bytes(raw[:8], "little")
    if length > min(len(raw) - 8, _MOST_HEADER_BYTES):
        raise _damaged(path, f"it has {len(raw)} bytes, its header alone {length}")
    table = _header(path, raw[8:8 + length])
    metadata = table.pop("__metadata__", {})
    tensors: Dict[str, np.ndarray] = {}
    at = 0
    for name, entry in sorted(table.items(), key=lambda item: _offsets(path, *item)):
        shape, (begin, end) = _shape(path, name, entry), _offsets(path, name, entry)
        wanted = at + 4 * int(np.prod(shape, dtype=np.int64))
        if (begin, end) != (at, wanted):
            raise _damaged(path, f"tensor {name} has offsets [{begin}, {end}] instead of [{at}, {wanted}]")
        if 8 + length + end > len(raw):
            break  # the file is too short, which is said below
        tensors[name] = np.frombuffer(raw, "<f4", (end - begin) // 4, 8 + length + begin).reshape(shape).astype(np.float32)
        at = end
    described = 8 + length + max((_offsets(path, *item)[1] for item in table.items()), default=0)
    if described != len(raw):
        raise _damaged(path, f"it has {len(raw)} bytes, its header describes {described}")
    return tensors, metadata


def _header(path: Path, raw: bytes) -> dict:
    try:
        table = json.loads(raw)
    except ValueError as e:
        raise _damaged(path, f"its header is not JSON: {e}") from None
    if not isinstance(table, dict):
        raise _damaged(path, "its header is no JSON object")
    return table


def _shape(path: Path, name: str, entry: dict) -> Tuple[int, ...]:
    if entry.get("dtype") != "F32":
        raise _damaged(path, f"tensor {name} has dtype {entry.get('dtype')} instead of F32")
    return _sizes(path, name, entry, "shape")


def _offsets(path: Path, name: str, entry: dict) -> Tuple[int, ...]:
    offsets = _sizes(path, name, entry, "data_offsets")
    if len(offsets) != 2:
        raise _damaged(path, f"tensor {name} has data_offsets {list(offsets)}")
    return offsets


def _sizes(path: Path, name: str, entry: dict, key: str) -> Tuple[int, ...]:
    sizes = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise _damaged(path, f"tensor {name} has {key} {sizes}")
    return tuple(sizes)


def _damaged(path: Path, fact: str) -> ModelError:
    return ModelError.cannot(f"read {path}", fact, "the file is damaged, or is not safetensors")
