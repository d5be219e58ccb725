"""Records of a small dual encoder, which has learned a few words for given sounds."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from core import Record, Setting
from core.output import Output
from experiments.retrieval.front_ends import front_end
from experiments.retrieval.hashed import DIM, HashedWords
from experiments.retrieval.network import Network, build, encode_clips, save_weights

RATE = 16_000
NETWORK = {"backbone": "cnn6", "width": 1 / 16}


def sounds() -> dict[str, np.ndarray]:
    """Ten seconds each of sounds that a network tells apart, however it is drawn."""
    time = np.arange(10 * RATE) / RATE
    noise = np.random.default_rng(0).normal(size=len(time))
    return {
        "a whistle": 0.3 * np.sin(2 * np.pi * 2500 * time),
        "a hum": 0.5 * np.sin(2 * np.pi * 110 * time),
        "rain": 0.1 * noise,
        "knocks": 0.5 * noise * (time % 0.5 < 0.02),
    }


def keep_retrieval(
    results: Path, task_id: str, taught: Mapping[str, np.ndarray], score: float = 0.5, **changed
) -> Path:
    """Leave the records of a training and of what it needs; give its folder.

    `taught` are sounds of 16 kHz by the words that mean them; `changed` are factors.
    """
    made = {"dataset": "synthetic", "front_end": "pann", "text": "hashed", **NETWORK, **changed}
    folder = results / "retrieval"
    _keep(folder / "clips" / f"c{task_id[1:]}", made, {})
    _keep(folder / "embeddings" / f"e{task_id[1:]}", made, {})
    training = _output(folder / "training" / task_id)
    save_weights(_network(made, taught).state_dict(), training.folder)
    training.info["dim"] = DIM
    needs = {"clips": f"c{task_id[1:]}", "embeddings": f"e{task_id[1:]}"}
    _describe(training, made, needs)
    scored = _output(folder / "retrieval" / f"d{task_id[1:]}")
    scored["validation_t2a_ap10"] = np.array([score])
    _describe(scored, {}, {**needs, "training": task_id})
    return training.folder


def _network(made: Mapping[str, object], taught: Mapping[str, np.ndarray]) -> Network:
    """Draw a network whose layer for texts gives for each word the vector of its sound."""
    network = build(Setting(made), DIM, seed=1).eval()
    analyse = front_end(str(made["front_end"]))
    log_mels = [analyse(wave.astype(np.float32), RATE) for wave in taught.values()]
    vectors = encode_clips(network, log_mels, range(len(log_mels)))
    words = HashedWords().encode([*taught])
    with torch.no_grad():
        network.text.weight[:] = torch.from_numpy(vectors.T @ np.linalg.pinv(words).T)
    return network


def _keep(folder: Path, made: Mapping[str, object], needs: Mapping[str, str]) -> None:
    _describe(_output(folder), made, needs)


def _output(folder: Path) -> Output:
    folder.mkdir(parents=True)
    return Output(folder, folder)


def _describe(output: Output, setting: Mapping[str, object], needs: Mapping[str, str]) -> Record:
    folder = output.folder
    meta = {"id": folder.name, "stage": folder.parent.name, "setting": dict(setting)}
    meta |= {"needs": dict(needs), "arrays": output.finish(), "info": output.info}
    (folder / "record.json").write_text(json.dumps(meta))
    return Record(folder)
