"""The published rows of ICBHI: what the papers print, and what has to be said of it."""

from pathlib import Path

import pytest

import plans
from export.comparison import check_names
from export.published import read_published
from plans.icbhi import experiment

ROWS = read_published(Path(plans.__file__).parent / "published/icbhi.csv")
BY_NAME = {row.name: row for row in ROWS}
PAPER = [row for row in ROWS if row.citation.startswith("Moummad & Farrugia")]
FIELD = [row for row in ROWS if row not in PAPER]
WHOLE = [row for row in ROWS if {"Sp", "Se", "Sc"} <= row.figures.keys()]
# Sc less the mean of Sp and Se where the papers print something else; one has one decimal.
AS_PRINTED = {
    "CNN6, Hybrid": 0.145,
    "CNN14, CE, AudioSet": 0.44,
    "CNN14, SCL, AudioSet": 0.12,
    "LungRN+NL, ResNet": 0.05,
}


def figures(name):
    return [BY_NAME[name].figures.get(metric, ("", "")) for metric in ("Sp", "Se", "Sc")]


def test_every_row_has_a_name_of_its_own_and_says_where_it_is_from_and_how_it_was_measured():
    assert len(BY_NAME) == len(ROWS) == 34
    assert all(row.citation and row.definition and row.selection for row in ROWS)
    assert all("Sc" in row.figures for row in ROWS)


def test_rows_state_factors_and_metrics_that_the_experiment_has():
    check_names(ROWS, experiment)


def test_figures_are_the_papers():
    assert [sum(f"table {n}" in row.citation for row in PAPER) for n in (1, 2)] == [12, 6]
    assert figures("CNN6, CE") == [("76.72", "3.97"), ("31.12", "3.72"), ("53.92", "0.71")]
    assert figures("CNN14, Hybrid, AudioSet")[2] == ("57.85", "0.48")
    assert figures("CNN6, SimCLR, AudioSet")[2] == ("48.34", "0.87")
    assert figures("CNN6, SCL (sac), AudioSet")[2] == ("55.81", "0.88")
    assert figures("CNN6, M-SCL (sa & class), AudioSet") == [
        ("76.93", "2.99"),
        ("39.15", "2.84"),
        ("58.04", "0.94"),
    ]
    assert figures("QLung, Audio-CLAP")[2] == ("63.39", "0.40")
    assert figures("Patch-Mix CL, AST") == [("", ""), ("", ""), ("62.37", "")]


@pytest.mark.parametrize("plan", ["table1_scratch", "table1_audioset", "table2"])
def test_every_setting_of_the_papers_tables_has_its_row(plan):
    for setting in experiment.select(f"{plan}/run=0"):
        agreeing = [row for row in PAPER if _describes(row, setting)]
        assert len(agreeing) == 1, setting


def _describes(row, setting):
    return all(str(setting.get(name)) == text for name, text in row.factors.items())


def test_rows_of_the_field_name_no_factor_of_ours_but_the_data_they_test_on():
    assert {tuple(row.factors.items()) for row in FIELD} == {
        (("dataset", "icbhi"), ("split", "official"))
    }


@pytest.mark.parametrize("row", WHOLE, ids=lambda row: row.name)
def test_the_score_is_the_mean_of_sp_and_se_or_known_to_be_printed_otherwise(row):
    sp, se, sc = (float(row.figures[name][0]) for name in ("Sp", "Se", "Sc"))
    assert sc - (sp + se) / 2 == pytest.approx(AS_PRINTED.get(row.name, 0), abs=0.011)


def test_what_was_measured_otherwise_is_flagged_with_the_reason():
    (row,) = (row for row in ROWS if not row.comparable)
    assert row.name == "AST+SAM, AST"
    assert row.definition == "two-class sensitivity"
    assert "any abnormal answer" in row.note and "test set" in row.selection


def test_a_row_that_chose_its_epoch_on_the_test_set_says_so():
    chosen = [row for row in ROWS if row.selection.startswith("best epoch on the test set")]
    assert all(row in chosen for row in PAPER)
    assert all("test set" in row.note for row in chosen)
