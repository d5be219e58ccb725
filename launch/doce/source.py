"""Runs the user's file, whichever doce it was written for, and reads what it declares."""

import runpy
import sys
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from pathlib import Path

from core.errors import ConfigError, DataError, SonoplanError
from launch.doce import module, script
from launch.doce.old import OldExperiment


def read(path: Path) -> OldExperiment:
    """Read an experiment of doce from a Python file.

    Raises ConfigError where the file needs doce and it is not installed, DataError where the file
    declares nothing, or something that Sonoplan cannot hold.
    """
    if path.suffix != ".py" or not path.is_file():
        raise DataError(f"{path} is no Python file; give the script of the experiment")
    path = path.resolve()
    with _as_in(path):
        # Not as __main__: what stands under that name starts computing.
        found = runpy.run_path(str(path), run_name=path.stem)
        if module.declared(found):
            return module.read(found, path)
        if callable(found.get("set")):
            return script.read(found, path)
    raise DataError(
        f"{path} declares no experiment: a script for doce 0.1 defines set(experiment); for newer "
        "versions write a file with plans = {'name': {'factor': [...]}} (docs/doce.md shows one)"
    )


@contextmanager
def _as_in(path: Path) -> Iterator[None]:
    """Be where doce 0.1 had to be started, beside the script; what fails there is the script."""
    sys.path.insert(0, str(path.parent))
    try:
        # Standard output is for results of ours.
        with chdir(path.parent), redirect_stdout(sys.stderr), warnings.catch_warnings():
            # When doce 0.1 is compiled Python complains about the backslashes of its docstrings.
            warnings.filterwarnings("ignore", "invalid escape sequence|.* is an invalid escape")
            yield
    except SonoplanError:
        raise
    except ModuleNotFoundError as error:
        if error.name != "doce":
            raise _failed(path, error) from error
        raise ConfigError(
            f"{path} is written for doce, which is not installed here; it is an optional extra of "
            'Sonoplan: pip install -e ".[doce]"'
        ) from error
    except (Exception, SystemExit) as error:
        raise _failed(path, error) from error
    finally:
        sys.path.remove(str(path.parent))


def _failed(path: Path, error: BaseException) -> DataError:
    return DataError(
        f"{path} cannot be run: {type(error).__name__}: {error}. Only doce 0.1 can be installed; "
        "for an experiment of a newer version write a file with its plans (docs/doce.md shows one)"
    )
