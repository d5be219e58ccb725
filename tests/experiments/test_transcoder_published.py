"""Published transcoders: parity on a real scene, and files that do not fit."""

import pytest
import torch

from core.errors import DataError
from experiments.transcoder.networks import CnnTranscoder
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.published import FILES, find_published, load_published, read_state
from experiments.transcoder.recording import read
from experiments.transcoder.representation import representation
from experiments.transcoder.third_octave import ThirdOctave

GOLDEN = {("PANN", 0): 18.405, ("PANN", 1): 30.017, ("YamNet", 1): 1.082}


@pytest.mark.parametrize(("classifier", "ts"), FILES)
def test_published_errors_on_a_real_scene(real_data, classifier, ts):
    path = real_data("tau-clips") / "street_pedestrian-paris-152-4607-a.flac"
    weights = real_data("transcoder-weights") / FILES[classifier, ts]
    transcoder, target = load_published(weights, classifier), representation(classifier)
    waves = read(path)
    levels = ThirdOctave()(torch.from_numpy(waves[32_000]).view(10, -1))
    truth = target.module()(torch.from_numpy(waves[target.sample_rate]).view(10, -1))
    with torch.inference_mode():
        error = float((transcoder(levels) - truth).square().mean())
    assert error == pytest.approx(GOLDEN[classifier, ts], abs=5e-4)


def state() -> dict[str, torch.Tensor]:
    """The state of a network of the published shape."""
    return CnnTranscoder(Pinv("PANN"), 5, 5, 1, 64).state_dict()


def test_a_file_of_the_published_layout_is_loaded(tmp_path):
    torch.save(state(), tmp_path / "model")
    transcoder = load_published(tmp_path / "model", "YamNet")
    assert not transcoder.training
    assert not transcoder.pinv.magnitude
    assert transcoder(torch.zeros(1, 8, 29)).shape == (1, 96, 64)


def test_a_file_with_other_entries_is_refused(tmp_path):
    entries = state()
    extra = {**entries, "fc.weight": torch.zeros(6464, 512)}  # as fast-to-ears has it
    lacking = {name: value for name, value in entries.items() if name != "mod_conv.7.bias"}
    other = {**entries, "mod_conv.1.weight": torch.zeros(64, 1, 3, 3)}
    for name, held in [("fc.weight", extra), ("mod_conv.7.bias", lacking), ("size mism", other)]:
        torch.save(held, tmp_path / "model")
        with pytest.raises(DataError, match=name):
            load_published(tmp_path / "model", "PANN")


def test_what_is_no_state_dict_is_refused(tmp_path):
    path = tmp_path / "model"
    with pytest.raises(DataError, match="there is no file"):
        read_state(path)
    path.write_bytes(b"not weights")
    with pytest.raises(DataError, match="cannot be read as weights"):
        read_state(path)
    torch.save([torch.zeros(1)], path)
    with pytest.raises(DataError, match="holds no state dict"):
        read_state(path)


def test_a_published_file_is_found_by_its_content(real_data):
    folder = real_data("transcoder-weights")
    for classifier, ts in FILES:
        assert find_published(folder, classifier, ts).parent == folder


def test_what_was_not_published_or_is_not_there_is_told(tmp_path):
    with pytest.raises(DataError, match=r"YamNet\+ts=0; known: classifier=PANN\+ts=0, "):
        find_published(tmp_path, "YamNet", 0)
    with pytest.raises(DataError, match="is not there; take it from the authors' repository"):
        find_published(tmp_path, "PANN", 0)
    torch.save(state(), tmp_path / FILES["PANN", 0])
    with pytest.raises(DataError, match="is not the file that was published: its sha256"):
        find_published(tmp_path, "PANN", 0)
