"""Records read without Sonoplan: by json, zipfile and numpy alone."""

import io
import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile, ZipFile

import numpy as np

ARCHIVE = "records.zip"
Files: TypeAlias = Mapping[str, bytes]


def records(results: Path) -> Iterator[tuple[str, Files]]:
    """Give the files of every record by "experiment/stage/id", from its folder or the archive."""
    for stage in sorted(path for path in results.glob("[!.]*/*") if path.is_dir()):
        loose = {path.name for path in stage.glob("[!.]*") if path.is_dir()}
        for task_id in sorted(loose):
            yield _key(stage, task_id), in_folder(stage / task_id)
        if (stage / ARCHIVE).exists():
            for task_id, files in _archived(stage / ARCHIVE).items():
                if task_id not in loose:
                    yield _key(stage, task_id), files


def in_folder(folder: Path) -> Files:
    """Read the files of a record's folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def trouble(key: str, files: Files) -> str:
    """Say what keeps a record from being whole; empty for one that is."""
    try:
        meta = json.loads(files["record.json"])
        arrays = read_arrays(files)
    except (KeyError, ValueError, EOFError, OSError, BadZipFile) as error:
        return f"{type(error).__name__}: {error}"
    _, stage, task_id = key.split("/")
    if (meta["stage"], meta["id"]) != (stage, task_id):
        return f"it says of itself that it is {meta['stage']} {meta['id']}"
    missing = {*meta["arrays"]} ^ {*arrays}
    return f"arrays {sorted(missing)} are named or there, not both" if missing else ""


def read_arrays(files: Files) -> dict[str, np.ndarray[Any, Any]]:
    """Read all arrays of a record."""
    found = {
        name.removesuffix(".npy"): np.load(io.BytesIO(content), allow_pickle=False)
        for name, content in files.items()
        if name.endswith(".npy") and "/" not in name
    }
    if "arrays.npz" in files:
        with np.load(io.BytesIO(files["arrays.npz"]), allow_pickle=False) as small:
            found |= {name: small[name] for name in small.files}
    return found


def digest(files: Files) -> str:
    """Sum up a record's files; time and process of its making are among them."""
    found = blake2b()
    for name in sorted(files):
        found.update(f"{name} {len(files[name])} ".encode() + files[name])
    return found.hexdigest()


def distance(ours: Files, reference: Files) -> float:
    """Give the largest difference between the arrays of two records, infinite between shapes.

    Relative to the largest magnitude of each array, or absolute where that is below 1.
    """
    mine, other = read_arrays(ours), read_arrays(reference)
    if mine.keys() != other.keys():
        return np.inf
    return max((_difference(mine[name], other[name]) for name in mine), default=0.0)


def _difference(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    if a.shape != b.shape or a.dtype != b.dtype:
        return np.inf
    if a.dtype.kind not in "fc":
        return 0.0 if np.array_equal(a, b) else np.inf
    if np.array_equal(a, b, equal_nan=True):
        return 0.0
    if not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return np.inf
    scale = max(1.0, float(np.abs(b[np.isfinite(b)]).max()))
    return float(np.nanmax(np.abs(a - b))) / scale


def _archived(archive: Path) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    with ZipFile(archive) as file:
        for name in file.namelist():
            task_id, slash, inside = name.partition("/")
            if slash:
                found.setdefault(task_id, {})[inside] = file.read(name)
    return found


def _key(stage: Path, task_id: str) -> str:
    return f"{stage.parent.name}/{stage.name}/{task_id}"
