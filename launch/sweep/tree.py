"""Draws where results are promising: TPE, the tree-structured Parzen estimator, through optuna.

Bergstra et al., Algorithms for hyper-parameter optimization, NeurIPS 2011.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from core.errors import ConfigError
from core.positions import Positions, shuffled
from core.setting import Setting
from core.space import Space
from core.values import Modality
from launch.sweep.dimension import Dimension
from launch.sweep.history import Tried

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

# So often a draw may be one that cannot be taken; then chance alone decides.
PATIENCE = 30
PART = "part of the selection"


def check_installed() -> None:
    """Raise ConfigError where optuna is not installed."""
    try:
        import optuna  # noqa: F401  # a quarter of a second, which only this search pays
    except ImportError as error:
        raise ConfigError(
            "--search-by tpe needs optuna, which is not installed: pip install optuna; "
            "--search-by random needs nothing"
        ) from error


def propose(
    space: Space,
    tried: Sequence[Tried],
    rising: bool,
    seed: int,
    takes: Callable[[Setting], bool],
) -> Iterator[Setting]:
    """Draw points that can be taken one after the other, none twice and none that was tried.

    The same arguments give the same points. What was drawn and has no result yet counts as bad,
    so that points drawn together lie apart.
    """
    number = crc32(f"{seed} {len(tried)}".encode())  # another draw after each batch
    study = _study(space, tried, rising, number)
    seen = {one.point for one in tried}
    by_chance = map(space.at, shuffled(space.count, number))

    def fresh(point: Setting) -> bool:
        return point not in seen and takes(point)

    while True:
        asked = (_ask(study, space, fresh) for _ in range(PATIENCE))
        point = next(filter(None, asked), None) or next(filter(fresh, by_chance), None)
        if point is None:
            return
        seen.add(point)
        yield point


def _study(space: Space, tried: Sequence[Tried], rising: bool, seed: int) -> "Study":
    """Tell optuna what is known."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
    study = optuna.create_study(sampler=sampler, direction="maximize" if rising else "minimize")
    told = ((_trial(place, part, one) for place, part in enumerate(space.parts)) for one in tried)
    first = (next(filter(None, trials), None) for trials in told)
    study.add_trials([trial for trial in first if trial is not None])
    return study


def _ask(study: "Study", space: Space, fresh: Callable[[Setting], bool]) -> Setting | None:
    """Have a point drawn; None for one that is not fresh."""
    from optuna.trial import TrialState

    trial = study.ask()
    several = len(space.parts) > 1
    place = int(trial.suggest_categorical(PART, range(len(space.parts)))) if several else 0

    def choose(name: str, modalities: Sequence[Modality]) -> Modality:
        return Dimension(name, modalities).ask(trial)

    point = Setting(space.parts[place].walk(choose))
    if fresh(point):
        return point
    study.tell(trial, state=TrialState.FAIL)
    return None


def _trial(place: int, part: Positions, tried: Tried) -> "FrozenTrial | None":
    """Write what became of a point as optuna has it; None where the part does not have it."""
    from optuna.trial import TrialState, create_trial

    found: dict[Dimension, Modality] = {}

    def choose(name: str, modalities: Sequence[Modality]) -> Modality:
        dimension = Dimension(name, tuple(modalities))
        found[dimension] = dimension.of(tried.point)
        return found[dimension]

    if Setting(part.walk(choose)) != tried.point:
        return None
    return create_trial(
        params={d.key: d.drawn(modality) for d, modality in found.items()},
        distributions={d.key: d.distribution for d in found},
        value=None if tried.failed else tried.value,
        state=TrialState.FAIL if tried.failed else TrialState.COMPLETE,
    )
