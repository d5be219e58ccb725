"""Scores of clips: each as it would come out alone, put together second by second."""

import numpy as np
import pytest
import torch
from small_icbhi import run_stage
from torch.nn.functional import interpolate

from core import Setting
from core.errors import DataError
from experiments.transcoder import logits
from experiments.transcoder.logits import alike, score_clips
from experiments.transcoder.models import save_weights
from experiments.transcoder.networks import build
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.students import build_student
from experiments.transcoder.teachers import keep_teacher, small_network, teacher

LENGTHS = (1.0, 2.625, 4.0, 2.625, 1.5)  # s
NAMES = ("Siren", "Bark", "Music")
WIDTH = 1 / 32
CNN = {"kernel_size": 3, "nb_layers": 2, "dilation": 1, "nb_channels": 4}
MLP = {"hidden1": 8, "hidden2": 8}


def make_clips(lengths):
    """Random rows as `prepare_clips` stores them; 8 frames of levels a second, 4 at 16 kHz.

    Every clip has a spectrum of its own.
    """

    def make(setting, inputs, output):
        rng = np.random.default_rng(0)
        rows = {
            "mel_PANN": ([int(100 * s) + 1 for s in lengths], 64),
            "mel_YamNet": ([int(100 * s) + 1 for s in lengths], 64),
            "third_octave_32000": ([int(8 * s) for s in lengths], 29),
            "third_octave_16000": ([int(4 * s) for s in lengths], 29),
        }
        for name, (counts, bands) in rows.items():
            output[f"first_{name}"] = np.cumsum([0, *counts])
            of_clip = rng.uniform(-30, 30, (len(counts), bands)).repeat(counts, axis=0)
            values = of_clip + rng.uniform(-10, 10, of_clip.shape)
            # A natural logarithm of magnitude, where the others are in dB.
            output[name] = (values / (9 if name == "mel_YamNet" else 1)).astype(np.float32)
        output["names"] = np.array([f"clip {i}" for i in range(len(lengths))])

    return make


def normalise(network, log_mel):
    """Let batch norms know what they see; or a fresh network answers the same to everything."""
    for module in network.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(log_mel)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return run_stage(make_clips(LENGTHS), Setting({}), tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="module", params=["PANN", "YamNet"])
def taught(request, tmp_path_factory):
    """The name of a classifier, and the record of a small teacher of that kind."""

    def keep(setting, inputs, output):
        torch.manual_seed(3)
        network = small_network(request.param, WIDTH, len(NAMES))
        levels = torch.rand(16, 1, 29) * 60 - 30
        normalise(network, Pinv(request.param)(levels + torch.rand(16, 8, 29) * 20 - 10))
        keep_teacher(network, WIDTH, NAMES, output)

    return request.param, run_stage(keep, Setting({}), tmp_path_factory.mktemp("teacher"))


def scored(folder, clips, taught, training=None, **factors):
    """The record of `logits`, and its setting."""
    setting = Setting({"classifier": taught[0], "teacher": "trained", **factors})
    needs = {"clips": clips, "teacher": taught[1]}
    if training is not None:
        needs["training"] = training
    return run_stage(score_clips, setting, folder, needs), setting


def each(clips, source):
    """The rows (1, n, bands) of each clip."""
    parts = np.split(clips[source], clips[f"first_{source}"][1:-1])
    return [torch.from_numpy(part)[None] for part in parts]


def expect(found, wanted):
    assert np.ptp(found["scores"], axis=0).min() > 0.01, "scores tell clips apart"
    np.testing.assert_allclose(found["scores"], torch.cat(wanted), rtol=0, atol=1e-5)


def released(taught, folder):
    return teacher(taught[0], "trained", folder, taught[1])


@torch.no_grad()
def test_the_truth_is_read_in_one_pass_or_in_patches_of_each_second(clips, taught, tmp_path):
    found, _ = scored(tmp_path, clips, taught, transcoder="oracle")
    assert found["classes"].tolist() == list(NAMES)
    judge = released(taught, tmp_path)
    mels = each(clips, f"mel_{taught[0]}")
    if taught[0] == "PANN":
        expect(found, [judge.scores(mel) for mel in mels])
    else:
        patches = [[mel[:, s : s + 96] for s in range(0, mel.shape[1] - 95, 100)] for mel in mels]
        assert [len(cut) for cut in patches] == [1, 2, 4, 2, 1]
        expect(found, [judge.scores(torch.cat(cut)).mean(0, keepdim=True) for cut in patches])


