"""Which scenes of TAU a training takes, and which of them it trains, validates and evaluates on."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from core.errors import DataError, UnknownName
from experiments.transcoder.clips import Array

URBAN = ("street_pedestrian", "public_square", "street_traffic", "park")
DEVICE = "a"
FIRST = 50

PARTS = ("train", "valid", "eval")
CITY_PARTS: Mapping[str, tuple[str, ...]] = {
    "train": ("london", "lyon", "milan", "paris", "stockholm", "vienna"),
    "valid": ("lisbon", "prague"),
    "eval": ("barcelona", "helsinki"),
}
SEED = 71
FEWEST = 5  # files of which a random split leaves no part empty


class Columns(Protocol):
    """Scenes of which each thing known can be had as an array, one value a file."""

    def column(self, name: str) -> Array:
        """Give `scene` or `device`, (files,)."""


def selected(scenes: Columns, dataset: str) -> Array:
    """Say of each scene whether it is in a dataset, (files,).

    `full` is all of device a, `urban` the four outdoor scenes among them, `TEST` the first 50
    scenes of any device, `synthetic` all. Selecting again changes nothing.
    Raises UnknownName for another one.
    """
    kinds, devices = scenes.column("scene"), scenes.column("device")
    masks: dict[str, Array] = {
        "full": devices == DEVICE,
        "urban": (devices == DEVICE) & np.isin(kinds, URBAN),
        "TEST": np.arange(len(devices)) < FIRST,
        "synthetic": np.full(len(devices), True),
    }
    if dataset not in masks:
        raise UnknownName("selection of scenes", dataset, masks)
    return masks[dataset]


def divide(cities: Sequence[str] | Array, split: str) -> Array:
    """Say of each file whether it is in the part `train`, `valid` or `eval`.

    `city` puts whole cities into a part. `random`, as published, draws files: first 75 % to train
    on, rounded down, then of the rest the first half, rounded down, to validate on. It puts the
    same places into several parts.
    Raises UnknownName for another split, and DataError where a part is left empty.
    """
    ways = {"city": _by_city, "random": _at_random}
    if split not in ways:
        raise UnknownName("split", split, ways)
    parts = ways[split](cities)
    empty = [part for part in PARTS if part not in parts]
    if empty:
        lacking = " and ".join(f"{part} ({', '.join(CITY_PARTS[part])})" for part in empty)
        takes = f"files of {lacking}" if split == "city" else f"{FEWEST} files"
        raise DataError(f"split={split} leaves a part of {len(cities)} files empty; give {takes}")
    return parts


def _by_city(cities: Sequence[str] | Array) -> Array:
    part_of = {city: part for part, known in CITY_PARTS.items() for city in known}
    return np.array([part_of[city] for city in cities])


def _at_random(cities: Sequence[str] | Array) -> Array:
    if len(cities) < FEWEST:
        return np.array([])
    from sklearn.model_selection import train_test_split  # takes a second to load

    files = np.arange(len(cities))
    train, rest = train_test_split(files, train_size=0.75, random_state=SEED)
    valid, _ = train_test_split(rest, train_size=0.5, random_state=SEED)
    parts = np.full(len(cities), "eval", dtype="<U5")
    parts[train], parts[valid] = "train", "valid"
    return parts
