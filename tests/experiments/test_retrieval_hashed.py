"""The bag of hashed words."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError
from experiments.retrieval.hashed import DIM, HashedWords

ROOT = Path(__file__).parents[2]


def cosine(one: str, other: str) -> float:
    first, second = HashedWords().encode([one, other])
    return float(first @ second)


def test_vectors_are_unit_and_sparse():
    vectors = HashedWords().encode(["Rain falls on a tin roof", "rain"])
    assert (vectors.shape, vectors.dtype) == ((2, DIM), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert np.count_nonzero(vectors[1]) == 1
    assert np.count_nonzero(vectors[0]) == 11, "six words and five pairs"


def test_case_and_punctuation_do_not_count_and_order_does():
    assert cosine("A dog barks!", "a DOG, barks") == pytest.approx(1)
    # Three words of five features are shared, no pair is.
    assert cosine("a dog barks", "barks dog a") == pytest.approx(3 / 5)
    assert cosine("a dog barks", "a dog howls") == pytest.approx(3 / 5)
    assert cosine("it's dripping", "its dripping") == pytest.approx(1 / 3)
    assert abs(cosine("wind in the trees", "engine idling")) < 0.3


def test_the_value_is_the_same_in_another_process():
    code = (
        "from experiments.retrieval.hashed import HashedWords; "
        "print(HashedWords().encode(['rain on a roof'])[0].nonzero()[0].tolist())"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    here = HashedWords().encode(["rain on a roof"])[0].nonzero()[0].tolist()
    assert done.stdout.strip() == str(here)
    assert HashedWords().encode(["rain"])[0].nonzero()[0].tolist() == [317], "golden"


def test_signs_keep_products_of_unrelated_texts_around_zero():
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abcdefghij"), 6)) for _ in range(2000)]
    texts = [" ".join(words[i : i + 10]) for i in range(0, 2000, 10)]
    vectors = HashedWords().encode(texts)
    products = (vectors @ vectors.T)[~np.eye(len(texts), dtype=bool)]
    assert abs(products.mean()) < 0.005
    assert products.std() == pytest.approx(1 / np.sqrt(DIM), rel=0.1)


@pytest.mark.parametrize("text", ["", "  ", "?!"])
def test_a_text_without_a_word_is_refused(text):
    with pytest.raises(DataError, match="has no word"):
        HashedWords().encode(["rain", text])


def test_words_of_any_script_count():
    assert cosine("дождь стучит", "дождь идёт") == pytest.approx(1 / 3)
