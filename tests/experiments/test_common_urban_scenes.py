"""Tables of scenes and their sounds, right and wrong."""

import numpy as np
import pytest
import soundfile

from core.errors import DataError
from experiments.common.urban_scenes import read_scenes, seconds_of_scene


def write(folder, *rows):
    path = folder / "meta.csv"
    path.write_text("\n".join(["filename\tscene_label\tidentifier", *rows, ""]))
    return path


def test_scenes_are_read_in_the_order_of_the_table(tmp_path):
    path = write(tmp_path, "audio/tram-paris-1-2-a.wav\ttram\tparis-1", "bus-a.flac\tbus\tparis-2")
    assert list(read_scenes(path)) == [("tram-paris-1-2-a", "tram"), ("bus-a", "bus")]


def test_a_name_that_says_another_kind_is_refused(tmp_path):
    path = write(tmp_path, "bus-a.wav\tbus\tparis-2", "metro_station-a.wav\tmetro\tparis-2")
    with pytest.raises(DataError, match=r"row 3: metro_station-a.wav is said to be .* 'metro'"):
        list(read_scenes(path))


def test_scenes_last_ten_seconds(tmp_path):
    for seconds in (9.0, 9.97, 10.0, 10.03, 10.1):
        path = tmp_path / f"{seconds}.wav"
        soundfile.write(path, np.zeros(round(seconds * 1000)), 1000)
        if abs(seconds - 10) < 0.05:
            assert seconds_of_scene(path) == seconds
        else:
            with pytest.raises(DataError, match=rf"holds {seconds:.3f} s instead of 10 s"):
                seconds_of_scene(path)
