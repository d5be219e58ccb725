"""The stage that asks the teacher: its scores of what it was made for, the true log-mels."""

import torch

from core import Inputs, Output, Setting
from experiments.transcoder.scenes import SECONDS, Scenes
from experiments.transcoder.teachers import teacher_of

BATCH = 256


def judge(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Keep the teacher's scores of every prepared second, `scores` (chunks, classes).

    Whoever learns from the teacher or is compared with it reads them here: they are computed
    once for all transcoders. `classes` are their names.
    """
    torch.set_num_threads(inputs.threads)
    teacher = teacher_of(setting, inputs)
    scenes = Scenes(inputs.shares("spectra"))
    shape = (SECONDS * len(scenes), len(teacher.class_names))
    scores = output.memmap("scores", shape, "float32")
    done = 0
    for mels in scenes.batches(f"mel_{setting.classifier}", BATCH):
        with torch.inference_mode():
            found = teacher.scores(torch.from_numpy(mels).to(inputs.device))
        scores[done : done + len(mels)] = found.cpu().numpy()
        done += len(mels)
        output.progress(done, len(scores))
    output["classes"] = list(teacher.class_names)
