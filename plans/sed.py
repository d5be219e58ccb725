"""Sound events found in mixtures of which only the classes are known, not when they are heard."""

from core import Dataset, Experiment, Factor, Media, Plan, Resources, Sheet, Stage
from plans.metrics.sed import FIGURES, METRICS

# Pooling of what cells of time and frequency say: by attention in two steps, with and without an
# auxiliary auto-encoder, in one step; by maximum, mean, weighted rank; atrous attention.
MODELS = ["att2_ae", "att2", "att1", "gmp", "gap", "gwrp", "atrous_att"]
BASELINES = ["gmp", "gap", "gwrp", "atrous_att"]
AUTO_ENCODER: dict[str, object] = {"model": "att2_ae"}
ATROUS: dict[str, object] = {"model": "atrous_att"}
SYNTHETIC: list[dict[str, object]] = [{"dataset": "synthetic"}, {"scenes": "synthetic"}]

# The sound protocol; what the published code does otherwise is in AS_PUBLISHED.
DEFAULTS = {
    "dataset": "synthetic",
    "scenes": "synthetic",
    "corpus_seed": Factor(0, when=SYNTHETIC),
    "sounds": Factor(12, when={"dataset": "synthetic"}),
    "mixing": "fixed",
    "snr": 0,
    "clips": 2000,
    "clip_seconds": 10,
    "shares": 1,
    "model": "att2_ae",
    "decoder": Factor("linear", when=AUTO_ENCODER),
    "alpha": Factor(1e-3, when=AUTO_ENCODER),
    "atrous": Factor("repaired", when=ATROUS),
    "width": 1,
    "selection": "held_out",
    "lr": 1e-3,
    "weight_decay": 0,
    "batch_size": 24,
    "epochs": 80,
    "precision": "float32",
    "compiled": Factor(False, before=False),
}

# What the published code does otherwise: one shuffle of a fold's sounds is tiled, the decoder
# cannot be negative, the atrous network cannot pass 0.5, the test fold chooses epoch and rate.
AS_PUBLISHED = {
    "mixing": "compat",
    "decoder": Factor("published", when=AUTO_ENCODER),
    "atrous": Factor("published", when=ATROUS),
    "selection": "best_on_test",
    "run": 0,
}
REAL = {"dataset": "fsdkaggle2018", "scenes": "tau2019", "snr": [20, 10, 0]}
# Short clips with loud events, and few channels: seconds on a CPU.
SMALL = {
    "snr": 20,
    "sounds": 24,
    "clips": 400,
    "clip_seconds": 2.5,
    "width": 0.125,
    "lr": 3e-3,
    "batch_size": 8,
    "epochs": 4,
    "fold": 4,
    "run": 0,
}

PLANS = [
    # What pooling is worth after a few epochs.
    Plan("demo", **SMALL, model=["att2_ae", "att2", "gmp"]),
    # Every model at every level, over four folds and three seeds.
    Plan("models", **REAL, model=MODELS),
    # What the repairs and the choices of the models change.
    Plan("auto_encoder", **REAL, decoder=["linear", "published"], alpha=[0, 1e-3, 1e-2, 0.1, 1]),
    Plan("width", **REAL, model=["att2_ae", "gmp"], width=[0.25, 0.5, 1]),
    Plan("atrous", **REAL, model="atrous_att", atrous=["repaired", "published"]),
    # What the mixtures change: tiles, times that cannot be learnt by heart, other scenes.
    Plan(
        "mixing",
        **REAL,
        model=["att2_ae", "gwrp"],
        mixing=["compat", "fixed", "random_onset"],
    ),
    Plan(
        "scenes",
        **{**REAL, "scenes": ["tut2018", "tau2019"]},
        model=["att2_ae", "gwrp"],
    ),
    # The papers' tables as published: the fold that is tested chooses the epoch.
    Plan("published", **REAL, **AS_PUBLISHED, model=["att2_ae", "att2", *BASELINES], fold=4),
    Plan("published_alpha", **REAL, **AS_PUBLISHED, alpha=[0, 1e-3, 1e-2, 0.1, 1], fold=4),
    Plan(
        "published_2018",
        **{**REAL, "scenes": "tut2018", "snr": 0},
        **AS_PUBLISHED,
        model=["gmp", "gap", "gwrp"],
        epochs=40,
    ),
]

