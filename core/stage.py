"""Stages: the steps of the work, and what each needs to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import PlanError
from core.values import Modality
from core.when import ALWAYS, Conditions, When, read_when


@dataclass(frozen=True)
class Resources:
    """What one task of a stage asks of a machine."""

    cpus: int = 1
    gpus: int = 0
    memory_gb: float = 4
    hours: float = 1


@dataclass(frozen=True, init=False)
class Stage:
    """One step of the work.

    Parameters
    ----------
    name:
        How selectors, folders and messages call it.
    run:
        Dotted path of the function, `"package.module:function"`, imported only where a task runs.
        It is called as `function(setting, inputs, output)`.
    needs:
        Names of the stages whose records it reads.
    uses:
        The factors it may read; they, its version and the needed tasks make the task's id.
    version:
        Raise it when the code's results change; what was computed before is then computed anew.
    when:
        The stage exists only for settings with these modalities; a list gives alternatives.
    data:
        The factor whose modality names a data folder of the user.
    shares:
        The factor that says into how many tasks the work of one setting is divided, each a share
        of it with a record of its own; a later stage reads all of them.
    resources:
        What one task asks of a machine.
    """

    name: str
    run: str
    needs: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    version: int = 1
    when: When = ALWAYS
    data: str | None = None
    shares: str | None = None
    resources: Resources = Resources()

    def __init__(
        self,
        name: str,
        run: str,
        *,
        needs: Sequence[str] = (),
        uses: Sequence[str] = (),
        version: int = 1,
        when: Conditions | None = None,
        data: str | None = None,
        shares: str | None = None,
        resources: Resources | None = None,
    ) -> None:
        if not name.isidentifier() or ":" not in run:
            raise PlanError(
                f"stage {name!r} runs {run!r}: need a name, and package.module:function"
            )
        values = {
            "name": name,
            "run": run,
            "needs": tuple(needs),
            "uses": frozenset(uses) | ({data, shares} - {None}),
            "version": version,
            "when": read_when(when),
            "data": data,
            "shares": shares,
            "resources": resources or Resources(),
        }
        for key, value in values.items():
            object.__setattr__(self, key, value)

    def __hash__(self) -> int:
        return hash((self.name, self.run, self.version))

    def exists(self, setting: Mapping[str, Modality]) -> bool:
        """Tell whether a setting has this stage."""
        return self.when.holds(setting)

    def count(self, setting: Mapping[str, Modality]) -> int:
        """Tell into how many tasks the work of a setting is divided.

        Raises PlanError where the factor that says it is no whole number from 1 on.
        """
        count = setting.get(self.shares, 1) if self.shares else 1
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise PlanError(
                f"{self.shares}={count!r} does not say into how many tasks stage {self.name!r} is "
                "divided; write 1 or more"
            )
        return count
