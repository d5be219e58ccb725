"""Rankings over datasets, against the example of Demšar (JMLR 7, 2006), table 6."""

import json
import math

import numpy as np
import pytest
from made import experiment, said

from core.errors import ConfigError, UnknownName
from core.metric import Metric
from core.plan import Factor, Plan
from core.results import Cell, Results, Row
from export.data import as_json
from export.layout import build
from export.page import compose
from export.ranked import labels, pair_table, rank_table
from export.ranking import rank

METHODS = ["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"]
# AUC of the four methods on each dataset; the last two of `voting` differ in a later decimal.
SCORES = """
    0.763 0.768 0.771 0.798
    0.599 0.591 0.590 0.569
    0.954 0.971 0.968 0.967
    0.628 0.661 0.654 0.657
    0.882 0.888 0.886 0.898
    0.936 0.931 0.916 0.931
    0.661 0.668 0.609 0.685
    0.583 0.583 0.563 0.625
    0.775 0.838 0.866 0.875
    1.000 1.000 1.000 1.000
    0.940 0.962 0.965 0.962
    0.619 0.666 0.614 0.669
    0.972 0.981 0.9751 0.975
    0.957 0.978 0.946 0.970
"""
AUC = [[float(word) for word in line.split()] for line in SCORES.split("\n") if line.strip()]


def results(scores, metric=None, methods=METHODS, **more):
    """Results of methods on datasets; scores (datasets, methods), None where there is none."""
    metric = metric or Metric("AUC", "score", float, higher_is_better=True, precision=4)
    plan = Plan("main", dataset=[f"d{i}" for i in range(len(scores))], method=methods, **more)
    toy = experiment([plan], [metric])
    rows = []
    for setting in toy.select():
        score = scores[int(setting.dataset[1:])][methods.index(setting.method)]
        cell = Cell({"": score}, 1) if score is not None else Cell(planned=1, missing={"": "to do"})
        rows.append(Row(setting, {metric.name: cell}))
    return Results(toy, [metric], rows)


def ranked(scores=AUC, alpha=0.05, **options):
    given = results(scores, **options)
    return rank(given, "dataset", given.metrics[0], alpha)


def test_average_ranks_of_the_example():
    found = dict(zip(labels(ranked()), ranked().average, strict=True))
    expected = {"C4.5": 3.143, "C4.5+m": 2.000, "C4.5+cf": 2.893, "C4.5+m+cf": 1.964}
    assert found == pytest.approx(expected, abs=5e-4)
    assert list(found) == ["C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"]


def test_friedmans_statistic_of_the_example():
    # The paper's 9.28 has no correction for ties, scipy's has: divide by 1 − Σ(t³−t)/(N k (k²−1)).
    ties = [2**3 - 2] * 3 + [4**3 - 4]
    correction = 1 - sum(ties) / (14 * 4 * 15)
    statistic, p = ranked().friedman
    assert statistic * correction == pytest.approx(9.28, abs=0.01)
    assert 0.01 < p < 0.02


@pytest.mark.parametrize(("alpha", "critical"), [(0.05, 1.25), (0.10, 1.12)])
def test_critical_differences_of_the_example(alpha, critical):
    assert ranked(alpha=alpha).critical_difference == pytest.approx(critical, abs=0.005)


def test_cliques_of_the_example_at_a_tenth():
    assert ranked(alpha=0.1).cliques == [(0, 2), (2, 3)]


@pytest.mark.parametrize(("methods", "q"), [(2, 1.960), (3, 2.343), (6, 2.850), (10, 3.164)])
def test_critical_values_of_the_papers_table_5(methods, q):
    names = [f"m{i}" for i in range(methods)]
    found = ranked([list(range(methods))] * 6, methods=names).critical_difference
    assert found / math.sqrt(methods * (methods + 1) / 36) == pytest.approx(q, abs=1e-3)


def test_lower_is_better_turns_the_ranks_round():
    metric = Metric("loss", "score", float, higher_is_better=False, precision=4)
    turned = ranked([[-value for value in row] for row in AUC], metric=metric)
    np.testing.assert_array_equal(turned.ranks, ranked().ranks)


def test_what_shows_the_same_ties():
    metric = Metric("AUC", "score", float, higher_is_better=True, precision=1, percent=True)
    found = ranked([[0.50004, 0.49996], [0.6, 0.5]], metric=metric, methods=["a", "b"])
    assert found.ranks.tolist() == [[1.5, 1], [1.5, 2]]
    assert math.isnan(found.friedman[0])  # two methods


def test_wins_ties_and_losses_add_up():
    table = pair_table(ranked())
    assert [c.title for c in table.columns[2:]] == ["wins", "ties", "losses", "rank difference"]
    shown = {
        (line.source.setting["method"], line.source.setting["against"]): [
            cell.text for cell in line.cells[2:]
        ]
        for line in table.lines
    }
    assert len(shown) == 6
    assert shown["C4.5+m", "C4.5"] == ["10", "2", "2", "1.14"]
    assert all(sum(map(int, texts[:3])) == 14 for texts in shown.values())
    close = {pair for line, pair in zip(table.lines, shown, strict=True) if line.cells[-1].close}
    assert close == {pair for pair, texts in shown.items() if float(texts[3]) < 1.25}