NETWORK = ["model", "width", "decoder", "atrous"]
STAGES = [
    Stage(
        "events",
        "experiments.sed.synthetic:synthesise_events",
        uses=["dataset", "corpus_seed", "sounds"],
        when={"dataset": "synthetic"},
    ),
    Stage(
        "backgrounds",
        "experiments.sed.synthetic:synthesise_scenes",
        uses=["scenes", "corpus_seed", "clips", "clip_seconds"],
        when={"scenes": "synthetic"},
        resources=Resources(cpus=4),
    ),
    Stage(
        "sources",
        "experiments.sed.sources:prepare",
        needs=["events"],
        data="dataset",
        resources=Resources(cpus=8, memory_gb=8, hours=2),
    ),
    Stage(
        "mixtures",
        "experiments.sed.mixtures:prepare",
        needs=["sources", "backgrounds"],
        uses=["mixing", "snr", "clips", "clip_seconds"],
        data="scenes",
        shares="shares",
        resources=Resources(cpus=8, memory_gb=8, hours=2),
    ),
    Stage(
        "annotation",
        "experiments.sed.annotation:annotate",
        needs=["mixtures"],
    ),
    Stage(
        "training",
        "experiments.sed.training:train",
        needs=["mixtures"],
        uses=[
            *NETWORK,
            *["alpha", "selection", "lr", "weight_decay", "batch_size", "epochs", "precision"],
            *["compiled", "fold", "run"],
        ],
        resources=Resources(gpus=1, cpus=4, memory_gb=16, hours=20),
    ),
    Stage(
        "evaluation",
        "experiments.sed.evaluation:evaluate",
        needs=["mixtures", "training"],
        uses=[*NETWORK, "precision", "fold"],
        resources=Resources(gpus=1, cpus=4, memory_gb=16),
    ),
]

DATA = {
    "fsdkaggle2018": Dataset(
        "the whole FSDKaggle2018: 9,473 training sounds of 41 classes",
        inspect="experiments.sed.fsdkaggle2018:inspect_whole",
        fetch="experiments.sed.fsdkaggle2018:fetch",
    ),
    "fsdkaggle2018-part": Dataset(
        "a part of it, with the whole table",
        inspect="experiments.sed.fsdkaggle2018:inspect_part",
    ),
    "tut2018": Dataset(
        "the whole TUT Urban Acoustic Scenes 2018 development set",
        inspect="experiments.sed.backgrounds:inspect_tut2018",
        fetch="experiments.sed.backgrounds:fetch_tut2018",
    ),
    "tut2018-part": Dataset(
        "a part of it in the same layout, or a folder of its recordings",
        inspect="experiments.sed.backgrounds:inspect_part",
    ),
    "tau2019": Dataset(
        "the whole TAU Urban Acoustic Scenes 2019 development set",
        inspect="experiments.sed.backgrounds:inspect_tau2019",
        fetch="experiments.sed.backgrounds:fetch_tau2019",
    ),
    "tau2019-part": Dataset(
        "a part of it in the same layout, or a folder of its recordings",
        inspect="experiments.sed.backgrounds:inspect_part",
    ),
}

SHEETS = [
    Sheet(
        "events",
        "experiments.sed.sheets:events",
        ("annotation",),
        "a row for each event of the mixtures: file, onset, offset, label, as DCASE has them",
    ),
    Sheet(
        "detections",
        "experiments.sed.sheets:detections",
        ("evaluation",),
        "a row for each event that was found in the test fold",
    ),
    Sheet(
        "classes",
        "experiments.sed.sheets:classes",
        ("evaluation",),
        "a row for each class: all its scores",
    ),
]

MEDIA = [
    Media("evaluation", "*.wav", "The mixture: events on the left, the scene on the right"),
    Media("evaluation", "*_classes.png", "When each class is heard; events in orange"),
    Media("evaluation", "*_masks.png", "Where classes are in time and frequency"),
    Media("evaluation", "*_attention.png", "Attention of the two most probable classes"),
    Media("evaluation", "*_reconstruction.png", "The input, and what the auto-encoder makes of it"),
]

experiment = Experiment(
    name="sed",
    purpose="Sound events of 41 classes found from weak labels, by attention and other pooling",
    plans=PLANS,
    defaults=DEFAULTS,
    replicates={"fold": range(1, 5), "run": range(3)},
    choices={
        "dataset": ["synthetic", "fsdkaggle2018", "fsdkaggle2018-part"],
        "scenes": ["synthetic", "tut2018", "tut2018-part", "tau2019", "tau2019-part"],
        "mixing": ["compat", "fixed", "random_onset"],
        "model": MODELS,
        "decoder": ["linear", "published"],
        "atrous": ["repaired", "published"],
        "selection": ["held_out", "best_on_test"],
        "precision": ["float32", "bfloat16"],
        "compiled": [False, True],
    },
    stages=STAGES,
    metrics=METRICS,
    figures=FIGURES,
    sheets=SHEETS,
    media=MEDIA,
    data=DATA,
    published="sed.csv",
)
