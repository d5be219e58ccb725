"""Damaged tables of corpora: read rightly, or refused by an error that names the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from damage import Damage, damage, put, refused
from hypothesis import given

from core.errors import DataError
from experiments.common.tables import read_table
from experiments.common.urban_scenes import read_scenes
from experiments.icbhi.corpus import load_corpus
from experiments.icbhi.metadata import read_annotation, read_demographics, read_split
from experiments.icbhi.waveform import cut
from experiments.retrieval import audiocaps, clotho
from experiments.retrieval.clotho import LONG, WIDE, read_captions
from experiments.sed import backgrounds, fsdkaggle2018
from experiments.sed.metadata import read_labels
from experiments.transcoder import sonyc, sonyc_labels, urbansound8k
from experiments.transcoder.groups import parse_groups
from export.figures.runs_file import read_runs
from export.published import read_published

ANNOTATED = [",".join(["train", f"{name}.wav", "1", *"01001010"]) for name in ("a", "b")]
VALID: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "any table": ("a,b,c\n1,2,3\n4,5,6\n", lambda path: read_table(path, ("a", "c"))),
    "annotation": ("0.03\t1.5\t0\t1\n1.5\t2.25\t1\t1\n", read_annotation),
    "split": ("101_1b1_Al_sc_Meditron\ttest\n102_1b1_Ar_sc_Meditron\ttrain\n", read_split),
    "demographics": (
        "101 3 F NA 19 99\n102 0.75 F NA 9.8 73\n103 70 F 33 NA NA\n",
        read_demographics,
    ),
    "scenes": (
        "filename\tscene_label\naudio/bus-lyon-1-2-a.wav\tbus\naudio/tram-lyon-3-4-a.wav\ttram\n",
        lambda path: list(read_scenes(path)),
    ),
    "sound classes": (
        "fname,label,manually_verified,license\n1.wav,Bus,1,x\n2.wav,Cello,0,y\n",
        read_labels,
    ),
    "sonyc": (
        "\n".join([",".join(sonyc_labels.COLUMNS), *ANNOTATED]) + "\n",
        sonyc_labels.read_annotations,
    ),
    "groups": (
        "group,class,only\ndog,Bark,\ndog,Dog,published\n",
        lambda path: parse_groups(path, "corrected"),
    ),
    "captions, wide": (
        ",".join(WIDE) + '\nrain.wav,it rains,"it rains, a lot",wet,drops,a roof\n',
        lambda path: read_captions(path, "validation"),
    ),
    "captions, long": (
        ",".join(LONG) + "\n" + "rain.wav,It rains.,it rains\n" * 5,
        lambda path: read_captions(path, "validation"),
    ),
    "published rows": (
        "row,citation,lr,n,Sc,Sc_std,definition,selection,comparable,note\n"
        "ours,Table 1,1e-3,10,57.5,1.25,mean,last,yes,\n",
        read_published,
    ),
    "runs": (
        "lr,width,val_mAP,name\n0.001,1,0.25,run-1\n0.0001,2,0.5,run-2\n0.001,2,0.3,run-3\n",
        lambda path: read_runs(path, "val_mAP", order="name"),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("kind", VALID)
def test_the_valid_table_is_read(kind, folder):
    content, read = VALID[kind]
    assert read(put(folder / "table.csv", content.encode())) is not None


@pytest.mark.parametrize("kind", VALID)
@given(changed=damage())
def test_a_damaged_table_is_read_or_refused(kind, folder, changed: Damage):
    content, read = VALID[kind]
    path = put(folder / "table.csv", changed(content.encode()))
    with refused(path, "unknown column"):
        read(path)


def load_cycles(folder: Path) -> list[Any]:
    """Read the cycles of the ICBHI recordings in a folder, with their sounds."""
    return [wave for recording in load_corpus(folder).recordings for wave in cut(recording)]


URBAN, SCENE, LUNG = "1-3-0-0", "bus-lyon-1-2-a", "101_1b1_Al_sc_Meditron"
CORPORA: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "UrbanSound8K/UrbanSound8K.csv": (
        URBAN,
        f"slice_file_name,start,end,fold,classID,class\n{URBAN}.wav,0.0,4.0,5,3,dog_bark\n",
        lambda folder: urbansound8k.load(folder, part=True),
    ),
    "SONYC/annotations.csv": (
        URBAN,
        ",".join(sonyc_labels.COLUMNS) + f"\ntrain,{URBAN}.wav,1,0,1,0,0,1,0,1,0\n",
        lambda folder: sonyc.load(folder, part=True),
    ),
    "FSDKaggle2018/train.csv": (
        URBAN,
        f"fname,label,manually_verified\n{URBAN}.wav,Bus,1\n",
        lambda folder: fsdkaggle2018.load(folder, part=True),
    ),
    "TAU/meta.csv": (
        SCENE,
        f"filename\tscene_label\naudio/{SCENE}.wav\tbus\n",
        lambda folder: backgrounds.load(folder, "synthetic"),
    ),
    "Clotho/clotho_captions_validation.csv": (
        f"validation/{SCENE}",
        ",".join(WIDE) + f"\n{SCENE}.wav,a bus,a tram,a car,it hums,engines\n",
        lambda folder: clotho.load(folder, "clotho-part"),
    ),
    "AudioCaps/val.csv": (
        URBAN,
        "audiocap_id,youtube_id,start_time,caption\n" + f"1,{URBAN},30,A dog barks\n" * 5,
        lambda folder: audiocaps.load(folder, part=True),
    ),
    f"ICBHI/{LUNG}.txt": (LUNG, "0.0\t0.5\t0\t1\n0.5\t0.9\t1\t0\n", load_cycles),
    "ICBHI/demographics.txt": (LUNG, "101 70 F 33 NA NA\n", load_cycles),
    "ICBHI/train_test.txt": (LUNG, f"{LUNG}\ttest\n", load_cycles),
}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a part of every corpus: one sound of a second, and the tables."""
    folder = tmp_path_factory.mktemp("corpora")
    for name, (sound, content, _) in CORPORA.items():
        path = put(folder / name, content.encode())
        soundfile.write(put(path.parent / f"{sound}.wav", b""), np.full(8000, 0.1), 8000)
    return folder


@pytest.mark.parametrize("name", CORPORA)
@given(changed=damage())
def test_a_corpus_with_a_damaged_table_is_read_or_refused(name, corpora, changed: Damage):
    _, content, load = CORPORA[name]
    path = put(corpora / name, changed(content.encode()))
    try:
        with refused(path.parent, "sounds of the table", error=DataError):
            assert load(path.parent) is not None
    finally:
        put(path, content.encode())


@pytest.mark.parametrize("name", CORPORA)
def test_a_folder_in_the_place_of_a_table_is_refused(name, corpora):
    _, content, load = CORPORA[name]
    path = corpora / name
    assert load(path.parent) is not None
    path.unlink()
    path.mkdir()
    try:
        with pytest.raises(DataError):
            load(path.parent)
    finally:
        path.rmdir()
        put(path, content.encode())


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    path = put(tmp_path / "table.csv", b"fname,label,manually_verified,label\n1.wav,Bus,1,Cello\n")
    with pytest.raises(DataError, match="several columns label"):
        read_labels(path)
