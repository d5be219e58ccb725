"""Third-octave spectra turned into what classifiers of urban sounds read, by a teacher."""

from core import Dataset, Experiment, Factor, Media, Plan, Resources, Sheet, Stage
from plans.metrics.transcoder import FIGURES, METRICS

# Transcoders that are trained; students among them score levels themselves.
EFFICIENTNETS = ["effnet_b0", "effnet_b7"]
STUDENTS = ["self", *EFFICIENTNETS]
TRAINED = ["mlp", "mlp_pinv", "cnn_pinv", *STUDENTS]
TO_MELS = ["mlp", "mlp_pinv", "cnn_pinv"]
BY_PINV = ["pinv", "mlp_pinv", "cnn_pinv", "self"]
IS_TRAINED: dict[str, object] = {"transcoder": TRAINED}
# Where something is drawn by chance, and so repeated.
REPEATED: list[dict[str, object]] = [IS_TRAINED, {"deep": 1}]

# What is scored: the held-out scenes of the corpus itself, or labelled clips.
SCENES: dict[str, object] = {"target": "scenes"}
SYNTHETIC_CLIPS = ["synthetic-urbansound8k", "synthetic-sonyc"]
CLIPS = [
    *SYNTHETIC_CLIPS,
    *["URBAN-SOUND-8K", "URBAN-SOUND-8K-part", "SONYC-UST", "SONYC-UST-part"],
]

# The sound protocol; what the published code does otherwise is in AS_PUBLISHED.
DEFAULTS = {
    "target": "scenes",
    "dataset": "synthetic",
    "corpus": Factor("tau", when={"dataset": ["full", "urban", "TEST"]}),
    "corpus_seed": Factor(0, when=[{"dataset": "synthetic"}, {"target": SYNTHETIC_CLIPS}]),
    "scenes": Factor(60, when={"dataset": "synthetic"}),
    "shares": 1,
    "split": "city",
    "classifier": "YamNet",
    "teacher": "released",
    "teacher_width": Factor(0.125, when={"teacher": "trained"}),
    "teacher_epochs": Factor(25, when={"teacher": "trained"}),
    "transcoder": "cnn_pinv",
    "pinv": Factor("magnitude", when={"classifier": "YamNet", "transcoder": BY_PINV}),
    "ts": Factor(1, when=IS_TRAINED),
    "prop_logit": Factor(100, when={"transcoder": TO_MELS, "ts": 1}),
    "hidden1": Factor(100, when={"transcoder": ["mlp", "mlp_pinv"]}),
    "hidden2": Factor(3000, when={"transcoder": ["mlp", "mlp_pinv"]}),
    "kernel_size": Factor(5, when={"transcoder": "cnn_pinv"}),
    "nb_layers": Factor(5, when={"transcoder": "cnn_pinv"}),
    "dilation": Factor(1, when={"transcoder": "cnn_pinv"}),
    "nb_channels": Factor(64, when={"transcoder": "cnn_pinv"}),
    "init": Factor("scratch", when={"transcoder": ["cnn_pinv", *EFFICIENTNETS]}),
    "mode": Factor("eval", when={"transcoder": STUDENTS}),
    "lr": Factor(1e-3, when=IS_TRAINED),
    "batch_size": Factor(64, when=IS_TRAINED),
    "epochs": Factor(200, when=IS_TRAINED),
    "precision": Factor("float32", when=IS_TRAINED),
    "deep": Factor(0, when={"target": CLIPS}),
    "groups": Factor("corrected", when={"target": CLIPS, "deep": 0}),
    "unlabelled": Factor(
        "absent", when={"target": ["synthetic-sonyc", "SONYC-UST", "SONYC-UST-part"]}
    ),
    "input_rate": Factor(32000, when={"target": CLIPS, "classifier": "YamNet", **IS_TRAINED}),
    "head_lr": Factor(1e-3, when={"deep": 1}),
    "head_batch_size": Factor(32, when={"deep": 1}),
    "head_epochs": Factor(30, when={"deep": 1}),
}

