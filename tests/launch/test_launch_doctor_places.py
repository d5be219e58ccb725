"""What `sonoplan doctor` says of configuration, folders, data and weights."""

from pathlib import Path

import pytest
from bare_machine import bare_machine, named

from launch import datasets, experiments
from launch.config import Config
from launch.doctor import data, folders, weights
from launch.doctor.advice import advice
from launch.doctor.check import Check
from reference_models import CHECKPOINTS


@pytest.fixture
def home(tmp_path, monkeypatch):
    return bare_machine(tmp_path, monkeypatch)


def test_a_damaged_file_leaves_the_other_one_in_force(home):
    user = home / "config" / "sonoplan" / "sonoplan.toml"
    user.write_text(f'models = "{home}/weights"\n')
    (home / "sonoplan.toml").write_text("results = 'a'\nresults = 'b'\n")
    config, checks = folders.configured()
    assert config.models == home / "weights"
    assert [(check.state, str(user) in check.told) for check in checks] == [
        ("ok", True),
        ("problem", False),
    ]
    assert "(at line 2, column 14)" in checks[1].told


@pytest.mark.parametrize("place", ["file/results", "/proc/results"])
def test_results_that_cannot_be_written(home, place):
    (home / "file").write_text("no folder")
    config = Config(results=home / place, models=home / "models", cache=home / "cache")
    checks = list(folders.checks(config))
    results = named(checks, "results")
    assert results.state == "problem"
    assert f"{home / place} cannot be written (" in results.told
    assert [check.state for check in checks[1:]] == ["ok", "ok"]
    assert not (home / "models").exists()  # looking makes nothing


def test_little_room_is_a_problem_for_results_alone(home, monkeypatch):
    monkeypatch.setattr(folders, "LOW_BYTES", 10**18)
    config = Config(results=home, models=home)
    assert [(check.state, "only" in check.told) for check in folders.checks(config)] == [
        ("problem", True),
        ("missing", True),
    ]


def test_data_that_are_here_are_used_next(home):
    corpus = home / "corpus"
    corpus.mkdir()
    config = Config(Path("results"), {"icbhi": corpus}, origins={"icbhi": "--data"})
    first = next(iter(data.checks(config)))
    assert (first.state, "is empty" in first.told) == ("problem", True)
    assert first.do == f"sonoplan data icbhi {corpus} --download"
    (corpus / "a.wav").touch()
    there, others, *_ = data.checks(config)
    assert there == Check(
        "icbhi",
        "ok",
        f"{corpus}, not inspected (sonoplan data icbhi does)",
        "sonoplan icbhi -s dataset=icbhi -c --dry-run",
    )
    assert others == Check(
        "icbhi",
        "missing",
        "not configured for this experiment: icbhi-subset",
        "sonoplan data icbhi-subset PATH",
    )
    assert advice({"data": [there, others]})[0].do == there.do


def test_every_dataset_is_told_and_used_by_a_command_that_works(home):
    names = list(datasets.declared())
    for name in names:
        (home / name).mkdir()
        (home / name / "file").touch()
    config = Config(Path("results"), {name: home / name for name in names})
    checks = list(data.checks(config))
    assert [check.name for check in checks] == names
    assert {check.state for check in checks} == {"ok"}
    typed = [check.do.split() for check in checks]
    used = [words for words in typed if words[2] == "-s"]
    assert len(used) > len(names) / 2
    assert all(experiments.find(words[1]).select(words[3]) for words in used)
    # What no plan reads can be looked at.
    assert {" ".join(words[:2]) for words in typed if words not in used} == {"sonoplan data"}


def test_a_plan_that_cannot_be_imported_costs_its_own_lines_only(home, monkeypatch):
    real = experiments.find

    def find(name: str):
        if name == "broken":
            raise SyntaxError("invalid syntax (broken.py, line 3)")
        return real(name)

    monkeypatch.setattr(experiments, "names", lambda: ["broken", "icbhi"])
    monkeypatch.setattr(experiments, "find", find)
    broken, icbhi = data.checks(Config(Path("results")))
    assert broken == Check("broken", "problem", "SyntaxError: invalid syntax (broken.py, line 3)")
    assert icbhi.state == "missing"


def test_weights_by_their_size(home):
    small = CHECKPOINTS["yamnet_int8"]
    (home / small.file).write_bytes(bytes(small.bytes))
    (home / CHECKPOINTS["pann_cnn6"].file).write_bytes(b"not it")
    (home / f"{CHECKPOINTS['yamnet'].file}.part").write_bytes(bytes(2000))
    checks = list(weights.checks(home))
    assert named(checks, "here").told == "yamnet_int8"
    wrong = named(checks, "pann_cnn6")
    assert wrong.state == "problem"
    assert wrong.do == f"rm {home}/Cnn6_mAP=0.343.pth && sonoplan models pann_cnn6"
    assert named(checks, "yamnet").told == "2.0 kB of it"
    assert len(named(checks, "absent").told.split(", ")) == len(CHECKPOINTS) - 3