@torch.no_grad()
def test_transcoded_seconds_are_joined_for_pann_and_averaged_for_yamnet(clips, taught, tmp_path):
    found, _ = scored(tmp_path, clips, taught, transcoder="pinv")
    judge, pinv = released(taught, tmp_path), Pinv(taught[0])
    levels = each(clips, "third_octave_32000")
    if taught[0] == "PANN":
        first, second, rest = (pinv(levels[1][:, s : s + 8]) for s in (0, 8, 16))
        joined = torch.cat([first[:, :100], second[:, :100], rest], 1)
        assert levels[1].shape[1] == 21 and joined.shape == (1, 301, 64)
        wanted = judge.scores(joined)
    else:
        seconds = [pinv(levels[1][:, s : s + 8]) for s in (0, 8)]
        wanted = judge.scores(torch.cat(seconds)).mean(0, keepdim=True)
    np.testing.assert_allclose(found["scores"][1], wanted[0], rtol=0, atol=1e-5)
    np.testing.assert_allclose(found["scores"][:1], judge.scores(pinv(levels[0])), atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("taught", ["YamNet"], indirect=True)
def test_as_published_yamnet_reads_two_seconds_as_one_and_the_rest(clips, taught, tmp_path):
    found, _ = scored(tmp_path, clips, taught, transcoder="pinv", input_rate=16000)
    judge, pinv = released(taught, tmp_path), Pinv("YamNet")
    wanted = []
    for levels in each(clips, "third_octave_16000"):
        seconds = torch.cat([pinv(part) for part in levels.split(8, dim=1)])
        wanted.append(judge.scores(seconds).mean(0, keepdim=True))
    expect(found, wanted)


@torch.no_grad()
def test_a_learnt_transcoder_is_the_one_that_training_left(clips, taught, tmp_path):
    setting = Setting({"classifier": taught[0], "transcoder": "cnn_pinv", **CNN})
    learnt = build(setting, seed=5)
    training = run_stage(
        lambda s, i, o: save_weights(learnt.state_dict(), o.folder), setting, tmp_path / "training"
    )
    found, _ = scored(tmp_path, clips, taught, training, transcoder="cnn_pinv", **CNN)
    alone = released(taught, tmp_path).scores(learnt(each(clips, "third_octave_32000")[0]))
    np.testing.assert_allclose(found["scores"][:1], alone, rtol=0, atol=1e-5)
    untrained, _ = scored(tmp_path / "u", clips, taught, transcoder="cnn_pinv", **CNN)
    assert not np.allclose(found["scores"], untrained["scores"], atol=1e-4)


@torch.no_grad()
def test_a_student_scores_whole_seconds(clips, taught, tmp_path):
    found, setting = scored(tmp_path, clips, taught, transcoder="self")
    student = build_student(setting, released(taught, tmp_path)).eval()
    wanted = []
    for levels in each(clips, "third_octave_32000"):
        whole = levels[0, : levels.shape[1] // 8 * 8].unflatten(0, (-1, 8))
        wanted.append(student(whole).mean(0, keepdim=True))
    expect(found, wanted)


@torch.no_grad()
@pytest.mark.parametrize("taught", ["PANN"], indirect=True)
def test_for_an_mlp_the_levels_of_the_rest_are_stretched(clips, taught, tmp_path):
    found, setting = scored(tmp_path, clips, taught, transcoder="mlp", **MLP)
    mlp, levels = build(setting, seed=1), each(clips, "third_octave_32000")[4]
    rest = interpolate(levels[:, 8:].mT, 8, mode="linear").mT
    joined = torch.cat([mlp(levels[:, :8])[:, :100], mlp(rest)], 1)
    alone = released(taught, tmp_path).scores(joined)
    np.testing.assert_allclose(found["scores"][4:], alone, rtol=0, atol=1e-5)


def test_how_many_are_scored_at_once_changes_nothing(clips, taught, tmp_path, monkeypatch):
    many, _ = scored(tmp_path / "m", clips, taught, transcoder="pinv")
    monkeypatch.setattr(logits, "SECONDS", 1)
    one, _ = scored(tmp_path / "o", clips, taught, transcoder="pinv")
    np.testing.assert_allclose(one["scores"], many["scores"], rtol=0, atol=1e-5)


def test_batches_hold_every_clip_once_with_clips_of_its_length():
    lengths = np.array([401, 101, 401, 250, 401, 101])
    first = np.cumsum([0, *lengths])
    batches = list(alike(first, 900))
    assert [batch.tolist() for batch, _ in batches] == [[1, 5], [3], [0, 2], [4]]
    for batch, places in batches:
        for clip, rows in zip(batch, places, strict=True):
            assert rows.tolist() == list(range(first[clip], first[clip + 1]))


def test_a_clip_longer_than_a_batch_is_a_batch():
    assert [batch.tolist() for batch, _ in alike(np.array([0, 50, 100]), 10)] == [[0], [1]]


@pytest.mark.parametrize("transcoder", ["oracle", "pinv"])
def test_a_clip_shorter_than_a_second_is_named(taught, tmp_path, transcoder):
    clips = run_stage(make_clips((2.0, 0.8, 0.5)), Setting({}), tmp_path / "clips")
    told = r"clip clip 1 has (81|6) frames of the (96|8) that .* \(2 of 3 clips are too short\)"
    with pytest.raises(DataError, match=told):
        scored(tmp_path, clips, taught, transcoder=transcoder)
