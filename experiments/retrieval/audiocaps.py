"""AudioCaps, or a part of it: sounds of YouTube with a caption each to train on, else with five.

`train.csv`, `val.csv` and `test.csv` have a row a caption. The sounds lie anywhere below the folder
and are named `{youtube_id}.wav` or `{youtube_id}_{start}.wav`, or the same in FLAC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core import Inspection
from core.errors import DataError
from experiments.common.corpora import Survey, judge, surveying
from experiments.common.problems import some
from experiments.common.sound_files import sounds_by_stem, visible_files
from experiments.common.tables import find_table, read_table
from experiments.retrieval.captioned import (
    Caption,
    Captioned,
    Clips,
    Line,
    count_clips,
    gather_lines,
    inspect_sounds,
    plain,
)

TABLES = {"development": "train.csv", "validation": "val.csv", "evaluation": "test.csv"}
CAPTIONS = {"development": 1, "validation": 5, "evaluation": 5}
"""Captions of a clip (Kim et al., AudioCaps, NAACL 2019)."""

COLUMNS = ("audiocap_id", "youtube_id", "start_time", "caption")
WAY_ON = "what is left of it is audiocaps-part"


def load(folder: Path, part: bool = False) -> Clips:
    """Read the clips of a folder by split, in the order of its tables.

    Of a part, captions without a sound are passed over. Sounds are not looked into.
    Raises DataError, which names files and clips, for whatever is wrong.
    """
    return _survey(folder, part).sound("" if part else WAY_ON)


def inspect_whole(folder: Path) -> Inspection:
    """Tell whether a folder holds all that its tables list, and look into every sound."""
    return inspect_sounds(_survey(folder, part=False))


def inspect_part(folder: Path) -> Inspection:
    """Count what is there of the corpus, and look into every sound."""
    return inspect_sounds(_survey(folder, part=True))


@surveying
def _survey(folder: Path, part: bool) -> Survey[Clips]:
    files = visible_files(folder, "AudioCaps")
    sounds = sounds_by_stem(folder, files)
    listed = _tables(folder, files, sounds, part)
    clips = tuple(
        replace(clip, path=sounds[stem]) for stem, clip in listed.items() if stem in sounds
    )
    without = sorted(sounds.keys() - listed.keys())
    wordless = [f"sounds without captions, not used: {some(without)}"] if without else []
    findings = list(count_clips(clips, {}))
    return judge(clips, findings, [], listed, sounds, part, remarks=wordless)


def _tables(
    folder: Path, files: Sequence[Path], sounds: Mapping[str, Path], part: bool
) -> dict[str, Captioned]:
    """Read the tables of a folder: clips by the name without ending of their sounds."""
    tables = {split: find_table(folder, files, name) for split, name in TABLES.items()}
    absent = [TABLES[split] for split, path in tables.items() if path is None]
    if absent and not (part and len(absent) < len(TABLES)):
        raise DataError(
            f"{folder} lacks {', '.join(absent)}, which tell what is heard in the clips"
        )
    clips: dict[str, Captioned] = {}
    for split, path in tables.items():
        if path:
            clips |= _read(path, split, sounds)
    return clips


def _read(path: Path, split: str, sounds: Mapping[str, Path]) -> dict[str, Captioned]:
    """Read a table; the name of a clip's file has no start, however its sound is named here."""
    rows = read_table(path, COLUMNS)
    lines = [
        Line(where, youtube, Caption(text, plain(text))) for where, (_, youtube, _, text) in rows
    ]
    timed = {youtube: f"{youtube}_{start}" for _, (_, youtube, start, _) in rows}
    clips = gather_lines(split, lines, CAPTIONS[split])
    return {
        timed[clip.fname] if timed[clip.fname] in sounds else clip.fname: replace(
            clip, fname=f"{clip.fname}.wav"
        )
        for clip in clips
    }
