"""Synthetic corpora of a town: the stages that write them, and their place in a record.

They stand in for TAU 2020 Mobile, UrbanSound8K and SONYC-UST on a fresh machine. All three hold
the same sources, so that what is learnt on the scenes can be tried on the clips.
"""

from core import Inputs, Output, Setting
from core.errors import UnknownName
from experiments.common.corpora import CORPUS
from experiments.transcoder.synthetic_scenes import write_scenes
from experiments.transcoder.synthetic_targets import write_sonyc, write_urbansound8k

TARGETS = {"synthetic-urbansound8k": write_urbansound8k, "synthetic-sonyc": write_sonyc}


def synthesise(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write the scenes, in TAU's layout, into the record's folder `corpus`."""
    folder = output.folder / CORPUS
    write_scenes(folder, setting.corpus_seed, setting.scenes, output.progress)


def synthesise_target(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write the clips of a synthetic target, in its layout, into the record's folder `corpus`."""
    if setting.target not in TARGETS:
        raise UnknownName("synthetic target", setting.target, TARGETS)
    write = TARGETS[setting.target]
    write(output.folder / CORPUS, setting.corpus_seed, progress=output.progress)
