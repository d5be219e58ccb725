"""Finds functions by dotted path, so that plans name code that they do not import."""

import importlib
from collections.abc import Callable
from typing import Any, cast

from core.errors import PlanError, suggest


def find_function(dotted: str) -> Callable[..., Any]:
    """Import `package.module:function`; raises PlanError where there is none of that name."""
    module_name, _, name = dotted.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        # What the module itself imports in vain is a matter of its own, and stays visible.
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        file = f"{module_name.replace('.', '/')}.py"
        raise PlanError(f"{dotted} is not there; write it in {file}, as `def {name}(…)`") from None
    found = getattr(module, name, None)
    if not callable(found):
        public = [n for n in vars(module) if not n.startswith("_")]
        raise PlanError(f"{module_name} has no function {name!r}; {suggest(name, public)}")
    return cast(Callable[..., Any], found)
