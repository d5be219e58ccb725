"""A program that says whether torch and what is built on it can be imported, and what it sees.

It runs in a process of its own, since an import may abort, and a driver hang. A line of JSON for
each step, as soon as it is done: `{STEP: {…}}`, with "fault" where it failed.
"""

import json
import sys
import warnings
from importlib import import_module
from typing import Any

STEPS = ("torch", "gpus", "torchaudio", "torchvision")
PACKAGES = tuple(step for step in STEPS if step != "gpus")


def main() -> None:
    """Take the steps; without torch there are no others."""
    for step in STEPS:
        try:
            found = gpus(import_module("torch")) if step == "gpus" else imported(step)
        except Exception as error:  # an import can fail in any way
            found = {"fault": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps({step: found}) + "\n")
        sys.stdout.flush()
        if step == "torch" and "fault" in found:
            break


def imported(package: str) -> dict[str, Any]:
    """Import a package; gives its version."""
    return {"version": str(import_module(package).__version__)}


def gpus(torch: Any) -> dict[str, Any]:  # noqa: ANN401 - this room does not import torch
    """Compute something on each CUDA device; gives what torch says where it sees none."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        devices = [_device(torch, index) for index in range(count)]
    return {
        "cuda": torch.version.cuda,
        "devices": devices,
        "warnings": [str(warning.message) for warning in told],
    }


def _device(torch: Any, index: int) -> dict[str, Any]:  # noqa: ANN401 - as above
    known = torch.cuda.get_device_properties(index)
    found = {"name": known.name, "bytes": known.total_memory, "fault": ""}
    try:
        torch.ones(2, device=f"cuda:{index}").sum().item()
    except RuntimeError as error:
        found["fault"] = str(error).partition("\n")[0]
    return found


if __name__ == "__main__":
    main()
