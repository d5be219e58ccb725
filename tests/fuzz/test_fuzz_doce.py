"""Result files of doce by any name and with any content: brought, or named as what they are."""

from pathlib import Path

import numpy as np
import pytest
from damage import BINARY, Damage, instead, put, refused
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import SonoplanError
from core.store import Store
from launch.doce.bring import bring
from launch.doce.finding import find
from launch.doce.module import read
from launch.doce.old import OldExperiment
from launch.terminal import Terminal

SAID = {
    "plans": {"main": {"net": ["cnn", "cnn+rnn"], "lr": [1e-3, 1], "aug": [True, False]}},
    "metrics": {"acc": {"higher_the_better": True}},
}
NAMES = st.lists(
    st.sampled_from(["net=cnn", "net=cnn+rnn", "lr=0.001", "lr=1", "lr=1.", "aug=1", "aug=True"])
    | st.sampled_from(["+", "_", "->", "acc", "net", "=", "²", "-99999"])
    | st.text("abc+=_->.", max_size=3),
    max_size=9,
).map("".join)


@pytest.fixture(scope="module")
def old() -> OldExperiment:
    return read(SAID, Path("old.py"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@given(names=st.lists(NAMES, min_size=1, max_size=3, unique=True))
@example(names=["aug=1+lr=0.001+net=cnn_acc", "aug=0+lr=1+net=cnn+rnn_acc"])
def test_a_name_is_that_of_one_setting_or_of_none(old, outputs, names):
    for name in names:
        put(outputs / f"{name}.npy", b"")
    with refused(*(f"{name}.npy" for name in names), error=SonoplanError):
        found = find(old, outputs)
        told = [file.path.name for files in found.files.values() for file in files.values()]
        assert sorted([*told, *found.foreign, *found.unclear]) == sorted(f"{n}.npy" for n in names)
    for name in names:
        (outputs / f"{name}.npy").unlink()


@given(changed=BINARY)
@example(changed=instead(b"\x93NUMPY\x01\x00\x16\x00{'descr': '<f8', (2, 0)\n"))
def test_a_damaged_array_is_brought_or_named(old, outputs, tmp_path_factory, changed: Damage):
    np.save(outputs / "aug=1+lr=1+net=cnn_acc.npy", np.arange(5.0))
    file = next(outputs.glob("*.npy"))
    put(file, changed(file.read_bytes()))
    store = Store(tmp_path_factory.mktemp("brought", numbered=True), "old")
    brought = bring(old.as_experiment("old"), old, find(old, outputs), store, Terminal())
    assert brought.new == 1 or any(file.name in told for told in brought.unreadable)
    file.unlink()
