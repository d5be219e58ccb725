"""The files of a new experiment, from templates in which NAME stands for its name."""

from collections.abc import Mapping
from pathlib import Path

from core.errors import ConfigError

TEMPLATES = Path(__file__).parent / "templates"
_ENDING = ".txt"  # a template is no module: it imports what is not there


def files(name: str) -> dict[str, str]:
    """Give the text of each file, by its path in the project."""
    found = {}
    for path in sorted(TEMPLATES.rglob(f"*{_ENDING}")):
        target = path.relative_to(TEMPLATES).as_posix().removesuffix(_ENDING)
        text = path.read_text(encoding="utf-8").replace("NAME", name)
        found[target.replace("NAME", name)] = _sort_imports(text)
    return found


def write(texts: Mapping[str, str], root: Path) -> list[Path]:
    """Write files below the project's folder, all or none, and none over another.

    Raises ConfigError where one is there, or cannot be written.
    """
    paths = [root / name for name in texts]
    if there := [path for path in paths if path.exists()]:
        raise ConfigError(f"{there[0]} is there, and is not overwritten; choose another name")
    written = []
    try:
        for path, text in zip(paths, texts.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink()
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}); Sonoplan keeps experiments beside its "
            "code, and must be a clone that you may write to"
        ) from error
    return written


def _sort_imports(text: str) -> str:
    """Put the imports from experiments in order: where the name's own stand depends on it."""
    lines = text.splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if line.startswith("from experiments.")]
    ordered = sorted(lines[i] for i in places)
    for place, line in zip(places, ordered, strict=True):
        lines[place] = line
    return "".join(lines)
