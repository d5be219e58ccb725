"""The five folds of patients that the field shares.

Published with RespireNet (Gairola et al., 2021, github.com/microsoft/RespireNet): no patient is in
two of them, so that none trains and tests.
"""

from typing import Any, TypeAlias

import numpy as np

from core.errors import DataError, UnknownName

Column: TypeAlias = np.ndarray[Any, np.dtype[Any]]

FOLDS = (
    (
        *(107, 114, 130, 138, 146, 147, 154, 156, 158, 160, 162, 163, 170),
        *(172, 177, 180, 184, 186, 193, 200, 203, 204, 205, 207, 211, 213),
    ),
    (
        *(101, 108, 115, 120, 127, 131, 137, 152, 153, 161, 167, 168, 173),
        *(183, 188, 197, 201, 206, 208, 210, 215, 216, 218, 223, 224),
    ),
    (
        *(105, 110, 111, 116, 121, 123, 125, 129, 136, 144, 148, 157, 159),
        *(164, 165, 166, 169, 179, 182, 190, 196, 209, 217, 222, 225),
    ),
    (
        *(103, 104, 106, 112, 117, 118, 122, 124, 128, 132, 134, 140, 141),
        *(142, 155, 175, 185, 191, 192, 195, 199, 212, 219, 220, 226),
    ),
    (
        *(102, 109, 113, 119, 126, 133, 135, 139, 143, 145, 149, 150, 151),
        *(171, 174, 176, 178, 181, 187, 189, 194, 198, 202, 214, 221),
    ),
)
"""Patients of each fold; every patient of the database is in one."""


def in_fold(patients: Column, fold: int) -> Column:
    """Tell of each cycle whether its patient, given by number (n,), is in a fold, 0 to 4.

    Raises DataError for a patient that no fold has, UnknownName for another fold.
    """
    if fold not in range(len(FOLDS)):
        raise UnknownName("fold", str(fold), map(str, range(len(FOLDS))))
    strangers = np.setdiff1d(patients, np.concatenate(FOLDS))
    if len(strangers):
        raise DataError(
            f"split=five_fold: no fold has patient {', '.join(map(str, strangers))}; the folds "
            "are of the 126 patients of ICBHI 2017, 101 to 226"
        )
    found: Column = np.isin(patients, FOLDS[fold])
    return found
