"""Hyperparameters compared: on functions whose effects are known."""

import math

import numpy as np
import pytest
from drawn import texts

from core import Setting
from core.errors import ConfigError, UnknownName
from export.figures import effects, heat, importance, parallel, progress
from export.figures.sweep import Run, Sweep


def sweep(runs, rising=True, **more):
    return Sweep("Sc", "Sc (%) ↑", 1, rising, tuple(runs), frozenset({"run"}), **more)


def grid(value=lambda s: s.lr * 100 + s.batch_size):
    """A grid of two factors and two runs, which differ by 2."""
    settings = [
        Setting({"lr": lr, "batch_size": size, "run": run})
        for lr in (0.1, 0.01)
        for size in (16, 32, 64)
        for run in range(2)
    ]
    return sweep(Run(s, value(s) + 2 * s.run, stamp) for stamp, s in enumerate(settings))


def random_search(number=60):
    """Of three factors one matters much, one a little, one not at all."""
    generator = np.random.default_rng(0)
    runs = []
    for stamp in range(number):
        much, little, none = (float(x) for x in generator.uniform(0.001, 1, 3))
        setting = Setting({"much": much, "little": little, "none": none})
        runs.append(Run(setting, 10 * much + 2 * little + 0.1 * generator.normal(), stamp))
    return sweep(runs)


def test_runs_of_a_setting_are_averaged():
    found = grid()
    assert found.factors == ["lr", "batch_size"]
    assert len(found.settings) == 6
    assert found.values[0] == pytest.approx(10 + 16 + 1)


def test_a_run_without_a_number_is_left_out_and_told():
    told = []
    runs = [*grid().runs, Run(Setting({"lr": 0.1, "batch_size": 16, "run": 2}), math.nan)]
    assert len(sweep(runs, warn=told.append).finite) == 12
    assert told == ["1 runs without a number for Sc are left out"]
    with pytest.raises(ConfigError, match="no run has a number"):
        _ = sweep([Run(Setting({"x": 1}), math.nan)]).values


def test_modalities_come_in_order_and_the_blank_last():
    settings = [{"n": 10, "t": "b"}, {"n": 2, "t": "a"}, {"t": "c"}]
    found = sweep(Run(Setting(s), i) for i, s in enumerate(settings))
    assert found.levels("n").labels == ("2", "10", "–")
    assert found.levels("t").labels == ("b", "a", "c")
    assert [m.tolist() for m in found.levels("n").members] == [[1], [0], [2]]


def test_many_numbers_become_ranges_with_equal_shares():
    levels = random_search().levels("much")
    assert [len(members) for members in levels.members] == [12] * 5
    assert levels.wide  # three magnitudes
    blank = sweep([*random_search().runs, Run(Setting({"little": 0.5, "none": 0.5}), 1.0)])
    assert blank.levels("much").labels[-1] == "–"


def test_effects_are_means_over_the_other_factor_the_largest_first():
    first, second = effects.effects(grid())
    assert (first.levels.name, second.levels.name) == ("batch_size", "lr")
    assert first.mean == pytest.approx([5.5 + 17, 5.5 + 33, 5.5 + 65])
    assert first.std == pytest.approx([np.std([10, 1], ddof=1)] * 3)
    assert (first.size, second.size) == pytest.approx((48, 9))
    assert (first.best(True), first.best(False)) == (2, 0)


def test_the_figure_of_effects_shows_each_level():
    drawn = effects.figure(grid())
    assert [axes.get_title() for axes in drawn.axes] == ["batch_size", "lr"]
    (container,) = drawn.axes[0].containers
    assert container.lines[0].get_ydata() == pytest.approx([22.5, 38.5, 70.5])
    assert {"16", "32", "64", "0.01", "0.1"} <= {*texts(drawn)}
    ranges = effects.figure(random_search())
    assert ranges.axes[0].get_title() == "much"
    assert "mean ± std of each modality or range" in " ".join(texts(ranges))


def test_a_heat_map_has_the_mean_of_each_pair_and_a_dash_where_there_is_none():
    runs = [run for run in grid().runs if (run.setting.lr, run.setting.batch_size) != (0.1, 64)]
    found = heat.means(sweep(runs), "lr", "batch_size")
    np.testing.assert_allclose(found, [[18, 34, 66], [27, 43, np.nan]])
    written = texts(heat.figure(sweep(runs), "lr", "batch_size"))
    assert {"18.0", "43.0", "–"} <= {*written}


