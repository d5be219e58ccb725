"""Respiratory sounds: classes of breathing cycles, learnt with labels and by contrast."""

from typing import TYPE_CHECKING, Any, TypeAlias

from core import (
    Confusion,
    Curve,
    Dataset,
    Experiment,
    Factor,
    Metric,
    Plan,
    Record,
    Resources,
    Scores,
    Sheet,
    Stage,
)
from core.figure import Drawable
from core.scores import score, sensitivity, sensitivity_two_class, specificity

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

METHODS = ["ce", "scl", "hybrid", "simclr", "mscl"]
CONTRASTIVE = {"method": ["scl", "hybrid", "simclr", "mscl"]}
PROBED = {"method": ["scl", "simclr", "mscl"]}
LABELS = ["class", "sa", "sc", "ac", "sac", "sex", "age"]

# The sound protocol; what the published code does otherwise is in AS_PUBLISHED.
DEFAULTS = {
    "dataset": "synthetic",
    "corpus_seed": Factor(0, when={"dataset": "synthetic"}),
    "split": Factor("official", before="official"),
    "seconds": 8,
    "sample_rate": 16000,
    "pad": "circular",
    "held_out": 0.2,
    "normalise": "dataset",
    "standardise": "measured",
    "specaugment": "always",
    "backbone": "cnn6",
    "width": 1,
    "init": "scratch",
    "precision": "float32",
    "compiled": Factor(False, before=False),
    "method": "ce",
    "label": Factor("class", when={"method": ["scl", "hybrid"]}, before="class"),
    "metadata": Factor("sa", when={"method": "mscl"}),
    "temperature": Factor(0.06, when=CONTRASTIVE),
    "denominator": Factor("all", when=CONTRASTIVE),
    "views": Factor("joint", when=CONTRASTIVE),
    "alpha": Factor(0.5, when={"method": "hybrid"}),
    "alpha_on": Factor("contrast", when={"method": "hybrid"}, before="contrast"),
    "lam": Factor(0.75, when={"method": "mscl"}),
    "class_weights": Factor("inverse", when={"method": ["ce", "hybrid"]}, before="inverse"),
    "lr": 1e-3,
    "weight_decay": Factor(1e-4, before=1e-4),
    "schedule": "cosine",
    "batch_size": 128,
    "epochs": 400,
    "probe_weights": Factor("inverse", when=PROBED, before="inverse"),
    "probe_lr": Factor(0.1, when=PROBED),
    "probe_epochs": Factor(50, when=PROBED),
    "selection": "held_out",
}

AS_PUBLISHED = {
    "held_out": 0,
    "normalise": "batch",
    "standardise": "published",
    "specaugment": "published",
    "views": Factor("separate", when=CONTRASTIVE),
    "schedule": "oscillating",
    "selection": "best_on_test",
}

BY_CLASS = ["ce", "scl", "hybrid"]
SCRATCH = {"dataset": "icbhi", "backbone": ["cnn6", "cnn10"]}
AUDIOSET = {"dataset": "icbhi", "init": "audioset", "lr": 1e-4}
METADATA = {
    "method": ["simclr", "scl", "mscl"],
    "label": Factor(["class", "sa", "ac", "sc", "sac"], when={"method": "scl"}),
}
# Settings with which the synthetic corpus is learnt in seconds on a CPU.
SMALL = {"width": 0.125, "seconds": 2, "sample_rate": 8000, "epochs": 40}
# What two CPU cores can train on a part of the database.
SUBSET = {
    "dataset": "icbhi-subset",
    "width": 0.25,
    "seconds": 4,
    "precision": "bfloat16",
    "batch_size": 64,
    "epochs": 40,
}
SELECTIONS = ["held_out", "last", "best_on_test"]

