"""The stage that reads the captions of all clips."""

import numpy as np

from core import Inputs, Output, Setting
from experiments.retrieval.corpora import load
from experiments.retrieval.corrections import correct
from experiments.retrieval.ids import caption_id, clip_id
from experiments.retrieval.vocabulary import count_words


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Read all captions by split, in the order of the tables.

    Arrays of captions: `text`, as written, or corrected; `clip`, the position of its clip; `id`.
    Arrays of clips: `fname`, `split`, `clip_id`. `words` in the info are statistics of the words,
    `corrected` the number of captions that the setting's corrections have changed. The synthetic
    corpus comes from the stage `corpus`, real ones from the user's folder.
    """
    read = load(setting.dataset, inputs)
    clips = correct(read, setting.corrections)
    ids = [clip_id(clip.split, clip.fname) for clip in clips]
    texts = [caption.text for clip in clips for caption in clip.captions]
    places = np.repeat(np.arange(len(clips)), [len(clip.captions) for clip in clips])
    output["text"] = np.array(texts)
    output["clip"] = places
    output["id"] = np.array(
        [caption_id(ids[i], text) for i, text in zip(places, texts, strict=True)]
    )
    output["fname"] = np.array([clip.fname for clip in clips])
    output["split"] = np.array([clip.split for clip in clips])
    output["clip_id"] = np.array(ids)
    before = [caption.text for clip in read for caption in clip.captions]
    changed = sum(old != new for old, new in zip(before, texts, strict=True))
    output.info |= {"words": count_words(clips), "corrected": changed}
