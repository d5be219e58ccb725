"""The published rows of sound event detection, and what is derived, remembered or missing."""

from pathlib import Path

import pytest

import plans
from export.comparison import check_names
from export.published import read_published
from plans.sed import experiment

ROWS = read_published(Path(plans.__file__).parent / "published/sed.csv")
BY_NAME = {row.name: row for row in ROWS}


def figures(name):
    return {metric: mean for metric, (mean, _) in BY_NAME[name].figures.items()}


def test_every_row_has_a_name_of_its_own_and_says_where_it_is_from_and_how_it_was_measured():
    assert len(BY_NAME) == len(ROWS)
    assert all(row.citation and row.definition and row.selection for row in ROWS)


def test_rows_state_factors_and_metrics_that_the_experiment_has():
    check_names(ROWS, experiment)


@pytest.mark.parametrize(
    ("snr", "expected"),
    [
        (20, ("0.7829", "0.7645", "0.9390")),
        (10, ("0.7603", "0.7486", "0.9343")),
        (0, ("0.6986", "0.6892", "0.9177")),
    ],
)
def test_figures_of_the_system_are_the_papers_and_belong_to_a_setting_of_its_plan(snr, expected):
    row = BY_NAME[f"2APAE, {snr} dB"]
    assert tuple(figures(row.name).values()) == expected
    assert row.comparable
    agreeing = [
        setting
        for setting in experiment.select("published/")
        if all(str(setting[name]) == text for name, text in row.factors.items())
    ]
    assert len(agreeing) == 1


@pytest.mark.parametrize(("snr", "better"), [(20, 0.059), (10, 0.128), (0, 0.223)])
def test_derived_figures_are_so_and_say_so(snr, better):
    row = BY_NAME[f"best earlier model, {snr} dB"]
    ours = float(figures(f"2APAE, {snr} dB")["micro_ap"])
    assert float(figures(row.name)["micro_ap"]) == pytest.approx(ours / (1 + better), abs=6e-4)
    assert not row.comparable
    assert row.note.startswith("derived")


def test_rows_without_a_figure_are_missing_and_say_so():
    for row in ROWS:
        assert row.note.startswith("missing") == (not row.figures)
        assert row.figures or not row.comparable


def test_what_is_quoted_from_memory_says_so_and_is_not_compared():
    remembered = [row for row in ROWS if "from memory" in row.note]
    assert len(remembered) == 2
    assert not any(row.comparable for row in remembered)
    assert figures("time-frequency segmentation, 0 dB") == {
        "tagging_f1": "0.534",
        "frame_f1": "0.398",
        "event_f1": "0.167",
    }
