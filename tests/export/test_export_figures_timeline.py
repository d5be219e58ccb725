"""Spectrograms and what is heard along time: scales, axes, all on the page."""

import numpy as np
import pytest
from drawn import texts

from export.figures import spectrograms, timeline
from export.figures.timeline import Spectrum

RNG = np.random.default_rng(0)


def test_a_panel_for_each_version_on_one_scale():
    spectra = {name: RNG.normal(-20, 10, (101, 64)) for name in ("PINV", "CNN-mels", "truth")}
    figure = spectrograms.figure(spectra, rate=100)
    shown = texts(figure)
    assert [name for name in spectra if name in shown] == list(spectra)
    assert shown.count("dB") == 1
    images = [image for axes in figure.axes for image in axes.images]
    assert {image.get_clim() for image in images} == {(-60, 15)}
    assert {image.get_cmap().name for image in images} == {"inferno"}
    assert images[0].get_extent() == [0, 1.01, 0, 64]
    np.testing.assert_array_equal(images[1].get_array(), spectra["CNN-mels"].T)


def test_more_than_four_versions_go_on_a_second_line():
    spectra = {f"version {i}": np.zeros((96, 64)) for i in range(5)}
    figure = spectrograms.figure(spectra, rate=100)
    assert set(spectra) < set(texts(figure))
    heights = {round(axes.get_position().y0, 2) for axes in figure.axes if axes.images}
    assert len(heights) == 2


def spectra() -> list[Spectrum]:
    levels = RNG.normal(-50, 10, (24, 29))
    named = {2: "31.5", 14: "500"}
    return [
        Spectrum("levels", levels, "Hz", named),
        Spectrum("log-mel", RNG.normal(-20, 10, (301, 64)), "mel bin"),
    ]


def test_levels_mels_and_classes_share_the_time_axis():
    scores = {"Siren": np.array([0.1, 0.9, 0.2]), "Bark": np.array([0.5, 0.0, 0.0])}
    figure = timeline.figure(spectra(), scores)
    assert {"levels", "log-mel", "Siren", "Bark", "31.5", "500", "Hz", "score"} < set(texts(figure))
    drawn = [axes for axes in figure.axes if axes.images]
    assert {axes.get_xlim() for axes in drawn} == {(0, 3)}
    classes = drawn[-1]
    assert classes.images[0].get_clim() == (0, 0.9)
    assert [label.get_text() for label in classes.get_yticklabels()] == ["Siren", "Bark"]
    assert list(classes.get_yticks()) == [1.5, 0.5]
    np.testing.assert_array_equal(classes.images[0].get_array()[0], scores["Siren"])


def test_colours_span_75_db_below_the_loudest():
    figure = timeline.figure(spectra(), {"Siren": np.zeros(3)})
    low, high = figure.axes[0].images[0].get_clim()
    assert high == figure.axes[0].images[0].get_array().max()
    assert high - low == pytest.approx(75)
