"""The published rows of retrieval: what was printed, and what has to be said of it."""

import csv
from pathlib import Path
from statistics import median

import pytest

import plans
from export.published import read_published
from plans.metrics.retrieval import METRICS

ROWS = read_published(Path(plans.__file__).parent / "published/retrieval.csv")
BY_NAME = {row.name: row for row in ROWS}


def figures(name, *metrics):
    return [float(BY_NAME[name].figures[metric][0]) for metric in metrics]


def test_every_row_has_a_name_of_its_own_and_says_how_it_was_measured():
    assert len(BY_NAME) == len(ROWS) == 21
    assert all(row.citation and row.definition and row.figures for row in ROWS)


def test_columns_are_metrics_of_the_experiment():
    names = {metric.name for metric in METRICS}
    assert all(row.figures.keys() <= names for row in ROWS)


def test_figures_are_those_printed():
    whole = ("mAP@10", "R@1", "R@5", "R@10")
    recipe = "2024 winner's recipe, more corpora and distilled correspondences"
    assert figures(recipe, *whole) == [0.4011, 0.277, 0.571, 0.705]
    baseline = "2023 and 2024 baseline, CNN14 + Sentence-BERT"
    assert figures(baseline, *whole) == [0.222, 0.130, 0.343, 0.480]
    assert figures("CNN14 + BERT, NT-Xent", *whole[1:]) == [0.147, 0.377, 0.495]
    assert figures("2025 AISTAT, single", "mAP@16") == [0.466]


def test_the_median_of_the_sweep_is_that_of_its_runs(real_data):
    with (real_data("retrieval-sweep") / "sweep_100_runs.csv").open(newline="") as file:
        runs = list(csv.DictReader(file))
    row = BY_NAME["retrained baseline, median of a sweep"]
    columns = {
        "mAP@10": "eval_Txt2Audio_mAP",
        "R@5": "eval_Txt2Audio_R5",
        "R@10": "eval_Txt2Audio_R10",
        "A2T_mAP@10": "eval_Audio2Txt_mAP",
        "A2T_R@5": "eval_Audio2Txt_R5",
        "A2T_R@10": "eval_Audio2Txt_R10",
    }
    assert row.n == len(runs) == 100
    assert row.figures.keys() == columns.keys()
    for metric, column in columns.items():
        found = median(float(run[column]) for run in runs)
        assert float(row.figures[metric][0]) == pytest.approx(found, abs=6e-4), metric
    low, *_, high = sorted(float(run[columns["mAP@10"]]) for run in runs)
    assert f"mAP@10 {low:.3f} to {high:.3f}" in row.note


def test_another_set_or_other_labels_are_not_compared_and_the_reason_is_given():
    for row in ROWS:
        if "hidden set" in row.definition or "several relevant" in row.definition:
            assert not row.comparable
        assert row.comparable or row.note, row.name


@pytest.mark.parametrize("year", ["2023 and 2024 baseline", "2023 winner"])
def test_what_was_recalled_says_so(year):
    (row,) = (row for row in ROWS if row.name.startswith(year))
    assert "recalled" in row.citation and "recalled" in row.note