def test_the_table_of_ranks_marks_what_is_within_the_critical_difference():
    table = rank_table(ranked(alpha=0.1))
    assert [c.title for c in table.columns[:4]] == ["method", "mean rank ↓", "d0", "d1"]
    cells = [line.cells[1] for line in table.lines]
    assert [(c.text, c.bold, c.close) for c in cells] == [
        ("1.96", True, False),
        ("2.00", False, True),
        ("2.89", False, True),
        ("3.14", False, False),
    ]
    assert "Ranks of AUC over dataset (n = 14)" in said(table)
    assert "less than 1.12 apart, α=0.1" in said(table) and "χ² = 10" in said(table)


@pytest.mark.parametrize("lay_out", [rank_table, pair_table])
def test_the_tables_can_be_drawn_and_described(lay_out):
    table = lay_out(ranked(lr=0.1))
    assert table.caption == "lr=0.1"
    assert compose(table).runs
    described = as_json(table)
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert all(row["setting"]["lr"] == 0.1 for row in described["rows"])


def test_methods_without_a_result_everywhere_are_left_out_and_datasets_without_any():
    scores = [[0.1, 0.2, None], [0.3, 0.2, 0.1], [None, None, None]]
    found = ranked(scores, methods=["a", "b", "c"])
    assert labels(found) == ["a", "b"] and found.datasets == ["d0", "d1"]
    assert [setting.method for setting in found.left_out] == ["c"]
    assert "Left out: 1 without a result on every dataset" in rank_table(found).notes[-1].text


def test_all_scores_equal_have_no_statistic_and_all_tie():
    found = ranked([[0.5] * 3] * 4, methods=["a", "b", "c"])
    assert math.isnan(found.friedman[1]) and found.cliques == [(0, 2)]
    assert [line.cells[1].bold for line in rank_table(found).lines] == [True] * 3
    assert not any("Friedman" in note.text for note in rank_table(found).notes)


def test_what_cannot_be_ranked_is_refused():
    given = results(AUC)
    metric = given.metrics[0]
    with pytest.raises(UnknownName, match="'datset'; did you mean 'dataset'"):
        rank(given, "datset", metric)
    with pytest.raises(ConfigError, match="'seconds' has no direction"):
        rank(given, "dataset", Metric("seconds", "score", float))
    with pytest.raises(ConfigError, match="alpha is 2"):
        rank(given, "dataset", metric, alpha=2)
    with pytest.raises(ConfigError, match=r"over 'dataset' needs results on two.* has them on 1"):
        ranked(AUC[:1])
    with pytest.raises(ConfigError, match="needs two settings with results on all its 2"):
        ranked([[0.1, None], [0.2, 0.3]], methods=["a", "b"])


def test_a_factor_that_some_rows_lack_ranks_the_others():
    metric = Metric("AUC", "score", float, higher_is_better=True)
    only = {"method": ["a", "b"]}
    plan = Plan("main", method=["a", "b", "none"], dataset=Factor(["x", "y"], when=only))
    toy = experiment([plan], [metric])
    rows = [Row(s, {"AUC": Cell({"": float(len(s))}, 1)}) for s in toy.select()]
    found = rank(Results(toy, [metric], rows), "dataset", metric)
    assert labels(found) == ["a", "b"] and found.left_out == []


@pytest.mark.parametrize("seeds", [[0], [0, 1]])
def test_a_factor_that_only_some_datasets_have_is_no_part_of_the_method(seeds):
    metric = Metric("AUC", "score", float, higher_is_better=True)
    plan = Plan(
        "main",
        dataset=["real", "synthetic"],
        seed=Factor(seeds, when={"dataset": "synthetic"}),
        method=["ce", "scl"],
        temperature=Factor([0.06, 0.1], when={"method": "scl"}),
    )
    toy = experiment([plan], [metric])
    rows = [Row(s, {"AUC": Cell({"": s.get("temperature", 0)}, 1)}) for s in toy.select()]
    given = Results(toy, [metric], rows)
    if len(seeds) > 1:  # two results on one dataset: which of them is to be ranked?
        with pytest.raises(ConfigError, match="unlike that of seed: select one"):
            rank(given, "dataset", metric)
        return
    found = rank(given, "dataset", metric)
    assert labels(found) == ["scl, 0.1", "scl, 0.06", "ce"]
    assert found.datasets == ["real", "synthetic"] and found.left_out == []


def test_ranking_and_table_agree_on_what_is_best():
    given = results(AUC)
    assert build(given).columns[0].name == "dataset"
    assert ranked().ranks.sum(axis=0) == pytest.approx([10.0] * 14)