# What the published code does otherwise: places of a split by file are in several parts of it,
# YamNet's PINV gives powers where magnitudes are read, students never leave training mode.
AS_PUBLISHED = {
    "dataset": "full",
    "classifier": ["PANN", "YamNet"],
    "split": "random",
    "pinv": Factor("power", when={"classifier": "YamNet", "transcoder": BY_PINV}),
    "mode": Factor("train", when={"transcoder": STUDENTS}),
    "groups": Factor("published", when={"target": CLIPS, "deep": 0}),
    "unlabelled": Factor("present", when={"target": ["SONYC-UST", "SONYC-UST-part"]}),
    "input_rate": Factor(16000, when={"target": CLIPS, "classifier": "YamNet", **IS_TRAINED}),
    "run": Factor(0, when=REPEATED),
}
REAL = {"dataset": ["full", "urban", "TEST"], "classifier": ["YamNet", "PANN"]}
REAL_CLIPS = {
    "dataset": "full",
    "target": ["URBAN-SOUND-8K", "SONYC-UST"],
    "classifier": ["YamNet", "PANN"],
}
RATES = [1e-3, 1e-4, 1e-5]
# A small teacher, and what learns from it in seconds on a CPU.
SMALL = {
    "teacher": "trained",
    "kernel_size": Factor(5, when={"transcoder": "cnn_pinv"}),
    "nb_layers": Factor(3, when={"transcoder": "cnn_pinv"}),
    "nb_channels": Factor(16, when={"transcoder": "cnn_pinv"}),
    "epochs": Factor(20, when=IS_TRAINED),
}

# Recordings at hand, where the whole corpora and the float YAMNet are not.
AT_HAND = {"dataset": "full", "corpus": "tau-part"}
# The authors' own transcoders, without any training of ours.
RELEASED = {
    **AT_HAND,
    "split": "none",
    "pinv": Factor("power", when={"classifier": "YamNet", "transcoder": BY_PINV}),
    "init": Factor("published", when={"transcoder": "cnn_pinv"}),
    "epochs": Factor(0, when=IS_TRAINED),
    "run": Factor(0, when=REPEATED),
}

PLANS = [
    # What the scenes of a synthetic town teach: mels, or the teacher's scores.
    Plan(
        "demo",
        **SMALL,
        transcoder=["pinv", "cnn_pinv"],
        ts=Factor([0, 1], when=IS_TRAINED),
        run=Factor(range(2), when=REPEATED),
    ),
    Plan(
        "demo_clips",
        **SMALL,
        target="synthetic-urbansound8k",
        transcoder=["oracle", "pinv", "cnn_pinv"],
        deep=[0, 1],
        run=Factor(range(2), when=REPEATED),
    ),
    # Every comparison of the paper's training experiment.
    Plan("reference", **REAL, transcoder=["oracle", "pinv"]),
    Plan(
        "mlp",
        **REAL,
        transcoder=["mlp", "mlp_pinv"],
        ts=0,
        epochs=[1, 10, 200],
        lr=RATES,
        hidden1=[100, 300],
        hidden2=[1000, 3000],
    ),
    Plan(
        "cnn",
        **REAL,
        transcoder="cnn_pinv",
        ts=0,
        epochs=[1, 10, 100, 200],
        lr=RATES,
        kernel_size=[3, 5],
        nb_layers=[1, 3, 5],
        dilation=[1, 2, 3],
        nb_channels=[16, 64],
    ),
    Plan(
        "hybridts",
        **REAL,
        transcoder="cnn_pinv",
        epochs=[1, 5, 10, 20, 50, 100, 200, 400],
        lr=RATES,
        prop_logit=[100, 50],
    ),
    Plan(
        "ts",
        **REAL,
        transcoder=STUDENTS,
        lr=RATES,
        epochs=[1, 5, 10, 20, 50, 100, 150, 200, 300, 400],
    ),
    # Classes of labelled clips, from the scores of the classifier or by a head trained on them.
    Plan("aggregation", **REAL_CLIPS, transcoder=["oracle", "cnn_pinv"], deep=0),
    Plan("deep", **REAL_CLIPS, transcoder=["oracle", "cnn_pinv"], deep=1),
    # What 8 real scenes and 240 real clips tell, with the int8 YAMNet (see docs/results).
    Plan("released_yamnet", **RELEASED, teacher="int8", transcoder=["pinv", "cnn_pinv"]),
    Plan(
        "released_pann",
        **RELEASED,
        classifier="PANN",
        teacher="trained",  # PANN's own weights are not at hand: only log-mels can be compared
        teacher_epochs=1,
        transcoder=["pinv", "cnn_pinv"],
        ts=Factor([0, 1], when=IS_TRAINED),
    ),
    Plan(
        "clips_at_hand",
        **{**RELEASED, "run": Factor(range(3), when={"deep": 1})},
        teacher="int8",
        target="URBAN-SOUND-8K-part",
        transcoder=["oracle", "pinv", "cnn_pinv"],
        deep=[0, 1],
    ),
    Plan(
        "scenes_at_hand",
        **AT_HAND,
        teacher="int8",
        transcoder=["pinv", "cnn_pinv"],
        ts=Factor([0, 1], when=IS_TRAINED),
        nb_layers=Factor(3, when={"transcoder": "cnn_pinv"}),
        nb_channels=Factor(16, when={"transcoder": "cnn_pinv"}),
        batch_size=Factor(8, when=IS_TRAINED),
        epochs=Factor(40, when=IS_TRAINED),
    ),
    # The paper's four tables, row by row, as published.
    Plan("published_reference", **AS_PUBLISHED, transcoder=["oracle", "pinv"]),
    Plan("published_cnn", **AS_PUBLISHED, transcoder="cnn_pinv", ts=[0, 1]),
    Plan("published_self", **AS_PUBLISHED, transcoder="self", lr=1e-4),
    Plan("published_effnet", **AS_PUBLISHED, transcoder=EFFICIENTNETS, init="imagenet", lr=1e-5),
    Plan(
        "published_clips",
        **AS_PUBLISHED,
        target=["URBAN-SOUND-8K", "SONYC-UST"],
        transcoder=["oracle", "cnn_pinv"],
        deep=[0, 1],
    ),
]

