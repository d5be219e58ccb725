import math

import numpy as np
import pytest

from core import Setting
from experiments.transcoder.sheets import MEASURES, clips, files
from given import GivenRecord


def test_a_row_for_each_file():
    measures = {name: np.array([0.5, math.nan]) for name in MEASURES}
    record = GivenRecord("e/3f2a", names=np.array(["park.wav", "tram.wav"]), **measures)
    rows = list(files([(Setting({"transcoder": "pinv"}), {"evaluation": record})]))
    assert [row["file"] for row in rows] == ["park.wav", "tram.wav"]
    assert rows[0] == {
        **{"setting": "transcoder=pinv", "run": None, "id": "3f2a", "file": "park.wav"},
        **dict.fromkeys(MEASURES, 0.5),
    }
    assert math.isnan(rows[1]["mel_mse"])


@pytest.mark.parametrize(
    ("labels", "predictions", "expected"),
    [
        ([1, 0], [1, 1], [("siren", "siren"), ("drilling", "siren")]),
        (
            [[True, True], [False, False]],
            [[False, True], [True, False]],
            [("drilling;siren", "siren"), ("", "drilling")],
        ),
    ],
)
def test_a_row_for_each_clip(labels, predictions, expected):
    record = GivenRecord(
        "c/77aa",
        names=np.array(["a", "b"]),
        fold=np.array([1, 10]),
        labels=np.array(labels),
        predictions=np.array(predictions),
    )
    corpus = GivenRecord("k/1234", {"classes": ["drilling", "siren"]})
    records = {"classification": record, "clips": corpus}
    rows = list(clips([(Setting({"deep": 1, "run": 2}), records)]))
    assert [(row["labels"], row["predicted"]) for row in rows] == expected
    assert [(row["clip"], row["fold"], row["run"], row["id"]) for row in rows] == [
        ("a", 1, 2, "77aa"),
        ("b", 10, 2, "77aa"),
    ]
