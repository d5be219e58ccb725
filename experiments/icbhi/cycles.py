"""The stage that prepares all cycles of a corpus, once for every training on them."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import numpy as np

from core import Inputs, Output, Setting
from core.errors import DataError
from experiments.common.corpora import corpus_folder
from experiments.icbhi.corpus import Column, Corpus, load_corpus
from experiments.icbhi.inspection import compare, describe
from experiments.icbhi.metadata import CLASSES
from experiments.icbhi.report import report
from experiments.icbhi.waveform import cut, prepare_cycle

WHOLE_DATABASE = "icbhi"
LOG = logging.getLogger(__name__)


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Prepare the cycles of the setting's dataset as `waveforms` (cycles, samples).

    Beside them lie the columns of Corpus, one value a cycle, and `stem`, one a recording.
    The synthetic corpus comes from the stage `corpus`, a real one from the user's folder.
    """
    folder = corpus_folder(inputs, "corpus")
    corpus = load_corpus(folder)
    found = report(corpus)
    judged = compare(found) if setting.dataset == WHOLE_DATABASE else describe(found)
    for remark in judged.remarks:
        LOG.warning(remark)
    if not judged.whole:
        raise DataError(
            f"{folder} does not hold the whole ICBHI database: {', '.join(judged.problems)}; "
            "a part of it is dataset=icbhi-subset"
        )
    columns = corpus.columns
    samples = round(setting.seconds * setting.sample_rate)
    waveforms = output.memmap("waveforms", (len(columns["label"]), samples), np.float32)
    fill(waveforms, corpus, setting.sample_rate, setting.pad, inputs.threads, output.progress)
    for name, values in columns.items():
        output[name] = values
    output["stem"] = np.array([recording.stem for recording in corpus.recordings])
    output.info["sample_rate"] = setting.sample_rate
    output.info["classes"] = list(CLASSES)
    output.info["report"] = asdict(found)


def fill(
    waveforms: Column,
    corpus: Corpus,
    rate: int,
    pad: str,
    threads: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write every prepared cycle into its row of `waveforms` (cycles, samples).

    Reading, arithmetic and copying all release the interpreter's lock, so threads suffice.
    """
    recordings = corpus.recordings
    counts = [len(recording.cycles) for recording in recordings]
    firsts = np.cumsum([0, *counts[:-1]])

    def one(index: int) -> None:
        recording = recordings[index]
        for row, wave in enumerate(cut(recording), start=firsts[index]):
            prepare_cycle(wave, recording.sample_rate, rate, pad, waveforms[row])

    with ThreadPoolExecutor(threads) as pool:
        for done, _ in enumerate(pool.map(one, range(len(recordings))), start=1):
            progress(done, len(recordings))