CORPUS = ["dataset", "corpus"]
DIVISION = ["dataset", "split"]
TEACHER = ["classifier", "teacher"]
NETWORK = [
    *["transcoder", "pinv", "hidden1", "hidden2"],
    *["kernel_size", "nb_layers", "dilation", "nb_channels"],
]
# Where scenes are needed: to be scored, or to train on.
NEEDS_SCENES: list[dict[str, object]] = [SCENES, IS_TRAINED]

STAGES = [
    Stage(
        "scenes",
        "experiments.transcoder.synthetic:synthesise",
        uses=["dataset", "corpus_seed", "scenes"],
        when=[{"dataset": "synthetic", **need} for need in NEEDS_SCENES],
    ),
    Stage(
        "spectra",
        "experiments.transcoder.preparation:prepare",
        needs=["scenes"],
        data="corpus",
        shares="shares",
        when=NEEDS_SCENES,
        resources=Resources(cpus=8, memory_gb=16, hours=4),
    ),
    Stage(
        "teacher",
        "experiments.transcoder.teacher_training:train",
        uses=[*TEACHER, "teacher_width", "teacher_epochs"],
        when={"teacher": "trained"},
        resources=Resources(gpus=1),
    ),
    Stage(
        "oracle",
        "experiments.transcoder.oracle:judge",
        needs=["spectra", "teacher"],
        uses=TEACHER,
        when=NEEDS_SCENES,
        resources=Resources(gpus=1, cpus=4, memory_gb=16, hours=2),
    ),
    Stage(
        "training",
        "experiments.transcoder.training:train",
        needs=["spectra", "oracle", "teacher"],
        uses=[
            *DIVISION,
            *TEACHER,
            *NETWORK,
            *["ts", "prop_logit", "init", "mode", "lr", "batch_size", "epochs"],
            *["precision", "run"],
        ],
        when=IS_TRAINED,
        resources=Resources(gpus=1, cpus=4, memory_gb=32, hours=20),
    ),
    Stage(
        "examples",
        "experiments.transcoder.examples:examples",
        needs=["scenes", "spectra", "teacher", "training"],
        uses=[*DIVISION, *TEACHER, *NETWORK, "mode"],
        data="corpus",
        # One run of each is enough to listen to.
        when=[{**SCENES, "transcoder": "pinv"}, {**SCENES, "transcoder": TO_MELS, "run": 0}],
        resources=Resources(gpus=1, cpus=4, memory_gb=8),
    ),
    Stage(
        "evaluation",
        "experiments.transcoder.evaluation:evaluate",
        needs=["spectra", "oracle", "teacher", "training"],
        uses=[*DIVISION, *TEACHER, *NETWORK, "mode", "precision"],
        when=SCENES,
        resources=Resources(gpus=1, cpus=4, memory_gb=16),
    ),
    Stage(
        "target_scenes",
        "experiments.transcoder.synthetic:synthesise_target",
        uses=["target", "corpus_seed"],
        when={"target": SYNTHETIC_CLIPS},
    ),
    Stage(
        "clips",
        "experiments.transcoder.preparation:prepare_clips",
        needs=["target_scenes"],
        uses=["unlabelled"],
        data="target",
        when={"target": CLIPS},
        resources=Resources(cpus=8, memory_gb=16, hours=2),
    ),
    Stage(
        "logits",
        "experiments.transcoder.logits:score_clips",
        needs=["clips", "teacher", "training"],
        uses=[*TEACHER, *NETWORK, "mode", "input_rate"],
        when={"target": CLIPS},
        resources=Resources(gpus=1, cpus=4, memory_gb=16, hours=4),
    ),
    Stage(
        "classification",
        "experiments.transcoder.classification:classify",
        needs=["clips", "logits"],
        uses=["target", "deep", "groups", "head_lr", "head_epochs", "head_batch_size", "run"],
        when={"target": CLIPS},
        resources=Resources(cpus=2, memory_gb=8),
    ),
]


