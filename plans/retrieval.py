"""Sounds found by descriptions in words, and descriptions by sounds."""

from core import Dataset, Experiment, Factor, Media, Plan, Resources, Stage
from core.grid import geometric, linear
from plans.metrics.retrieval import FIGURES, METRICS

DUAL: dict[str, object] = {"system": "dual"}
SYNTHETIC: dict[str, object] = {"dataset": "synthetic"}
BACKBONES = ["cnn14", "cnn10", "cnn6"]

# The sound protocol: what is masked, and validation mAP@10 chooses the epoch.
DEFAULTS = {
    "system": "dual",
    "dataset": "synthetic",
    "corpus_seed": Factor(0, when=SYNTHETIC),
    "sounds": Factor(1000, when=SYNTHETIC),
    "corrections": "none",
    "front_end": Factor("pann", when=DUAL),
    "shares": Factor(1, when=DUAL),
    "text": "mpnet",
    "backbone": Factor("cnn14", when=DUAL),
    "width": Factor(1, when=DUAL),
    "init": Factor("audioset", when=DUAL),
    "fine_tune_from": Factor(0, when=DUAL),
    "freezing": Factor("declared", when=DUAL),
    "fc_units": Factor(None, when=DUAL),
    "conv_dropout": Factor(0.2, when=DUAL),
    "fc_dropout": Factor(0.5, when=DUAL),
    "padding": Factor("masked", when=DUAL),
    "pairs": Factor("all", when=DUAL),
    "negatives": Factor("masked", when=DUAL),
    "temperature": Factor(0.07, when=DUAL),
    "learned_temperature": Factor(False, when=DUAL),
    "selection": Factor("valid_map", when=DUAL),
    "stopping": Factor("none", when=DUAL),
    "lr": Factor(1e-3, when=DUAL),
    "batch_size": Factor(32, when=DUAL),
    "epochs": Factor(80, when=DUAL),
    "precision": "float32",
}

# The DCASE 2023 baseline as its code trains it.
BASELINE = {
    "dataset": "clotho",
    "front_end": "published",
    "padding": "zero",
    "selection": "valid_loss",
    "stopping": "std",
}
# Its fork: a caption of each clip an epoch, the last epoch kept, and two accidents of freezing.
FORK = {
    "dataset": "clotho",
    "corrections": "fork",
    "front_end": "published",
    "padding": "zero",
    "pairs": "one_per_epoch",
    "selection": "last",
    "stopping": "patience",
    "epochs": 100,
    "freezing": "fork",
}
# What is learned in seconds on a CPU, with words counted instead of a language model.
SMALL = {
    "sounds": 400,
    "text": "hashed",
    "backbone": Factor("cnn6", when=DUAL),
    "width": Factor(0.125, when=DUAL),
    "init": Factor("scratch", when=DUAL),
    "pairs": Factor("one_per_epoch", when=DUAL),
    "epochs": Factor(10, when=DUAL),
}

PLANS = [
    # Two temperatures, beside what captions alone are worth.
    Plan(
        "demo",
        **SMALL,
        system=["dual", "caption_oracle"],
        temperature=Factor([0.07, 0.2], when=DUAL),
        run=Factor(range(2), when=DUAL),
    ),
    # What human captions support, without any sound.
    Plan(
        "oracle",
        dataset="clotho-captions",
        system="caption_oracle",
        text=["hashed", "minilm", "mpnet"],
    ),
    # Encoders of sounds, and what they start from; encoders of text.
    Plan("backbone", dataset="clotho", backbone=BACKBONES, init=["scratch", "audioset"]),
    Plan("text", dataset="clotho", text=["hashed", "minilm", "mpnet"]),
    Plan("fine_tuning", dataset="clotho", fine_tune_from=range(8)),
    # What the choices of the published code change.
    Plan(
        "choices",
        dataset="clotho",
        front_end=["pann", "published"],
        padding=["masked", "zero"],
        selection=["valid_map", "valid_loss", "last"],
    ),
    Plan("pairs", dataset="clotho", pairs=["all", "one_per_epoch"], negatives=["masked", "all"]),
    Plan("temperature", dataset="clotho", learned_temperature=[False, True]),
    # As published.
    Plan("baseline", **BASELINE, init="audioset", run=0),
    Plan("fork", **FORK, run=range(3)),
    Plan(
        "fork_tuned",
        **FORK,
        lr=8.15e-4,
        temperature=0.0853,
        conv_dropout=0.134,
        fc_dropout=0.112,
        fc_units=1457,
        fine_tune_from=4,
        run=range(3),
    ),
    # The fork's sweep, its dead factor mended, for --search.
    Plan(
        "sweep",
        dataset="clotho",
        pairs="one_per_epoch",
        stopping="patience",
        epochs=100,
        lr=geometric(1e-4, 2e-3, 14),
        temperature=geometric(0.02, 0.2, 11),
        conv_dropout=linear(0.1, 0.5, 5),
        fc_dropout=linear(0.1, 0.5, 5),
        fc_units=[None, 512, 1024, 2048],
        fine_tune_from=range(8),
        run=0,
    ),
    Plan(
        "demo_sweep",
        **{**SMALL, "sounds": 100, "epochs": 4},
        system="dual",
        lr=geometric(1e-4, 1e-2, 9),
        temperature=geometric(0.02, 0.5, 7),
        fc_dropout=linear(0, 0.5, 3),
        run=0,
    ),
]

