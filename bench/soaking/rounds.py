"""Rounds: settings computed amid faults, then without, and everything looked at."""

import json
import shutil
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

from soaking import menu
from soaking.audit import Ledger, left_over, unexplained, unnoticed
from soaking.faults import FAULTS, remove
from soaking.processes import Call, can_pretend
from soaking.records import distance, records
from soaking.scene import Place, Scene, judge
from soaking.tally import Tally

TOLERANCE = 1e-6
CLOCKS = [0.0, -7200.0, -60.0, 60.0, 7200.0]  # s


class Soak:
    """A fault run: its place, its figures, and what it has seen whole."""

    def __init__(self, place: Place, seed: int) -> None:
        self.place = place
        self.seed = seed
        self.tally = Tally()
        self.ledger = Ledger(place.results)
        self.pretends = can_pretend()
        self.works: list[tuple[bool, float, menu.Work]] = []
        self._round = 0

    def round(self, number: int) -> None:
        """Compute some settings amid faults, then without, and look at everything."""
        self._round = number
        self.tally.rounds += 1
        rng = Random(f"{self.seed} {number}")
        scene = Scene(self.place, menu.draw(rng), rng, self.report)
        scene.tasks = self._tasks(scene.work)
        hits = self._amid_faults(scene)
        self._judge_left(scene, hits)
        self.works.append((not scene.checkpoints(), rng.random(), scene.work))
        self._audit(scene)
        self._repair(scene)
        self._complete(scene.work)
        scene.damaged.clear()
        self._audit(scene)
        for wrong in left_over(self.place.results, self.place.cache):
            self.report(wrong)
        for kind, task_id in hits:
            self.tally.kind(kind).recovered += scene.key(task_id) in self.ledger
        struck = dict(Counter(kind for kind, _ in hits))
        print(f"round {number}: {scene.work.experiment}, tasks hit: {struck}")
        shutil.rmtree(self.place.results / ".trash", ignore_errors=True)

    def report(self, what: str, call: Call | None = None) -> None:
        """Note what must not be."""
        found: dict[str, object] = {"seed": self.seed, "round": self._round, "what": what}
        if call is not None:
            found |= {"call": " ".join(call.words), "printed": str(call.output)}
        self.tally.violations.append(found)
        print(found)

    def _amid_faults(self, scene: Scene) -> list[tuple[str, str]]:
        """Run and inflict; gives what was hit, as kinds of fault and tasks."""
        rng = scene.rng
        self._start(scene)
        hits = []
        with ExitStack() as lasting:
            for kind in rng.sample(self._kinds(), rng.randint(2, 5)):
                if rng.random() < 0.25:
                    scene.await_checkpoint()
                scene.watch(rng.uniform(0, 6))
                if not scene.live():
                    break
                hit = lasting.enter_context(FAULTS[kind](scene))
                hits += [(kind, task_id) for task_id in hit if task_id in scene.tasks]
                self.tally.kind(kind).tried += 1
            scene.watch(rng.uniform(2, 20))
        scene.finish()
        self.tally.readings += scene.readings
        return hits

    def _start(self, scene: Scene) -> None:
        """Start a runner, and often another on fewer of the settings, perhaps elsewhere."""
        rng, work = scene.rng, scene.work
        scene.runners.append(self.place.call([*work.words(), "-c", "--jobs", "2"]))
        if rng.random() < 0.8:
            words = [*work.words(work.part), "-c", "--jobs", rng.choice("12")]
            elsewhere = self.pretends and rng.random() < 0.6
            host, clock = (f"node-{self._round}", rng.choice(CLOCKS)) if elsewhere else (None, 0.0)
            self.tally.elsewhere += elsewhere
            self.tally.clocks += clock != 0.0
            scene.runners.append(self.place.call(words, host, clock))
        self.tally.calls += len(scene.runners)

    def _kinds(self) -> list[str]:
        unable = set() if self.place.can_fill else {"disk full"}
        return [kind for kind in FAULTS if kind not in unable]

    def _tasks(self, work: menu.Work) -> dict[str, str]:
        document = json.loads(self._ask(work, "--status", "--json"))
        return {task["id"]: task["stage"] for task in document["status"]["tasks"]}

    def _judge_left(self, scene: Scene, hits: list[tuple[str, str]]) -> None:
        """Count what the faults left of the tasks they hit; each failure must have a reason."""
        for kind, task_id in hits:
            record = self.place.results / scene.key(task_id)
            work = record.parent / ".work" / task_id
            figures = self.tally.kind(kind)
            figures.hit += 1
            figures.resumed += task_id in scene.checkpoints()
            figures.failed += (work / "failure.json").exists()
        for failure in self.place.results.glob("*/*/.work/*/failure.json"):
            if error := unexplained(failure):
                self.report(f"{failure.parent.name} failed: {error}")

    def _audit(self, scene: Scene) -> None:
        for key in scene.damaged:
            self.ledger.strike(key)
        for wrong in self.ledger.look(scene.damaged, scene.removals):
            self.report(wrong)
        self.tally.records = self.ledger.seen

    def _repair(self, scene: Scene) -> None:
        """Remove damaged records, as Sonoplan's message says, once it has noticed them."""
        for key in sorted(scene.damaged):
            folder = self.place.results / key
            if folder.is_dir() and unnoticed(folder):
                self.report(f"the damage of {key} is not noticed")
            remove(scene, folder.name)

    def _complete(self, work: menu.Work) -> None:
        """Compute what is left; then all must be done."""
        self._ask(work, "-c", "--jobs", "2")
        document = json.loads(self._ask(work, "--status", "--json"))
        for task in document["status"]["tasks"]:
            if task["state"] != "done":
                self.report(f"{task['stage']} {task['id']} is {task['state']} after a clean run")

    def _ask(self, work: menu.Work, *action: str) -> str:
        """Make a call that nothing disturbs; it must succeed."""
        call = self.place.call([*work.words(), *action])
        judge(call, self.report)
        if call.process.returncode != 0:
            self.report(f"exit status {call.process.returncode} without any fault", call)
        text = call.text()
        return text[text.index("{") :] if "--json" in action else text

    def compare(self, elsewhere: Path, until: float) -> None:
        """Compute rounds anew in another folder, without faults, and compare all numbers.

        First those in which something was continued from a checkpoint, then others by lot.
        """
        ours, reference = self.place, replace(self.place, disk=elsewhere)
        self.place = reference
        for _, _, work in sorted(self.works, key=lambda done: done[:2]):
            if time.monotonic() < until:
                self._complete(work)
        self.place = ours
        expected = dict(records(elsewhere / "results"))
        for key, files in records(ours.results):
            if key in expected:
                apart = distance(files, expected[key])
                self.tally.compared += 1
                self.tally.exact += apart == 0
                self.tally.most = max(self.tally.most, apart)
                if apart > TOLERANCE:
                    self.report(f"{key} differs by {apart:.1e} from a run without faults")
