"""How much each factor matters: what a random forest loses when it is shuffled.

Permutation importance (Breiman, 2001) on settings that the forest has not seen, by scikit-learn:
unlike functional ANOVA it can be judged, by the variance that the forest explains, and the
library draws in neither a database nor a search of its own, as Optuna would.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.figure import Figure

from core.errors import ConfigError
from core.values import is_number, token
from export.figures.averages import Array
from export.figures.legend import wrapped
from export.figures.style import colour, page, styled
from export.figures.sweep import Sweep

FEWEST = 8  # settings
FOLDS, REPEATS, TREES = 5, 5, 100
TRUSTED = 0.1  # of the variance


@dataclass(frozen=True)
class Importance:
    """Of each factor, the most important first: mean and std (factors,) over folds.

    1 means that the squared error rises by the variance of the metric. `explained` is R² on
    held-out settings: where it is near 0 or below, the importances say nothing.
    """

    factors: tuple[str, ...]
    mean: Array
    std: Array
    explained: float


@lru_cache(maxsize=1)  # a table shows it, a figure draws it
def importance(sweep: Sweep) -> Importance:
    """Find how much each factor matters, from a fixed seed.

    Raises ConfigError for fewer than FEWEST settings, and where all have the same value.
    """
    from sklearn.ensemble import RandomForestRegressor  # takes a second to import
    from sklearn.inspection import permutation_importance
    from sklearn.model_selection import KFold

    inputs, values = features(sweep), sweep.values
    _check(values)
    lost, missed = [], np.zeros(len(values))
    folds = KFold(min(FOLDS, len(values) // 4), shuffle=True, random_state=0)
    for learnt, held in folds.split(inputs):
        forest = RandomForestRegressor(TREES, random_state=0).fit(inputs[learnt], values[learnt])
        missed[held] = (forest.predict(inputs[held]) - values[held]) ** 2
        found = permutation_importance(
            forest,
            inputs[held],
            values[held],
            scoring="neg_mean_squared_error",
            n_repeats=REPEATS,
            random_state=0,
        )
        lost.append(found.importances_mean / values.var())
    mean, std = np.mean(lost, axis=0), np.std(lost, axis=0, ddof=1)
    order = np.argsort(-mean, kind="stable")
    names = tuple(sweep.factors[i] for i in order)
    return Importance(names, mean[order], std[order], float(1 - missed.mean() / values.var()))


def features(sweep: Sweep) -> Array:
    """Write settings as numbers (settings, factors): a text by its place, NaN where it is blank."""
    columns = []
    for name in sweep.factors:
        modalities = [s[name] for s in sweep.settings if name in s]
        places = {t: i for i, t in enumerate(dict.fromkeys(map(token, modalities)))}
        plain = all(is_number(value) for value in modalities)
        column = [
            np.nan if name not in s else float(s[name]) if plain else places[token(s[name])]  # type: ignore[arg-type]
            for s in sweep.settings
        ]
        columns.append(column)
    return np.array(columns, dtype=np.float64).T


@styled
def figure(sweep: Sweep) -> Figure:
    """Draw a bar for each factor, with the std over folds, and how far they can be trusted."""
    found = importance(sweep)
    drawn = page(0.2 * len(found.factors) + 0.85)
    axes = drawn.add_subplot()
    places = range(len(found.factors))
    error = {"lw": 0.7, "capsize": 1.5}
    axes.barh(places, found.mean, xerr=found.std, height=0.65, color=colour(0), error_kw=error)
    axes.set_yticks(places, [wrapped(name, 30) for name in found.factors])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color="black", lw=0.6)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(wrapped(f"importance for {sweep.name}", 50))
    note = "rise of a forest's squared error, in variances, when shuffled"
    drawn.supxlabel(f"{note}\n{judgement(found)}", size=7)
    return drawn


def judgement(found: Importance) -> str:
    """Say how far the importances can be trusted."""
    explained = f"{found.explained:.2f}".replace("-", "−")
    told = f"R² of the forest on held-out settings: {explained}"
    return f"{told}, too low to trust" if found.explained < TRUSTED else told


def _check(values: Array) -> None:
    if len(values) < FEWEST:
        raise ConfigError(
            f"{len(values)} settings are too few to tell which factor matters; it takes {FEWEST}, "
            "and better many more; `effects` shows what there is"
        )
    if np.ptp(values) == 0:
        raise ConfigError("every setting has the same value: no factor matters")