PLANS = [
    Plan("demo", **SMALL, method=BY_CLASS, batch_size=32, run=range(2)),
    # The paper's tables, row by row, by the sound protocol and as published.
    Plan("scratch", **SCRATCH, method=BY_CLASS),
    Plan("audioset", **AUDIOSET, backbone=["cnn6", "cnn14"], method=BY_CLASS),
    Plan("metadata", **AUDIOSET, **METADATA),
    Plan("table1_scratch", **SCRATCH, **AS_PUBLISHED, method=BY_CLASS),
    Plan(
        "table1_audioset", **AUDIOSET, **AS_PUBLISHED, backbone=["cnn6", "cnn14"], method=BY_CLASS
    ),
    Plan("table2", **AUDIOSET, **AS_PUBLISHED, **METADATA),
    # Who tests: the official part, the same with its two leaking patients out of the training,
    # and five folds in turn.
    Plan(
        "splits",
        dataset="icbhi",
        split=["official", "official_minus_leak", "five_fold"],
        method=BY_CLASS,
        run=range(3),
    ),
    Plan("subset", **SUBSET, method=BY_CLASS, selection=SELECTIONS, run=range(3)),
    Plan(
        "subset_metadata",
        **SUBSET,
        method=["ce", "scl", "mscl"],
        label=Factor(["class", "sa"], when={"method": "scl"}),
        selection=SELECTIONS,
        run=range(3),
    ),
    Plan(
        "tuning",
        **SMALL,
        method="hybrid",
        lr=[3e-4, 1e-3],
        batch_size=[16, 32],
        temperature=Factor([0.06, 0.2], when=CONTRASTIVE),
        run=range(2),
    ),
]

PREPARATION = ["seconds", "sample_rate", "pad"]
SPLIT = ["split", "fold"]
NETWORK = ["backbone", "width", "precision"]
FEATURES = [
    *SPLIT,
    *["sample_rate", "normalise", "standardise", "held_out", "batch_size", "run"],
]
OBJECTIVE = [
    *["method", "label", "metadata", "temperature", "denominator", "views"],
    *["alpha", "alpha_on", "lam", "class_weights"],
]
TRAINING = ["compiled", "init", "specaugment", "lr", "weight_decay", "schedule", "epochs"]

STAGES = [
    Stage(
        "corpus",
        "experiments.icbhi.synthetic:synthesise",
        uses=["dataset", "corpus_seed"],
        when={"dataset": "synthetic"},
    ),
    Stage(
        "cycles",
        "experiments.icbhi.cycles:prepare",
        needs=["corpus"],
        uses=PREPARATION,
        data="dataset",
        resources=Resources(cpus=4),
    ),
    Stage(
        "encoder",
        "experiments.icbhi.training:train",
        needs=["cycles"],
        uses=[*FEATURES, *NETWORK, *OBJECTIVE, *TRAINING],
        resources=Resources(gpus=1, cpus=1, memory_gb=8, hours=10),
    ),
    Stage(
        "probe",
        "experiments.icbhi.probe:probe",
        needs=["cycles", "encoder"],
        uses=[
            *FEATURES,
            *NETWORK,
            *["probe_weights", "probe_lr", "weight_decay", "probe_epochs"],
        ],
        when=PROBED,
        resources=Resources(gpus=1, cpus=1, memory_gb=8, hours=2),
    ),
    Stage(
        "evaluation",
        "experiments.icbhi.evaluation:evaluate",
        needs=["cycles", "encoder", "probe"],
        uses=[*SPLIT, "selection"],
    ),
]


def _specificity(evaluation: Record) -> float:
    return float(specificity(evaluation["confusion"]))


def _sensitivity(evaluation: Record) -> float:
    return float(sensitivity(evaluation["confusion"]))


def _score(evaluation: Record) -> float:
    return float(score(evaluation["confusion"]))


def _two_class(evaluation: Record) -> float:
    return float(sensitivity_two_class(evaluation["confusion"]))


