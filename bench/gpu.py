"""Speed of every experiment's training on a GPU, and hours that the published protocols take.

Run it as `python bench/gpu.py`, on a GPU that does nothing else; it takes about ten minutes, and
needs torch, torchaudio, numpy and this checkout, which need not be installed. docs/gpu.md says what
is measured. To reach: 5 times the recipe's samples a second for CNN6 by SupCon, Table 1 of ICBHI in
less than 2 hours on an H200, and in float32 losses of the first steps within 1e-3 of the recipe's.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

sys.path.append(str(Path(__file__).parents[1]))

import torch
from torch.utils.flop_counter import FlopCounterMode

import pann
import retrieval_training
import sed_training
import training as icbhi_training
import transcoder_training
from core import Setting
from core.values import text
from experiments.icbhi.material import Material
from experiments.icbhi.probe import Probe
from experiments.icbhi.training import Training
from plans.icbhi import experiment as icbhi
from plans.sed import experiment as sed
from steps import Measured, Step, measure

TRAINED, TESTED = 4142, 2756  # cycles of ICBHI
RUNS = 10
BESIDE = (1, 2, 4, 8)  # processes
BESIDE_SECONDS = 5.0
PATIENCE = 240  # s, for processes to be ready
Ways = Mapping[str, Mapping[str, object]]
EAGER: Ways = {name: {"precision": name} for name in ("float32", "bfloat16")}
COMPILED: Ways = {f"{n}, compiled": {**way, "compiled": True} for n, way in EAGER.items()}


@dataclass(frozen=True)
class Size:
    """How much is done: as published, or as little as tries this script on a CPU."""

    width: float
    cycles: int
    clips: int
    seconds: int
    pairs: int
    matrix: int
    repeats: int


PUBLISHED = Size(1, cycles=128, clips=24, seconds=64, pairs=32, matrix=8192, repeats=10)
SMALL = Size(0.125, cycles=4, clips=2, seconds=4, pairs=2, matrix=512, repeats=1)


@dataclass(frozen=True)
class Protocol:
    """What is trained for published tables: so many trainings of epochs of steps.

    A batch of validation, which passes forwards only, counts as a third of a step.
    """

    name: str
    trainings: int
    epochs: int
    steps: int
    validation: int

    def hours(self, seconds: float) -> float:
        """Give how long it takes with steps of so many seconds."""
        steps = self.steps + self.validation / 3
        return self.trainings * self.epochs * steps * seconds / 3600


@dataclass(frozen=True)
class Case:
    """Steps of an experiment: the recipe's, and ours with some factors changed."""

    name: str
    samples: int
    recipe: Callable[[], Step]
    ours: Callable[..., Step]
    protocol: Protocol | None = None


def icbhi_case(size: Size, device: str, folder: Path) -> Case:
    """Make CNN6 by SupCon, on cycles of 8 s."""
    waveforms = 0.1 * torch.randn(size.cycles, 8 * pann.ICBHI.sample_rate, device=device)
    given = (size.width, waveforms, torch.arange(size.cycles, device=device) % 4)
    return Case(
        "icbhi, cnn6 by SupCon, views separate",
        size.cycles,
        lambda: icbhi_training.recipe(*given),
        lambda **changed: icbhi_training.ours(*given, **changed),
    )


def sed_case(size: Size, device: str, folder: Path) -> Case:
    """Make att2_ae, on clips of 10 s; the other models of the plan take no longer."""
    sed_training.write_mixtures(folder, size.clips)
    given = (folder, size.width, device)
    return Case(
        "sed, att2_ae",
        size.clips,
        lambda: sed_training.recipe(sed_training.ours(*given)[0], size.width),
        lambda **changed: sed_training.ours(*given, **changed)[1],
        Protocol("at most", sum(1 for _ in sed.select("published/")), 80, 250, 84),
    )


def transcoder_case(size: Size, device: str, folder: Path) -> Case:
    """Make the convolutional transcoder by scores of YAMNet, on seconds of 10,545 files."""
    transcoder_training.write_material(folder, ceil(size.seconds / transcoder_training.SECONDS))
    rows = torch.arange(size.seconds, device=device)
    ours = transcoder_training.ours
    return Case(
        "transcoder, cnn_pinv for YamNet",
        size.seconds,
        lambda: transcoder_training.recipe(ours(folder, device), rows),
        lambda **changed: transcoder_training.step_of(ours(folder, device, **changed), rows),
        Protocol("a training", 1, 200, 1236, 206),
    )


