"""Text encoders of sentence-transformers: a drawn one, and the real ones where they are at hand."""

import sys

import numpy as np
import pytest

from core.errors import DataError, DownloadError, UnknownName
from experiments.retrieval.text_encoders import load_text_encoder
from local_checkpoint import placed
from sentence_models import draw_model, real_model

TEXTS = ["a dog barks", "rain falls on the roof in the trees", "rain", "wind in the trees"]


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder of checkpoints whose minilm is a small one, with weights drawn anew."""
    pytest.importorskip("sentence_transformers")
    weights = draw_model(tmp_path / "all-MiniLM-L6-v2").read_bytes()
    placed("minilm", weights, tmp_path, monkeypatch)
    return tmp_path


def test_texts_are_unit_vectors_as_each_is_alone(models):
    encoder = load_text_encoder("minilm", models)
    vectors = encoder.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((4, encoder.dim), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], vector, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_another_precision_is_near_and_has_another_digest(models):
    exact, rounded = (load_text_encoder("minilm", models, "cpu", p) for p in PRECISIONS)
    np.testing.assert_allclose(rounded.encode(TEXTS), exact.encode(TEXTS), atol=0.02)
    assert exact.digest != rounded.digest


PRECISIONS = ("float32", "bfloat16")


def test_pickled_weights_are_not_read(models):
    folder = models / "all-MiniLM-L6-v2"
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    from experiments.retrieval.sentences import _load

    with pytest.raises(OSError, match="safetensors"):
        _load(folder, "cpu")


def test_other_weights_are_refused(models):
    with (models / "all-MiniLM-L6-v2" / "model.safetensors").open("r+b") as file:
        file.seek(2000)
        file.write(b"\0\1\2\3")
    with pytest.raises(DownloadError, match="is not the expected file: its sha256"):
        load_text_encoder("minilm", models)


def test_without_the_package_it_is_said_how_to_get_it(models, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(DataError, match=r"pip install sentence-transformers; or take text=hashed"):
        load_text_encoder("minilm", models)


def test_a_typo_names_the_nearest(tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'minilm'"):
        load_text_encoder("mini-lm", tmp_path)


@pytest.mark.parametrize(("name", "dim"), [("minilm", 384), ("mpnet", 768)])
def test_a_real_one_understands(name, dim):
    pytest.importorskip("sentence_transformers")
    encoder = load_text_encoder(name, real_model(name))
    asked, *captions = encoder.encode(
        [
            "rain on a tin roof",
            "Raindrops are hitting a metal surface.",
            "A man is talking to a crowd.",
            "Rain " * 600,
        ]
    )
    assert asked.shape == (dim,)
    near, far, long = (float(asked @ caption) for caption in captions)
    assert near > far + 0.3
    assert np.isfinite(long), "what is too long is cut"