NETWORK = ["backbone", "width", "fc_units"]
STAGES = [
    Stage(
        "corpus",
        "experiments.retrieval.synthetic:make",
        uses=["dataset", "corpus_seed", "sounds"],
        when=SYNTHETIC,
        resources=Resources(cpus=2),
    ),
    Stage(
        "captions",
        "experiments.retrieval.captions:prepare",
        needs=["corpus"],
        uses=["dataset", "corrections"],
        data="dataset",
        resources=Resources(memory_gb=2),
    ),
    Stage(
        "clips",
        "experiments.retrieval.clips:prepare",
        needs=["corpus"],
        uses=["dataset", "front_end"],
        data="dataset",
        shares="shares",
        when=DUAL,
        resources=Resources(cpus=4, memory_gb=8),
    ),
    Stage(
        "embeddings",
        "experiments.retrieval.embeddings:prepare",
        needs=["captions"],
        uses=["text", "precision"],
        resources=Resources(cpus=4, memory_gb=8),
    ),
    Stage(
        "training",
        "experiments.retrieval.training:train",
        needs=["captions", "clips", "embeddings"],
        uses=[
            *NETWORK,
            *["init", "fine_tune_from", "freezing", "conv_dropout", "fc_dropout", "padding"],
            *["pairs", "negatives", "temperature", "learned_temperature", "selection", "stopping"],
            *["lr", "batch_size", "epochs", "precision", "run"],
        ],
        when=DUAL,
        resources=Resources(gpus=1, cpus=4, memory_gb=32, hours=20),
    ),
    Stage(
        "retrieval",
        "experiments.retrieval.evaluation:evaluate",
        needs=["captions", "embeddings", "clips", "training"],
        uses=NETWORK,
        resources=Resources(gpus=1, cpus=4, memory_gb=16, hours=2),
    ),
    Stage(
        "examples",
        "experiments.retrieval.examples:examples",
        needs=["corpus", "captions", "retrieval"],
        uses=["dataset"],
        data="dataset",
        # One run of each is enough to listen to.
        when={**DUAL, "run": 0},
    ),
]

DATA = {
    "clotho": Dataset(
        "the whole Clotho v2.1: 5,929 clips with five captions each",
        inspect="experiments.retrieval.clotho:inspect_whole",
        fetch="experiments.retrieval.clotho:fetch",
    ),
    "clotho-part": Dataset(
        "a part of it in the same layout",
        inspect="experiments.retrieval.clotho:inspect_part",
    ),
    "clotho-captions": Dataset(
        "its tables of captions alone",
        inspect="experiments.retrieval.clotho:inspect_captions",
    ),
    "audiocaps": Dataset(
        "AudioCaps: its tables, and a sound for each clip that they list",
        inspect="experiments.retrieval.audiocaps:inspect_whole",
    ),
    "audiocaps-part": Dataset(
        "a part of it in the same layout",
        inspect="experiments.retrieval.audiocaps:inspect_part",
    ),
}

MEDIA = [
    Media(
        "examples",
        "*.wav",
        "The three clips ranked best for captions of the evaluation split, their first 10 s",
    )
]

experiment = Experiment(
    name="retrieval",
    purpose="Sounds found by descriptions in words, and descriptions by sounds",
    plans=PLANS,
    defaults=DEFAULTS,
    replicates={"run": Factor(range(3), when=DUAL)},
    choices={
        "system": ["dual", "caption_oracle"],
        "dataset": ["synthetic", *DATA],
        "corrections": ["none", "fork"],
        "front_end": ["pann", "published"],
        "text": ["hashed", "minilm", "mpnet"],
        "backbone": BACKBONES,
        "init": ["scratch", "audioset"],
        "freezing": ["declared", "fork"],
        "padding": ["masked", "zero"],
        "pairs": ["all", "one_per_epoch"],
        "negatives": ["masked", "all"],
        "selection": ["valid_map", "valid_loss", "last", "test_map"],
        "stopping": ["none", "std", "patience"],
        "precision": ["float32", "bfloat16"],
    },
    stages=STAGES,
    metrics=METRICS,
    figures=FIGURES,
    media=MEDIA,
    data=DATA,
    published="retrieval.csv",
)
