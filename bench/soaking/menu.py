"""Random settings of the four experiments, each of seconds on one core."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Work:
    """Some settings of an experiment; `part` selects fewer of them, for a runner that overlaps."""

    experiment: str
    selector: str
    part: str
    changes: tuple[str, ...]

    def words(self, selector: str | None = None) -> list[str]:
        """Give what a call of sonoplan says to mean these settings, or some of them."""
        changes = [word for change in self.changes for word in ("--set", change)]
        return [self.experiment, "-s", selector or self.selector, *changes]


def draw(rng: Random) -> Work:
    """Choose an experiment and settings of it; their learning rate is nearly always a new one."""
    make = rng.choice([icbhi, transcoder, sed, retrieval])
    return make(rng, f"lr={10 ** rng.uniform(-4, -2):.2e}", f"corpus_seed={rng.randrange(2)}")


# Long trainings save checkpoints, after five seconds; short ones end between faults.


def icbhi(rng: Random, *drawn: str) -> Work:
    """Two or three methods on breath sounds."""
    methods = rng.choice(["ce+scl", "scl+hybrid", "ce+scl+hybrid"])
    epochs = rng.choice([2, 12])
    small = ("width=0.0625", f"epochs={epochs}", "probe_epochs=3", "run=0")
    return Work("icbhi", f"demo/method={methods}", "demo/method=scl", (*small, *drawn))


def transcoder(rng: Random, *drawn: str) -> Work:
    """Transcoders by pseudo-inverse, and trained on mels and on scores."""
    epochs = rng.choice([2, 20])
    small = ("scenes=20", "teacher_epochs=2", f"epochs={epochs}", "run=0")
    return Work("transcoder", "demo/", "demo/transcoder=cnn_pinv", (*small, *drawn))


def sed(rng: Random, *drawn: str) -> Work:
    """Two poolings on short clips."""
    epochs = rng.choice([1, 4])
    small = ("sounds=6", "clips=30", "clip_seconds=2", f"epochs={epochs}")
    return Work("sed", "demo/model=att2+gmp", "demo/model=gmp", (*small, *drawn))


def retrieval(rng: Random, *drawn: str) -> Work:
    """Dual encoders at two temperatures, and the oracle."""
    epochs = rng.choice([2, 8])
    small = ("sounds=40", f"epochs={epochs}", "run=0")
    return Work("retrieval", "demo/", "demo/temperature=0.2", (*small, *drawn))
