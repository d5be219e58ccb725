"""Small clips and captions, as they would be prepared: a loud band for each kind of sound."""

import numpy as np
from small_icbhi import run_stage

from core import Setting
from experiments.retrieval.training import train

SPLITS = {"development": 16, "validation": 12, "evaluation": 12}  # clips
CAPTIONS, KINDS, DIM, BANDS = 3, 8, 10, 64
SMALL = {
    **{"backbone": "cnn6", "width": 0.0625, "fc_units": None, "init": "scratch"},
    **{"fine_tune_from": 0, "freezing": "declared", "conv_dropout": 0.2, "fc_dropout": 0.5},
    **{"pairs": "all", "negatives": "masked", "padding": "masked"},
    **{"temperature": 0.07, "learned_temperature": False},
    **{"selection": "valid_map", "stopping": "none"},
    **{"lr": 1e-3, "batch_size": 8, "epochs": 2, "precision": "float32"},
}


def setting_of(**changed):
    return Setting({**SMALL, **changed})


def kinds():
    """What is heard in each clip: different in each of the first ones of a split."""
    return np.concatenate([np.arange(count) % KINDS for count in SPLITS.values()])


def table():
    return {
        "split": np.repeat(list(SPLITS), list(SPLITS.values())),
        "fname": np.array([f"{i}.wav" for count in SPLITS.values() for i in range(count)]),
    }


def make_captions(setting, inputs, output):
    count = sum(SPLITS.values())
    output["clip"] = np.repeat(np.arange(count), CAPTIONS)
    output["text"] = np.array([f"caption {i}" for i in range(count * CAPTIONS)])
    for name, column in table().items():
        output[name] = column


def make_embeddings(setting, inputs, output):
    rng = np.random.default_rng(1)
    kind = kinds().repeat(CAPTIONS)
    vectors = np.eye(DIM)[kind] + 0.1 * rng.standard_normal((len(kind), DIM))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    output["embedding"] = unit.astype(np.float32)


def logmels(seed=0):
    """Log-mels of 17 to 40 frames, in dB; the mark of a kind lasts a few of them."""
    rng = np.random.default_rng(seed)
    found = []
    for kind in kinds():
        logmel = rng.standard_normal((rng.integers(17, 41), BANDS)) - 40
        start = rng.integers(len(logmel) - 12)
        logmel[start : start + 12, kind * 8 : kind * 8 + 8] += 10
        found.append(logmel.astype(np.float32))
    return found


def clips_of(rows, change=lambda row, logmel: logmel):
    """Make the preparation of some clips."""

    def make(setting, inputs, output):
        all_ = logmels()
        mine = [change(row, all_[row]) for row in rows]
        output["logmel"] = np.concatenate(mine)
        output["first"] = np.cumsum([0, *map(len, mine)])
        for name, column in table().items():
            output[name] = column[rows]

    return make


def material_in(folder, **changed):
    """Records of captions, embeddings and clips; other functions that make them by name."""
    makers = {
        "captions": make_captions,
        "embeddings": make_embeddings,
        "clips": clips_of(np.arange(sum(SPLITS.values()))),
        **changed,
    }
    return {n: run_stage(make, Setting({}), folder / n) for n, make in makers.items()}


def trained(material, folder, seed=1, **changed):
    return run_stage(train, setting_of(**changed), folder, material, seed)
