"""Any words on the command line: done, not done or refused, and never a traceback."""

import io
import sys
from pathlib import Path

import pytest
from damage import Damage, damage, instead, put
from hypothesis import example, given
from hypothesis import strategies as st

import toy
from core.store import Store
from engine import run_all, tasks_of
from launch import cli, experiments

# What the shell can pass: no zero bytes; bytes that are no UTF-8 come as lone surrogates.
ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
ODD = st.sampled_from(
    (
        *("", " ", ":", "=", "²", "-1", "0", "nan", "1e999", "9" * 400, "9" * 5000, "\udcff", "\n"),
        *("[b]", "x" * 300, "~nobody/x", "main/", "mian/", "main/run=0", "method", "gain", "mean"),
        *(
            "mean:gain",
            "run",
            "scale",
            "toy",
            "state=done",
            "id=''",
            "id=a",
            "lr",
            ".",
            "..",
            "a,b",
        ),
    )
)
WORD = ODD | ANY
FILE = st.sampled_from(
    ["a.png", "a.csv", "a.html", ".tex", "a.xlsx", "a.b", "", "report.html", "a/"]
)
FLAGS = {
    **dict.fromkeys(
        ("-i", "-p", "-l", "-f", "--status", "--json", "--published", "-v", "-y", "-F", "-S", "-D"),
        st.none(),
    ),
    **dict.fromkeys(
        (
            *("-s", "--set", "-d", "--figure", "--sheet", "--best-by", "--per", "--sort", "-o"),
            *("--rank", "--why", "--cells", "--test", "--alpha", "--log", "--search", "--metric"),
            *("--search-by", "--search-seed", "--search-batch", "-t", "--data", "--hold", "-P"),
            *("--release", "--cancel", "--gpus", "--jobs", "-R", "-j", "--slurm", "--pack"),
        ),
        WORD,
    ),
    "-e": FILE,
    "--dpi": st.sampled_from(["-1", "0", "1", "50", "x", "9" * 30]),
}
ASKED = st.lists(
    st.sampled_from(sorted(FLAGS)).flatmap(
        lambda flag: FLAGS[flag].map(lambda value: (flag, *([] if value is None else [value])))
    ),
    max_size=4,
).map(lambda pairs: [word for pair in pairs for word in pair])
RUNS = b"lr,width,val_mAP,name\n0.001,1,0.25,run-1\n0.0001,2,0.5,run-2\n0.001,2,0.3,run-3\n" * 3


@pytest.fixture(scope="module")
def sonoplan(tmp_path_factory: pytest.TempPathFactory):
    """Carry out a command where some tasks of the toy experiment are done: gives its status."""
    here = tmp_path_factory.mktemp("front door")
    store = Store(here / "results", "toy")
    run_all(tasks_of(toy.experiment(), "main/run=0+1"), store)
    real = experiments.find
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        for name in ("CACHE", "CONFIG", "DATA"):
            patch.setenv(f"XDG_{name}_HOME", str(here / name.lower()))
        patch.setenv("PATH", "")  # no Slurm
        patch.setattr(experiments, "names", lambda: ["toy"])
        patch.setattr(experiments, "find", lambda n: toy.experiment() if n == "toy" else real(n))
        yield _status


def _status(words: list[str]) -> int:
    """Carry out a command as the shell does, with streams that take UTF-8 and nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
        patch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace"))
        patch.setattr(sys, "stdin", io.StringIO())
        try:
            return cli.main(words)
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            sys.stdout.flush()


@given(words=ASKED)
@example(words=["-s", "²/"])
@example(words=["-d", "²"])
@example(words=["--why", "9" * 5000])
@example(words=["--why", "²"])
@example(words=["-s", "\udcff"])
@example(words=["-l", "--set", "gain=" + "9" * 400])
@example(words=["-l", "--set", "gain=1e999"])
@example(words=["-d", "-e", "a.png", "--dpi", "0"])
@example(words=["-d", "-e", "x" * 300 + ".png"])
@example(words=["-d", "--alpha", "nan"])
def test_any_flags_of_an_experiment_are_carried_out_or_refused(sonoplan, words):
    assert sonoplan(["toy", *words]) in (0, 1, 2)


@given(words=st.lists(WORD, min_size=1, max_size=4))
@example(words=["x" * 300])
@example(words=["\udcff"])
@example(words=["models", "--check", "--folder", "~nobody/x"])
@example(words=["models", "--check", "--folder", "x" * 300])
@example(words=["data", "icbhi", "~nobody/x"])
@example(words=["data", "icbhi", "x" * 300])
@example(words=["search", "x" * 300, "rain"])
@example(words=["search", "~nobody/x", "rain"])
@example(words=["doce", "x" * 300, "--as", "old"])
@example(words=["doce", "x.py", "--as", "²"])
@example(words=["new", "²"])
@example(words=["tag", "x.wav", "--model", "²"])
@example(words=["transcode", "x.wav", "--transcoder", "~nobody/x"])
@example(words=["transcode", "x.wav", "--transcoder", "x" * 300])
@example(words=["toy", "--results", "x" * 300, "-l"])
@example(words=["toy", "--results", "~nobody/x", "-l"])
@example(words=["toy", "-s", "main/", "-A", "x" * 300])
@example(words=["table", "x" * 300, "--metric", "mAP"])
def test_any_words_are_carried_out_or_refused(sonoplan, words):
    assert sonoplan(words) in (0, 1, 2)


@given(
    changed=damage(),
    flags=st.sampled_from(
        [[], ["--json"], ["--lower", "--order", "name"], ["--factors", "lr,w*"]]
        + [["--figure", name, "-e", "a.svg"] for name in ("heat:lr:width", "parallel", "best")]
    ),
)
@example(changed=instead(RUNS.replace(b"0.25", b"1e308").replace(b"0.5", b"-1e308")), flags=[])
@example(changed=instead(RUNS.replace(b"0.001", b"9" * 400)), flags=[])
@example(changed=instead(RUNS.replace(b"0.25", b"inf")), flags=["--json"])
def test_a_damaged_csv_of_runs_is_compared_or_refused(sonoplan, changed: Damage, flags):
    put(Path("runs.csv"), changed(RUNS))
    assert sonoplan(["table", "runs.csv", "--metric", "val_mAP", *flags]) in (0, 2)


@given(content=damage())
def test_a_damaged_configuration_costs_no_traceback(sonoplan, content: Damage):
    file = put(Path("sonoplan.toml"), content(b'results = "results"\n[data]\nx = "y"\n'))
    assert sonoplan(["toy", "-l"]) in (0, 2)
    file.unlink()


def test_an_empty_id_removes_nothing(sonoplan):
    records = sorted(Path("results/toy").glob("*/*"))
    assert sonoplan(["toy", "-s", "id=''", "-R", "-y"]) == 2
    assert sorted(Path("results/toy").glob("*/*")) == records != []
