"""The classes of AudioSet that PANNs tell apart.

`labels.csv` beside this file lists them in the order of the networks' output, as published with
PANNs (MIT licence). Identifiers and names are those of Google's AudioSet ontology, CC BY 4.0
(Gemmeke et al., ICASSP 2017).
"""

import csv
from functools import cache
from pathlib import Path


@cache
def class_names() -> tuple[str, ...]:
    """The 527 display names, "Speech" first."""
    with Path(__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["display_name"] for row in csv.DictReader(file))
