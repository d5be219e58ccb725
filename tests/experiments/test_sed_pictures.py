"""Pictures of one clip: what is in them, read from the figures before they are files."""

import numpy as np
import pytest
import torch

from experiments.sed import pictures
from experiments.sed.answer import Answer
from experiments.sed.events import Events
from experiments.sed.features import BANDS, FRAMES_A_SECOND
from experiments.sed.pictures import PLAIN, TRUE, Clip, draw

NAMES = ("Bark", "Bus", "Hi-hat", "Snare_drum")
FRAMES = 40
PROBABILITIES = [0.1, 0.9, 0.7, 0.3]


def clip_of(*, attention=True, reconstruction=True):
    """A clip with two events of Snare_drum and one of Bus."""
    torch.manual_seed(0)
    shape = (1, len(NAMES), FRAMES)
    answer = Answer(
        clips=torch.tensor([PROBABILITIES]),
        frames=torch.rand(shape),
        cells=torch.rand(*shape, BANDS),
        frequency_attention=torch.rand(*shape, BANDS).softmax(-1) if attention else None,
        time_attention=torch.rand(shape).softmax(-1) if attention else None,
        features=torch.randn(1, FRAMES, BANDS),
        reconstruction=torch.randn(1, FRAMES, BANDS) if reconstruction else None,
    )
    label, onset = np.array([3, 3, 1]), np.array([0.1, 0.7, 0.4])
    events = Events(np.zeros(3, int), label, onset, onset + 0.2)
    return Clip("00007", answer, events, np.random.default_rng(0).random((FRAMES, BANDS)) < 0.2)


@pytest.mark.parametrize(
    ("has", "drawn"),
    [
        ({}, {"classes", "masks", "attention", "reconstruction"}),
        ({"reconstruction": False}, {"classes", "masks", "attention"}),
        ({"attention": False, "reconstruction": False}, {"classes", "masks"}),
    ],
)
def test_what_the_network_has_is_drawn(tmp_path, has, drawn):
    draw(clip_of(**has), NAMES, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"00007_{name}.png" for name in drawn}


def test_a_picture_is_the_same_again(tmp_path):
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        draw(clip_of(attention=False, reconstruction=False), NAMES, tmp_path / name)
        contents.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert contents[0] == contents[1]


def images(axes):
    return [ax.get_images()[0].get_array() for ax in axes if ax.get_images()]


def test_the_input_and_its_reconstruction_have_one_scale():
    clip = clip_of()
    left, right, _ = pictures._reconstruction(clip, NAMES).axes
    np.testing.assert_allclose(images([left])[0], clip.answer.features[0].numpy().T)
    np.testing.assert_allclose(images([right])[0], clip.answer.reconstruction[0].numpy().T)
    assert left.get_images()[0].get_clim() == right.get_images()[0].get_clim()


def test_attention_is_of_the_two_most_probable_classes():
    clip = clip_of()
    axes = pictures._attention(clip, NAMES).axes
    assert [ax.get_title() for ax in axes[:2]] == ["Bus, true: 0.90", "Hi-hat: 0.70"]
    assert [ax.title.get_color() for ax in axes[:2]] == [TRUE, PLAIN]
    np.testing.assert_allclose(images(axes[:2])[0], clip.answer.frequency_attention[0, 1].numpy().T)
    (line,) = axes[2].get_lines()
    assert line.get_ydata().mean() == pytest.approx(1)
    assert len(axes[2].patches) == 1  # the event of Bus
    assert not axes[3].patches


def test_all_classes_are_shown_over_time_with_their_events():
    clip = clip_of()
    figure = pictures._classes(clip, NAMES)
    frames, attention, bars = figure.axes[:3]
    assert [label.get_text() for label in frames.get_yticklabels()][3] == "Snare drum"
    np.testing.assert_allclose(images([frames])[0], clip.answer.frames[0].numpy())
    assert frames.get_images()[0].get_clim() == (0, 1)
    boxes = sorted((p.get_y() + 0.5, p.get_x(), p.get_width()) for p in frames.patches)
    np.testing.assert_allclose(boxes, [(1, 0.4, 0.2), (3, 0.1, 0.2), (3, 0.7, 0.2)])
    assert len(attention.patches) == 3
    assert [bar.get_width() for bar in bars.patches] == pytest.approx(PROBABILITIES)


def test_masks_of_true_classes_come_first_and_are_marked():
    clip = clip_of(attention=False)
    axes = pictures._masks(clip, NAMES).axes
    titles = [ax.get_title() for ax in axes if ax.get_title()]
    assert titles[0] == "ideal mask of all events"
    expected = ["Bus, true: 0.90", "Snare drum, true: 0.30", "Hi-hat: 0.70", "Bark: 0.10"]
    assert titles[1:] == expected
    np.testing.assert_array_equal(images(axes[:1])[0], clip.mask.T)
    np.testing.assert_allclose(images(axes[1:2])[0], clip.answer.cells[0, 1].numpy().T)
    assert [len(ax.collections) for ax in axes[1:4]] == [1, 2, 0]


def test_frequencies_stand_where_their_bands_are():
    ax = pictures._masks(clip_of(), NAMES).axes[0]
    ticks = dict(zip((t.get_text() for t in ax.get_yticklabels()), ax.get_yticks(), strict=True))
    assert ax.get_ylabel() == "frequency (kHz)"
    # Slaney's mels: 3 for each 200 Hz up to 1 kHz; 64 bands between 0.75 (50 Hz) and 55.4 (16 kHz).
    step = (15 + 27 * np.log(16) / np.log(6.4) - 0.75) / (BANDS + 1)
    assert ticks["0.5"] == pytest.approx((7.5 - 0.75) / step - 1, abs=0.3)
    assert ticks["1"] == pytest.approx((15 - 0.75) / step - 1, abs=0.3)
    assert ax.get_xlim() == pytest.approx((0, FRAMES / FRAMES_A_SECOND))
