"""The challenge's answers: what is read of them is what was written, whatever captions say."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from experiments.retrieval.submission import write_submission

NAMES = [f' {place} of ten, "as it was".wav' for place in range(10)]
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(captions=st.lists(TEXT, min_size=1), names=st.permutations(NAMES))
def test_the_form_is_the_challenges(tmp_path_factory, captions, names):
    path = tmp_path_factory.mktemp("answers") / "submission.csv"
    write_submission(path, captions, [names] * len(captions))
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["caption", *(f"file_name_{rank}" for rank in range(1, 11))]
    assert rows == [[caption, *names] for caption in captions]
