"""The classes that YAMNet tells.

`class_map.csv` is Google's own list of them (tensorflow/models, research/audioset/yamnet; Apache
License 2.0), unchanged: the index of a score, the class's id in the AudioSet ontology, its name.
"""

import csv
from functools import cache
from pathlib import Path


@cache
def class_names() -> tuple[str, ...]:
    """Give the 521 names of AudioSet classes, in the order of the scores."""
    with Path(__file__).with_name("class_map.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["display_name"] for row in csv.DictReader(file))
