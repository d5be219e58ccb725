"""The training behind a record."""

from core import Record
from core.errors import DataError


def training_of(record: Record, stage: str) -> Record:
    """Find the training that a record is of, or that what it holds was computed with.

    Raises DataError where it is neither, RecordError where the training is gone.
    """
    of = record.meta["stage"]
    if of == stage:
        return record
    if stage not in record.meta["needs"]:
        raise DataError(f"{record.path} is a record of the stage {of!r}, with no trained network")
    return record.needed(stage)
