"""Columns of data frames: values of factors as pandas has them, and what is missing."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from core.setting import Setting
from export.fields import modality
from export.sheet import Value


def factor(name: str, settings: Sequence[Setting]) -> "pd.Series[Any]":
    """Give a factor's modality in each setting; it is missing where the factor does not exist."""
    return column(name, [modality(s[name]) if name in s else None for s in settings])


def column(name: str, values: Sequence[Value]) -> "pd.Series[Any]":
    """Give a column; whole numbers and booleans stay what they are where others are missing."""
    known = [value for value in values if value is not None]
    if known and len(known) < len(values) and all(isinstance(value, int) for value in known):
        return pd.Series(pd.array(values), name=name)
    return pd.Series([math.nan if value is None else value for value in values], name=name)
