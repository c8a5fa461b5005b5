"""The files of a published model: which version, whether they are whole, and what they hold."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np

from . import safetensors
from .description import Description, parse
from .errors import ModelError

_MANIFEST_FORMAT = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Artifact(NamedTuple):
    """A version as its files say.

    :ivar version: id of the run that trained it
    :ivar vocabularies: of every field of texts the word of every id, the first two of which are none
    :ivar blocks: of every block the tensors by name, first the parameters, then the running statistics
    :ivar parameters: how many of each block's tensors are parameters
    :ivar metrics: ``metrics.json``
    """

    version: str
    description: Description
    vocabularies: Dict[str, List[str]]
    blocks: List[Dict[str, np.ndarray]]
    parameters: List[int]
    metrics: Dict[str, Any]


def read(path: Path) -> Artifact:
    """Reads the published version of a folder with ``LATEST``, or a version's own folder, once its checksums agree.

    :raises ModelError: if there is none, or its files are missing, altered, or of a format that this package does not know
    """
    folder = _version(path)
    files = _verified(folder)
    provenance = _json(folder, "provenance.json", files)
    try:
        description = parse(_json(folder, "model.json", files))
    except ValueError as e:
        if isinstance(e, ModelError):
            raise
        writer = f"Blockwise {provenance.get('blockwise', 'of another version')} wrote it"
        raise ModelError.cannot(f"read {folder / 'model.json'}", e, f"{writer}: use a newer package, or restore the file") from None
    blocks, counts = [], []
    for number in range(1, len(description.blocks) + 1):
        tensors, count = _block(_listed(folder, f"block-{number:02}.safetensors", files))
        blocks.append(tensors)
        counts.append(count)
    vocabularies = {
        name: _words(_listed(folder, "vocabulary.txt" if name == description.main else f"{name}.vocabulary.txt", files),
                     field["vocabulary_size"])
        for name, field in description.fields.items() if field["kind"] == "tokens"}
    return Artifact(folder.name, description, vocabularies, blocks, counts, _json(folder, "metrics.json", files))


def _version(path: Path) -> Path:
    latest = path / "LATEST"
    if not latest.is_file():
        if (path / "model.json").is_file():
            return path
        raise ModelError.cannot("read a model", f"{latest} does not exist",
                                "give the folder with LATEST, or that of one version with model.json")
    name = latest.read_bytes().decode("utf-8", "replace").strip()
    if not _NAME.fullmatch(name):
        raise ModelError.cannot(f"read {latest}", f"it holds {name[:40]!r} instead of a run-id", "give the folder of a version")
    if not (path / "versions" / name).is_dir():
        raise ModelError.cannot("read a model", f"{latest} names version {name}, which does not exist",
                                "give the folder of a version")
    return path / "versions" / name


def _verified(folder: Path) -> Dict[str, Dict[str, Any]]:
    """The manifest's entries by name, after the size and checksum of each file were compared with it."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise _unreadable(folder, f"{path} does not exist", "the version was never completed: train again")
    manifest = _parsed(path)
    version = manifest.get("format_version")
    if version != _MANIFEST_FORMAT:
        raise _unreadable(folder, f"{path} has format version {version}", f"this package reads {_MANIFEST_FORMAT}")
    entries = manifest.get("files")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and _NAME.fullmatch(str(entry.get("name")))
                                                for entry in entries):
        raise _unreadable(folder, f"{path} lists no files", "restore the file, or publish another version")
    for entry in entries:
        _verify(folder, entry)
    return {entry["name"]: entry for entry in entries}


def _verify(folder: Path, entry: Dict[str, Any]) -> None:
    path, digest, size = folder / entry["name"], hashlib.sha256(), 0
    if not path.is_file():
        raise _unreadable(folder, f"{path} is missing", "restore the file, or publish another version")
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
            size += len(piece)
    if (size, digest.hexdigest()) != (entry.get("bytes"), entry.get("sha256")):
        raise _unreadable(
            folder,
            f"{path} has {size} bytes and SHA-256 {digest.hexdigest()}, the manifest says {entry.get('bytes')} bytes and SHA-256 "
            f"{entry.get('sha256')}",
            "restore the file, or publish another version")


def _listed(folder: Path, name: str, files: Dict[str, Dict[str, Any]]) -> Path:
    if name not in files:
        raise _unreadable(folder, f"the manifest does not list {name}", "publish another version")
    return folder / name


def _json(folder: Path, name: str, files: Dict[str, Dict[str, Any]]) -> Dict[str, Any]:
    return _parsed(_listed(folder, name, files))


def _parsed(path: Path) -> Dict[str, Any]:
    try:
        parsed = json.loads(path.read_bytes())
    except ValueError as e:
        raise ModelError.cannot(f"read {path}", f"it is not JSON: {e}", "restore the file") from None
    if not isinstance(parsed, dict):
        raise ModelError.cannot(f"read {path}", "it is no JSON object", "restore the file")
    return parsed


def _block(path: Path) -> Tuple[Dict[str, np.ndarray], int]:
    tensors, metadata = safetensors.read(path)
    count = str(metadata.get("parameter_tensors", "none"))
    if not count.isdecimal() or int(count) > len(tensors):
        raise ModelError.cannot(f"read {path}", f"its metadata names {count} parameter tensors of {len(tensors)}",
                                "it was not written by Blockwise")
    return tensors, int(count)


def _words(path: Path, count: int) -> List[str]:
    words = path.read_bytes().decode("utf-8").split("\n")[:-1]
    if len(words) != count:
        raise ModelError.cannot(f"read {path}", f"it has {len(words)} lines", f"the vocabulary must have {count}")
    return words


def _unreadable(folder: Path, fact: str, remedy: str) -> ModelError:
    return ModelError.cannot(f"read model version {folder.name}", fact, remedy)