def retrieval_case(size: Size, device: str, folder: Path) -> Case:
    """Make the DCASE 2023 baseline on Clotho, clips of 15 to 30 s, without its dropout."""
    retrieval_training.write_material(folder, size.pairs + 1)
    first = retrieval_training.ours(folder, size.width, device)
    captions = retrieval_training.one_of_each(first)

    def ours(**changed: object) -> Step:
        made = retrieval_training.ours(folder, size.width, device, **changed)
        return retrieval_training.step_of(made, captions)

    return Case(
        "retrieval, cnn14",
        size.pairs,
        lambda: retrieval_training.recipe(first, captions),
        ours,
        Protocol("the baseline", 1, 80, 600, 197),
    )


CASES = {
    "icbhi": (icbhi_case, EAGER | COMPILED),
    "sed": (sed_case, EAGER | COMPILED),
    # Not compiled: PyTorch 2.11 mistakes the layout of the gradient of a replication pad, and
    # batches of clips have a length of their own each.
    "transcoder": (transcoder_case, EAGER),
    "retrieval": (retrieval_case, EAGER),
}


def peaks(size: Size, device: str) -> dict[str, float]:
    """Print what products of matrices reach, and give it in FLOP/s by precision.

    On a GPU "float32" is TF32, which PyTorch's convolutions use unless they are told otherwise.
    """
    found = {}
    for name in ("float32", *(["TF32"] if device == "cuda" else []), "bfloat16"):
        dtype = torch.bfloat16 if name == "bfloat16" else torch.float32
        torch.set_float32_matmul_precision("high" if name == "TF32" else "highest")
        a, b = (torch.randn(size.matrix, size.matrix, device=device, dtype=dtype) for _ in "ab")
        seconds = timed(lambda a=a, b=b: (a @ b)[0, 0], size).seconds
        found[name] = 2 * size.matrix**3 / seconds
        print(f"peak of {name}: {found[name] / 1e12:.1f} TFLOP/s")
    torch.set_float32_matmul_precision("highest")
    return found | {"float32": found.get("TF32", found["float32"])}


def timed(step: Step, size: Size) -> Measured:
    """Time a step alone, its first ones and what is compiled in them apart."""
    return measure({"": step}, rounds=3, repeats=size.repeats)[""]


def compare(case: Case, ways: Ways, top: Mapping[str, float], size: Size) -> dict[str, Measured]:
    """Print a line for the recipe and for each way of ours; give those that could be run."""
    torch.backends.cudnn.benchmark = False  # what is compiled sets it; the plain recipe does not
    plain = timed(case.recipe(), size)
    with FlopCounterMode(display=False) as counter:
        case.ours()()
    flops = counter.get_total_flops()
    print(f"{case.name}, {case.samples} samples and {flops / 1e12:.3f} TFLOP a step")
    found: dict[str, Measured] = {}
    for name, changed in {"recipe": None, **ways}.items():
        try:
            taken = plain if changed is None else timed(case.ours(**changed), size)
        except Exception:  # what cannot be compiled here does not end the other measurements
            traceback.print_exc()
            continue
        share = flops / taken.seconds / top[name.partition(",")[0] if changed else "float32"]
        off = max(abs(a - b) for a, b in zip(taken.losses, plain.losses, strict=True))
        print(
            f"  {name}: {1e3 * taken.seconds:.2f} ms, {case.samples / taken.seconds:,.0f} "
            f"samples/s, {plain.seconds / taken.seconds:.2f} × the recipe, {share:.0%} of the "
            f"peak, loss off by {off:.1e}",
            flush=True,
        )
        if changed is not None:
            found[name] = taken
    if case.protocol and found:
        hours = case.protocol.hours(min(taken.seconds for taken in found.values()))
        print(f"  {case.protocol.name}: {hours:.2f} h ({case.protocol.trainings} trainings)")
    return found


def noise(cycles: int, device: str) -> Material:
    """Make log-mels of so many cycles of 8 s, of no sound."""
    logmels = torch.randn(cycles, 1, 64, 251, device=device)
    return icbhi_training.material_of(logmels, torch.arange(cycles, device=device) % 4)


