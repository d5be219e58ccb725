"""A frozen copy of the code: what jobs run, whatever is edited while they wait."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from core.provenance import PROJECT

# What is larger is no code.
LARGEST = 1 << 20


def freeze(folder: Path, project: Path = PROJECT) -> Path:
    """Copy the project's packages to `<folder>/<name of their content>`, once."""
    target = folder / code_name(project)
    if target.is_dir():
        return target
    part = folder / f".{target.name}.{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    for name, path in _files(project):
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part / name)
    part.rename(target)
    return target


def code_name(project: Path = PROJECT) -> str:
    """Name the project's packages by their content, in 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, path in _files(project):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def import_path(frozen: Path, project: Path = PROJECT) -> list[str]:
    """Where jobs import from: the copy, then what the submitting program imports from besides.

    The project itself and what belongs to the interpreter are left out.
    """
    interpreter = (Path(sys.prefix), Path(sys.base_prefix))
    found = [str(frozen)]
    for entry in filter(None, sys.path):
        path = Path(entry).resolve()
        ours = path == project or any(path.is_relative_to(folder) for folder in interpreter)
        if path.is_dir() and not ours:
            found.append(str(path))
    return list(dict.fromkeys(found))


def _files(project: Path) -> Iterator[tuple[str, Path]]:
    """Find the files of every package that lies in the project, by their path in it."""
    packages = sorted(file.parent for file in project.glob("*/__init__.py"))
    for package in packages:
        for path in sorted(package.rglob("*")):
            if path.suffix != ".pyc" and path.is_file() and path.stat().st_size <= LARGEST:
                yield path.relative_to(project).as_posix(), path
