"""Records of a small trained transcoder and its teacher, and files as they were published."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from core import Record, Setting
from core.output import Output
from experiments.transcoder import networks, students
from experiments.transcoder.models import save_weights
from experiments.transcoder.networks import CnnTranscoder
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.published import FILES
from experiments.transcoder.representation import representation
from experiments.transcoder.sounds import SCALES
from experiments.transcoder.teachers import keep_teacher, small_network, teacher

CLASSES = ("Siren", "Bark", "Music")
WIDTHS = {"PANN": 1 / 32, "YamNet": 1 / 8}  # narrower ones have no channel left that is alive
NETWORK = {"kernel_size": 3, "nb_layers": 2, "dilation": 1, "nb_channels": 2}


@contextmanager
def one_thread() -> Iterator[None]:
    """Small work on all cores waits for cores, as tests run side by side."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def keep_training(results: Path, task_id: str, classifier: str = "YamNet", **changed) -> Path:
    """Leave the records of a training and of its teacher under `results`; give the former."""
    made = {"classifier": classifier, "teacher": "trained", "transcoder": "cnn_pinv", "ts": 1}
    setting = Setting({**made, **NETWORK, "lr": 1e-3, "run": 0, **changed})
    taught = _output(results / "transcoder" / "teacher" / "0ea4e75d0ea4e75d")
    keep_teacher(_attentive(classifier), WIDTHS[classifier], CLASSES, taught)
    record = _described(taught, {}, {})
    trained = _output(results / "transcoder" / "training" / task_id)
    if setting.transcoder in students.STUDENTS:
        network = students.build_student(setting, teacher(classifier, "trained", results, record))
    else:
        network = networks.build(setting)
    save_weights(network.state_dict(), trained.folder)
    return _described(trained, setting, {"teacher": record.folder.name}).folder


def publish(folder: Path, classifier: str) -> Path:
    """Write files in the layout of the published transcoders, with weights drawn anew."""
    folder.mkdir(parents=True)
    for made_for, ts in FILES:
        if made_for == classifier:
            torch.manual_seed(ts)
            network = CnnTranscoder(Pinv(classifier, "power"), 5, 5, 1, 64)
            torch.save(network.state_dict(), folder / FILES[made_for, ts])
    return folder


def _attentive(classifier: str) -> nn.Module:
    """A small teacher whose batch norms fit log-mels, so that its scores depend on them."""
    torch.manual_seed(3)
    network = small_network(classifier, WIDTHS[classifier], len(CLASSES)).train()
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = None  # the mean over all batches, which is one
    target = representation(classifier)
    mels = 8 * torch.randn(8, target.frames, target.bands) - 20 * torch.rand(8, 1, 1)
    with torch.no_grad():
        network(mels / SCALES[classifier].decibel)
    return network


def _output(folder: Path) -> Output:
    folder.mkdir(parents=True)
    return Output(folder, folder)


def _described(output: Output, setting, needs: dict[str, str]) -> Record:
    folder = output.folder
    meta = {"id": folder.name, "stage": folder.parent.name, "setting": dict(setting)}
    meta |= {"needs": needs, "arrays": [], "info": output.info}
    (folder / "record.json").write_text(json.dumps(meta))
    return Record(folder)