def table1(size: Size, device: str, way: Mapping[str, object], gain: float) -> None:
    """Print how long each setting of ICBHI's Table 1 from scratch takes, and all with 10 runs.

    `gain` is what processes side by side take less.
    """
    words = {
        n: [text(v)] for n, v in {**way, "width": size.width, "batch_size": size.cycles}.items()
    }
    tried = icbhi.with_modalities(words)
    material = noise(size.cycles * 22, device)
    total = 0.0
    for setting in tried.select("table1_scratch/run=0"):
        tasks = tried.task_maker().tasks(setting)
        probe = tasks["probe"].setting if "probe" in tasks else None
        seconds = whole_training(tasks["encoder"].setting, probe, material, size, device)
        print(f"  {setting.backbone} {setting.method}: {seconds / 60:.1f} min", flush=True)
        total += RUNS * seconds
    print(f"Table 1, {RUNS} runs: {total / 3600:.2f} h one by one, {total / gain / 3600:.2f} h")


def whole_training(
    setting: Setting, probe: Setting | None, material: Material, size: Size, device: str
) -> float:
    """Give the seconds of one training, from those of a step and of a look at the test part.

    The probe's, of methods that do not classify themselves, are part of it.
    """
    steps, looks = ceil(TRAINED / setting.batch_size), ceil(TESTED / setting.batch_size)
    training = Training(setting, material, device, 0)
    batch = torch.arange(setting.batch_size, device=device)
    epoch = steps * timed(icbhi_training.step_of(training, batch), size).seconds
    if probe is None:
        epoch += looks * timed(lambda: training.classify(batch).sum(), size).seconds
        return setting.epochs * epoch
    linear = Probe(probe, material, training.network.trunk, device, 0)
    probing = steps * timed(lambda: linear.step(batch), size).seconds
    return setting.epochs * epoch + probe.probe_epochs * probing


def rate(size: Size, device: str, way: Mapping[str, object], together: Barrier) -> float:
    """Give the samples a second of a process that trains CNN6 by SupCon beside others."""
    torch.set_num_threads(1)
    step = icbhi_case(size, device, Path()).ours(**way)
    timed(step, size)
    together.wait(PATIENCE)
    start, taken = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < BESIDE_SECONDS:
        for _ in range(size.repeats):
            loss = step()
        float(loss)
        taken += size.repeats
    return size.cycles * taken / passed


def side_by_side(size: Size, device: str, way: Mapping[str, object]) -> float:
    """Print what some processes reach together; give the best, as multiples of one alone."""
    context = get_context("spawn")
    rates: dict[int, float] = {}
    for count in BESIDE:
        with context.Manager() as manager, context.Pool(count) as pool:
            asked = [(size, device, way, manager.Barrier(count))] * count
            try:
                rates[count] = sum(pool.starmap_async(rate, asked, 1).get(2 * PATIENCE))
            except Exception:  # the GPU's memory may not hold so many
                traceback.print_exc()
                break
        print(f"{count} side by side: {rates[count]:,.0f} samples/s", flush=True)
    return max(rates.values()) / rates[1] if rates else 1.0


def main() -> None:
    """Measure what is asked for, the peak first."""
    flags = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--device", default="cuda")
    flags.add_argument("--small", action="store_true", help="try the script, on a CPU")
    flags.add_argument("--eager", action="store_true", help="compile nothing")
    parts = [*CASES, "beside", "table1"]
    flags.add_argument("--only", nargs="+", choices=parts, default=parts)
    asked = flags.parse_args()
    if asked.device == "cuda" and not torch.cuda.is_available():
        print("no GPU is here; `python bench/gpu.py --device cpu --small` tries the script")
        return
    size = SMALL if asked.small else PUBLISHED
    where = torch.cuda.get_device_name() if asked.device == "cuda" else f"{asked.device}, 1 thread"
    torch.set_num_threads(1)
    print(f"{where}, PyTorch {torch.__version__}")
    top = peaks(size, asked.device)
    way = {"precision": "bfloat16", "compiled": not asked.eager}
    for name, (make, ways) in CASES.items():
        if name in asked.only:
            ways = {n: w for n, w in ways.items() if not (asked.eager and w.get("compiled"))}
            with tempfile.TemporaryDirectory() as folder:
                found = compare(make(size, asked.device, Path(folder)), ways, top, size)
            if name == "icbhi" and found:
                way = dict(ways[min(found, key=lambda each: found[each].seconds)])
    print(f"ICBHI with {', '.join(f'{n}={v}' for n, v in way.items())}")
    gain = side_by_side(size, asked.device, way) if "beside" in asked.only else 1.0
    if "table1" in asked.only:
        table1(size, asked.device, way, gain)


if __name__ == "__main__":
    main()
