"""The stage that encodes captions, and what it keeps by the hash of texts."""

import numpy as np
import pytest
from small_icbhi import run_stage

from core import Record, Setting
from core.errors import Stopped
from experiments.retrieval import kept_embeddings
from experiments.retrieval.embeddings import prepare
from experiments.retrieval.hashed import HashedWords
from experiments.retrieval.kept_embeddings import KeptEmbeddings
from local_checkpoint import placed
from sentence_models import draw_model

TEXTS = ["Rain falls.", "A dog barks on the roof", "rain falls", "Rain falls.", "wind"]


class Counting(HashedWords):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        return super().encode(texts)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sonoplan" / "embeddings"


def run(folder, texts, models="models", **factors) -> Record:
    def captions(setting, inputs, output):
        output["text"] = np.array(texts)

    needs = {"captions": run_stage(captions, Setting({}), folder / "captions")}
    setting = Setting({"precision": "float32", **factors})
    return run_stage(prepare, setting, folder, needs, models=models)


def test_captions_are_encoded_in_order(tmp_path, cache):
    record = run(tmp_path, TEXTS, text="hashed")
    np.testing.assert_array_equal(record["embedding"], HashedWords().encode(TEXTS))
    assert record.info["dim"] == 1024
    assert record.info["digest"] == HashedWords.digest
    assert not cache.exists(), "hashing is quicker than looking up"


def test_sentences_are_kept_for_other_datasets(tmp_path, cache, monkeypatch):
    pytest.importorskip("sentence_transformers")
    models = tmp_path / "models"
    weights = draw_model(models / "all-MiniLM-L6-v2").read_bytes()
    placed("minilm", weights, models, monkeypatch)
    first = run(tmp_path / "a", TEXTS, models, text="minilm")
    assert first["embedding"].shape == (5, 8)
    assert len([*cache.iterdir()]) == 1
    monkeypatch.setattr("experiments.retrieval.sentences.Sentences.encode", None)
    again = run(tmp_path / "b", TEXTS[::-1], models, text="minilm")
    np.testing.assert_array_equal(again["embedding"], first["embedding"][::-1])


def test_equal_texts_are_encoded_once_and_known_ones_never(tmp_path):
    encoder = Counting()
    kept = KeptEmbeddings(encoder, tmp_path).encode(TEXTS)
    assert sorted(encoder.asked) == sorted(set(TEXTS))
    encoder.asked.clear()
    more = KeptEmbeddings(encoder, tmp_path).encode(["thunder", *TEXTS])
    assert encoder.asked == ["thunder"]
    np.testing.assert_array_equal(more[1:], kept)
    np.testing.assert_array_equal(kept, HashedWords().encode(TEXTS))


def test_encoders_are_kept_apart(tmp_path):
    KeptEmbeddings(HashedWords(), tmp_path).encode(TEXTS)
    other = Counting()
    other.digest = "another"
    KeptEmbeddings(other, tmp_path).encode(TEXTS)
    assert len(other.asked) == 4


@pytest.mark.parametrize("damage", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_damaged_is_made_anew(tmp_path, damage):
    KeptEmbeddings(HashedWords(), tmp_path).encode(TEXTS)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    encoder = Counting()
    found = KeptEmbeddings(encoder, tmp_path).encode(TEXTS)
    assert len(encoder.asked) == 4
    np.testing.assert_array_equal(found, HashedWords().encode(TEXTS))


def test_a_stop_keeps_what_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_embeddings, "CHUNK", 2)
    encoder = Counting()

    def stop(done, total):
        raise Stopped(f"{done} of {total}")

    with pytest.raises(Stopped, match="3 of 5"):
        KeptEmbeddings(encoder, tmp_path).encode(TEXTS, stop)
    assert len(encoder.asked) == 2
    KeptEmbeddings(encoder, tmp_path).encode(TEXTS)
    assert sorted(encoder.asked) == sorted(set(TEXTS)), "each once over both calls"


def test_a_folder_that_cannot_be_written_costs_nothing_else(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    found = KeptEmbeddings(HashedWords(), tmp_path / "file").encode(TEXTS)
    assert found.shape == (5, 1024)