DATA = {
    "tau": Dataset(
        "the whole TAU Urban Acoustic Scenes 2020 Mobile development set",
        inspect="experiments.transcoder.tau:inspect_whole",
        fetch="experiments.transcoder.tau:fetch",
    ),
    "tau-part": Dataset(
        "a part of it in the same layout, or a folder of its recordings",
        inspect="experiments.transcoder.tau:inspect_part",
    ),
    "URBAN-SOUND-8K": Dataset(
        "the whole UrbanSound8K: 8,732 clips of ten sounds in ten folds",
        inspect="experiments.transcoder.urbansound8k:inspect_whole",
        fetch="experiments.transcoder.urbansound8k:fetch",
    ),
    "URBAN-SOUND-8K-part": Dataset(
        "a part of it in the same layout",
        inspect="experiments.transcoder.urbansound8k:inspect_part",
    ),
    "SONYC-UST": Dataset(
        "the whole SONYC-UST v2: 18,510 recordings of New York, eight coarse classes",
        inspect="experiments.transcoder.sonyc:inspect_whole",
        fetch="experiments.transcoder.sonyc:fetch",
    ),
    "SONYC-UST-part": Dataset(
        "a part of it in the same layout",
        inspect="experiments.transcoder.sonyc:inspect_part",
    ),
}

SHEETS = [
    Sheet(
        "files",
        "experiments.transcoder.sheets:files",
        ("evaluation",),
        "a row for each file of the evaluation part: its errors, its agreement with the oracle",
    ),
    Sheet(
        "clips",
        "experiments.transcoder.sheets:clips",
        ("clips", "classification"),
        "a row for each clip: its classes, and those it was taken for",
    ),
]

MEDIA = [
    Media(
        "examples",
        "*.wav",
        "The first scene of the evaluation part: as recorded, from its log-mel, and transcoded",
    ),
    Media("examples", "*.png", "These log-mels, from -60 dB (black) to 15 dB, low bands below"),
]

experiment = Experiment(
    name="transcoder",
    purpose="Third-octave spectra turned into what classifiers of urban sounds read",
    plans=PLANS,
    defaults=DEFAULTS,
    replicates={"run": Factor(range(3), when=REPEATED)},
    choices={
        "dataset": ["synthetic", "full", "urban", "TEST"],
        "corpus": ["tau", "tau-part"],
        "split": ["city", "random", "none"],
        "classifier": ["YamNet", "PANN"],
        "teacher": ["released", "int8", "trained"],
        "target": ["scenes", *CLIPS],
        "transcoder": ["oracle", "pinv", *TRAINED],
        "pinv": ["magnitude", "power"],
        "init": ["scratch", "published", "imagenet"],
        "mode": ["eval", "train"],
        "precision": ["float32", "bfloat16"],
        "groups": ["corrected", "published"],
        "unlabelled": ["absent", "present"],
        "input_rate": [32000, 16000],
    },
    stages=STAGES,
    metrics=METRICS,
    figures=FIGURES,
    sheets=SHEETS,
    media=MEDIA,
    data=DATA,
    published="transcoder.csv",
)