def test_a_heat_map_needs_two_factors_that_vary():
    with pytest.raises(UnknownName, match="did you mean 'batch_size'"):
        heat.figure(grid(), "lr", "batchsize")
    with pytest.raises(ConfigError, match="two factors"):
        heat.figure(grid(), "lr", "lr")


def test_importance_finds_what_matters():
    found = importance.importance(random_search())
    assert found.factors[:2] == ("much", "little")
    assert found.mean[0] > 10 * found.mean[1]
    assert abs(found.mean[2]) < 0.05
    assert found.explained > 0.9
    drawn = importance.figure(random_search())
    assert [bar.get_width() for bar in drawn.axes[0].patches] == pytest.approx(found.mean)
    assert "0.9" in " ".join(texts(drawn))


def test_importance_says_when_it_cannot_be_trusted():
    generator = np.random.default_rng(0)
    noise = sweep(
        Run(Setting({"x": float(x)}), float(y)) for x, y in generator.normal(size=(30, 2))
    )
    assert "too low to trust" in importance.judgement(importance.importance(noise))


def test_importance_takes_text_and_blank_factors():
    runs = [
        Run(Setting({"method": m, **({"margin": 1.0 + i} if m == "b" else {})}), len(m) * 5.0 + i)
        for m in ("a", "b", "ccc")
        for i in range(8)
    ]
    noise = np.random.default_rng(0).normal(size=len(runs))
    unique = [
        Run(Setting({**r.setting, "noise": float(x)}), r.value)
        for r, x in zip(runs, noise, strict=True)
    ]
    assert importance.features(sweep(unique)).shape == (24, 3)
    assert importance.importance(sweep(unique)).factors[0] == "method"


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (grid(), "6 settings are too few"),
        (sweep(Run(Setting({"x": i}), 1.0) for i in range(9)), "same value"),
        (sweep([Run(Setting({"x": 1}), 1.0)]), "nothing to compare"),
    ],
)
def test_importance_refuses_what_it_cannot_tell(found, message):
    with pytest.raises(ConfigError, match=message):
        importance.importance(found)


def test_parallel_coordinates_put_numbers_to_scale_and_the_best_on_top():
    found = random_search()
    much = parallel.scale(found.levels("much"), 60)
    numbers = np.log([s["much"] for s in found.settings])
    assert much.heights == pytest.approx((numbers - numbers.min()) / np.ptp(numbers))
    drawn = parallel.figure(found)
    best = drawn.axes[0].lines[0].get_ydata()
    assert best[-1] == 1 and best[0] == pytest.approx(much.heights[found.best])
    assert {"much", "little", "none", "Sc (%) ↑"} <= {*texts(drawn)}


def test_parallel_coordinates_of_a_metric_that_should_be_low():
    low = Sweep("loss", "loss ↓", 2, False, grid().runs, frozenset({"run"}))
    best = parallel.figure(low).axes[0].lines[0].get_ydata()
    assert best[-1] == 0


def test_best_so_far_follows_the_order_in_which_settings_ended():
    runs = [Run(Setting({"x": i}), v, -i) for i, v in enumerate([1.0, 5.0, 3.0, 4.0])]
    values, best = progress.best_so_far(sweep(runs))
    assert values.tolist() == [4, 3, 5, 1]
    assert best.tolist() == [4, 4, 5, 5]
    falling = Sweep("loss", "loss ↓", 2, False, tuple(runs))
    assert progress.best_so_far(falling)[1].tolist() == [4, 3, 3, 1]
    drawn = progress.figure(sweep(runs))
    assert drawn.axes[0].lines[1].get_ydata().tolist() == [4, 4, 5, 5, 5]
    assert "5.0" in texts(drawn)


def test_without_a_direction_there_is_no_best():
    found = Sweep("size", "size", 0, None, grid().runs, frozenset({"run"}))
    for figure in (progress.figure, parallel.figure):
        with pytest.raises(ConfigError, match="no direction"):
            figure(found)
    texts(effects.figure(found))