METRICS = [
    Metric(
        "Sp",
        "evaluation",
        _specificity,
        higher_is_better=True,
        percent=True,
        description="specificity: normal cycles called normal",
    ),
    Metric(
        "Se",
        "evaluation",
        _sensitivity,
        higher_is_better=True,
        percent=True,
        description="strict sensitivity: abnormal cycles given exactly their class",
    ),
    Metric(
        "Sc",
        "evaluation",
        _score,
        higher_is_better=True,
        percent=True,
        description="score of the challenge: mean of Sp and Se; a constant answer scores 50",
    ),
    Metric(
        "Se2",
        "evaluation",
        _two_class,
        higher_is_better=True,
        percent=True,
        description="two-class sensitivity: abnormal cycles called abnormal, whichever class",
    ),
    Metric(
        "epoch",
        "evaluation",
        "epoch",
        precision=0,
        description="the epoch chosen, counted from 1",
    ),
]


def _score_test(training: Record) -> "Array":
    return score(training["confusion_test"])


def _score_held_out(training: Record) -> "Array":
    return score(training["confusion_held_out"])


def _answers(evaluation: Record) -> "tuple[Array, Array]":
    import numpy as np  # listing plans must not pay for numpy

    # Probabilities: logits of two cycles differ by a constant that says nothing.
    logits = evaluation["logits"]
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return evaluation["label"], shares / shares.sum(axis=1, keepdims=True)


CLASSES = ("normal", "crackle", "wheeze", "both")
CLASSIFIER = ("probe", "encoder")  # a network without a probe classifies itself
FIGURES: list[Drawable] = [
    Curve("loss", ("encoder",), "loss", description="training loss"),
    Curve("Sc_held_out", CLASSIFIER, _score_held_out, True, "Sc (%), held-out patients"),
    Curve("Sc_test", CLASSIFIER, _score_test, True, "Sc (%), test part"),
    Confusion("evaluation", "confusion", CLASSES),
    Scores("evaluation", _answers, CLASSES),
]

SHEETS = [
    Sheet(
        "predictions",
        "experiments.icbhi.sheets:predictions",
        ("cycles", "evaluation"),
        "a row for each test cycle: annotation, answer, probabilities",
    ),
    Sheet(
        "evar",
        "experiments.icbhi.sheets:evar",
        ("evaluation",),
        "a row for each run, as EVAR (nttcslab/eval-audio-repr) writes them",
    ),
]

experiment = Experiment(
    name="icbhi",
    purpose="Respiratory sounds of ICBHI 2017, four classes",
    plans=PLANS,
    defaults=DEFAULTS,
    replicates={"run": range(10), "fold": Factor(range(5), when={"split": "five_fold"})},
    choices={
        "dataset": ["synthetic", "icbhi", "icbhi-subset"],
        "split": ["official", "official_minus_leak", "five_fold"],
        "pad": ["circular", "zero"],
        "normalise": ["dataset", "example", "batch"],
        "standardise": ["measured", "published"],
        "specaugment": ["always", "published"],
        "backbone": ["cnn6", "cnn10", "cnn14"],
        "init": ["scratch", "audioset"],
        "precision": ["float32", "bfloat16"],
        "compiled": [False, True],
        "method": METHODS,
        "label": LABELS,
        "metadata": LABELS[1:],
        "alpha_on": ["contrast", "classification"],
        "class_weights": ["inverse", "none"],
        "probe_weights": ["inverse", "none"],
        "denominator": ["all", "negatives"],
        "views": ["joint", "separate"],
        "schedule": ["cosine", "oscillating"],
        "selection": SELECTIONS,
    },
    stages=STAGES,
    metrics=METRICS,
    sheets=SHEETS,
    figures=FIGURES,
    data={
        "icbhi": Dataset(
            "the whole ICBHI 2017 respiratory sound database: 920 recordings",
            inspect="experiments.icbhi.inspection:inspect_whole",
            fetch="experiments.icbhi.download:fetch",
        ),
        "icbhi-subset": Dataset(
            "a part of the database in the same layout, with its split",
            inspect="experiments.icbhi.inspection:inspect_part",
        ),
    },
    published="icbhi.csv",
)
