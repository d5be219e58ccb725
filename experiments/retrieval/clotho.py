"""Clotho v2.1, a part of it, or its captions alone; the synthetic corpus has the same layout.

Each split has a table of captions, named after it, and a folder of sounds, anywhere below and named
after it too. Zenodo's tables are wide, a row a clip; those of the retrieval task long, a row a
caption. Names are compared without spaces around them: a few sounds begin with one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core import Inspection
from core.errors import DataError
from experiments.common.corpora import Survey, judge, surveying
from experiments.common.problems import some
from experiments.common.sound_files import ENDINGS, visible_files
from experiments.common.tables import read_table, read_titles
from experiments.common.zenodo import ZenodoRecord
from experiments.retrieval.captioned import (
    SPLITS,
    Caption,
    Captioned,
    Clips,
    Line,
    count_clips,
    gather_lines,
    inspect_sounds,
    plain,
    spaced,
)

RECORD = ZenodoRecord(4783391, "clotho")
COUNTS = {"development": 3839, "validation": 1045, "evaluation": 1045}
"""Clips by split; Zenodo's page says 3,840 and 1,046, as in version 2.0."""

CAPTIONS = 5
WIDE = ("file_name", *(f"caption_{number}" for number in range(1, CAPTIONS + 1)))
LONG = ("fname", "raw_text", "text")


@dataclass(frozen=True)
class Demand:
    """What a folder must hold: all splits, the sounds of all captions, and so many clips."""

    all_splits: bool = True
    all_sounds: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)


WHOLE = Demand(counts=COUNTS)
PART = Demand(all_splits=False, all_sounds=False)
DEMANDS = {"synthetic": Demand(), "clotho": WHOLE, "clotho-part": PART}


def load(folder: Path, dataset: str) -> Clips:
    """Read the clips of a folder by split, in the order of its tables.

    `dataset` is a key of DEMANDS. Of a part, captions without a sound are passed over. Sounds are
    not looked into. Raises DataError, which names files and clips, for whatever is wrong.
    """
    way_on = RECORD.way_on if DEMANDS[dataset] is WHOLE else ""
    return _survey(folder, DEMANDS[dataset]).sound(way_on)


def load_captions(folder: Path) -> Clips:
    """Read the captions of all splits; sounds may be there or not. Raises DataError as `load`."""
    return _survey_captions(folder).sound()


def inspect_whole(folder: Path) -> Inspection:
    """Compare a folder with the whole corpus, and look into every sound."""
    return inspect_sounds(_survey(folder, WHOLE))


def inspect_part(folder: Path) -> Inspection:
    """Count what is there of the corpus, and look into every sound."""
    return inspect_sounds(_survey(folder, PART))


def inspect_captions(folder: Path) -> Inspection:
    """Compare the tables of a folder with those of the whole corpus."""
    return _survey_captions(folder).inspection


fetch = RECORD.fetch


def read_captions(path: Path, split: str) -> tuple[list[Captioned], list[str]]:
    """Read a wide or a long table of captions; give its clips, and what is worth knowing of it.

    Raises DataError, which names the rows, for what is no such table, and where a caption is empty
    or a clip has not five.
    """
    lines = list(_lines(path))
    stripped = (line._replace(fname=line.fname.strip()) for line in lines)
    return gather_lines(split, stripped, CAPTIONS), spaced(line.fname for line in lines)


def _lines(path: Path) -> Iterator[Line]:
    wide = WIDE[0] in read_titles(path)
    for where, (fname, *cells) in read_table(path, WIDE if wide else LONG):
        if wide:
            yield from (Line(where, fname, Caption(text, plain(text))) for text in cells)
        else:
            yield Line(where, fname, Caption(*cells))


@surveying
def _survey(folder: Path, demand: Demand) -> Survey[Clips]:
    files = visible_files(folder, "Clotho")
    listed, remarks = _tables(folder, files, demand.all_splits)
    sounds, told = _sounds(folder, files)
    clips = tuple(replace(clip, path=sounds[key]) for key, clip in listed.items() if key in sounds)
    findings = list(count_clips(clips, demand.counts))
    # A table may list a clip more than there are: what counts is that all of these are there.
    complete = bool(demand.counts) and not any(finding.differs for finding in findings)
    without = sorted(sounds.keys() - listed.keys())
    wordless = [f"sounds without captions: {some(without)}"] if without else []
    return judge(
        clips,
        findings,
        wordless if demand.all_sounds else [],
        listed,
        sounds,
        part=complete or not demand.all_sounds,
        remarks=[*remarks, *told, *([] if demand.all_sounds else wordless)],
    )


@surveying
def _survey_captions(folder: Path) -> Survey[Clips]:
    listed, remarks = _tables(folder, visible_files(folder, "Clotho's captions"), True)
    clips = tuple(listed.values())
    found = Counter(clip.split for clip in clips)
    short = [
        f"{split} clips {found[split]} instead of {count}"
        for split, count in COUNTS.items()
        if found[split] < count  # a row more than there are clips does no harm
    ]
    return Survey(clips, Inspection(list(count_clips(clips, COUNTS)), remarks, short))


def _tables(
    folder: Path, files: Sequence[Path], all_splits: bool
) -> tuple[dict[str, Captioned], list[str]]:
    """Read the tables of a folder; give their clips by split and name, and what to know of them."""
    tables = {split: _table(folder, files, split) for split in SPLITS}
    absent = [f"*captions*{split}*.csv" for split, path in tables.items() if path is None]
    if absent and (all_splits or len(absent) == len(SPLITS)):
        raise DataError(
            f"{folder} lacks {', '.join(absent)}, which tell what is heard in the clips"
        )
    clips: dict[str, Captioned] = {}
    remarks: list[str] = []
    for split, path in tables.items():
        if path:
            found, told = read_captions(path, split)
            clips |= {_key(split, clip.fname): clip for clip in found}
            remarks += told
    return clips, remarks


def _table(folder: Path, files: Sequence[Path], split: str) -> Path | None:
    """Find the captions of a split, as Zenodo or as the retrieval task name them."""
    named = [p for p in files if p.suffix == ".csv" and "captions" in p.stem and split in p.stem]
    if len(named) > 1:
        raise DataError(
            f"{folder} has several tables of {split} captions: {', '.join(map(str, named))}; "
            "keep one"
        )
    return named[0] if named else None


def _sounds(folder: Path, files: Sequence[Path]) -> tuple[dict[str, Path], list[str]]:
    """Find the sounds that lie in a folder named after a split; see `_tables`."""
    found: dict[str, Path] = {}
    for path in files:
        split = _split_of(path.relative_to(folder))
        if split and path.suffix.lower() in ENDINGS:
            key = _key(split, path.name)
            if key in found:
                raise DataError(f"{path} and {found[key]} are the same recording; keep one")
            found[key] = path
    if not found:
        raise DataError(
            f"there is no .wav or .flac recording in a folder {', '.join(SPLITS)} of {folder}"
        )
    return found, spaced(path.name for path in found.values())


def _split_of(path: Path) -> str:
    """Tell after which split the nearest folder around a sound is named; "" where none is."""
    for part in reversed(path.parts[:-1]):
        for split in SPLITS:
            if split in part:
                return split
    return ""


def _key(split: str, name: str) -> str:
    return f"{split}/{Path(name.strip()).stem.strip()}"
