"""Respiratory sounds: classes of breathing cycles, learnt with labels and by contrast."""

from core import Experiment, Factor, Metric, Plan, Record, Resources, Stage
from core.scores import score, sensitivity, sensitivity_two_class, specificity

CONTRASTIVE = {"method": ["scl", "hybrid"]}
PROBED = {"method": ["scl"]}

# The sound protocol; what the published code does otherwise is in AS_PUBLISHED.
DEFAULTS = {
    "dataset": "synthetic",
    "corpus_seed": Factor(0, when={"dataset": "synthetic"}),
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
    "method": "ce",
    "temperature": Factor(0.06, when=CONTRASTIVE),
    "denominator": Factor("all", when=CONTRASTIVE),
    "views": Factor("joint", when=CONTRASTIVE),
    "alpha": Factor(0.5, when={"method": "hybrid"}),
    "lr": 1e-3,
    "weight_decay": Factor(1e-4, before=1e-4),
    "schedule": "cosine",
    "batch_size": 128,
    "epochs": 400,
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

METHODS = ["ce", "scl", "hybrid"]
# Settings with which the synthetic corpus is learnt in seconds on a CPU.
SMALL = {"width": 0.125, "seconds": 2, "sample_rate": 8000, "epochs": 40}

PLANS = [
    Plan("demo", **SMALL, method=METHODS, batch_size=32, run=range(2)),
    Plan("scratch", dataset="icbhi", backbone=["cnn6", "cnn10"], method=METHODS),
    Plan(
        "published",
        dataset="icbhi",
        backbone=["cnn6", "cnn10"],
        method=METHODS,
        **AS_PUBLISHED,
    ),
    Plan(
        "subset",
        dataset="icbhi-subset",
        width=0.25,
        seconds=4,
        precision="bfloat16",
        batch_size=64,
        epochs=40,
        method=METHODS,
        selection=["held_out", "last", "best_on_test"],
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
NETWORK = ["backbone", "width", "precision"]
FEATURES = ["sample_rate", "normalise", "standardise", "held_out", "batch_size", "run"]
OBJECTIVE = ["method", "temperature", "denominator", "views", "alpha"]
TRAINING = ["init", "specaugment", "lr", "weight_decay", "schedule", "epochs"]

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
        uses=[*FEATURES, *NETWORK, "probe_lr", "weight_decay", "probe_epochs"],
        when=PROBED,
        resources=Resources(gpus=1, cpus=1, memory_gb=8, hours=2),
    ),
    Stage(
        "evaluation",
        "experiments.icbhi.evaluation:evaluate",
        needs=["cycles", "encoder", "probe"],
        uses=["selection"],
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


def _epoch(evaluation: Record) -> float:
    return float(evaluation["epoch"])


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
        _epoch,
        precision=0,
        description="the epoch chosen, counted from 1",
    ),
]

experiment = Experiment(
    name="icbhi",
    purpose="Respiratory sounds on the official split of ICBHI 2017, four classes",
    plans=PLANS,
    defaults=DEFAULTS,
    replicates={"run": range(10)},
    choices={
        "dataset": ["synthetic", "icbhi", "icbhi-subset"],
        "pad": ["circular", "zero"],
        "normalise": ["dataset", "example", "batch"],
        "standardise": ["measured", "published"],
        "specaugment": ["always", "published"],
        "backbone": ["cnn6", "cnn10", "cnn14"],
        "init": ["scratch"],
        "precision": ["float32", "bfloat16"],
        "method": METHODS,
        "denominator": ["all", "negatives"],
        "views": ["joint", "separate"],
        "schedule": ["cosine", "oscillating"],
        "selection": ["held_out", "last", "best_on_test"],
    },
    stages=STAGES,
    metrics=METRICS,
    data={
        "icbhi": "the whole ICBHI 2017 respiratory sound database: 920 recordings",
        "icbhi-subset": "a part of the database in the same layout, with split and demographics",
    },
    published="icbhi.csv",
)
