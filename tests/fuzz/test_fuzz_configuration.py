"""Damaged configuration: sonoplan.toml, cluster profiles, job templates."""

from pathlib import Path

import pytest
from damage import Damage, damage, instead, put, refused
from hypothesis import example, given
from hypothesis import strategies as st

from core.stage import Resources, Stage
from launch.config import FILE, load
from launch.job_template import LAUNCH, read_template
from launch.slurm import profile

CONFIG = b"""\
results = "results"
models = "~/models"

[data]
icbhi = "/data/icbhi"
clotho = "clotho"

[slurm]
profile = "jean-zay"
"""
PROFILE = b"""\
base = "default"
required = ["account"]
account = "abc"
hours = 1.5
setup = ["module load x", "y"]
environment = { A = "b" }
extra = { exclusive = true, nodes = 2 }

[gpu]
partition = "gpu"
memory_gb = 32

[stages.training]
hours = 20
array_limit = 10

[variants.short]
qos = "dev"
"""
TEMPLATE = (
    f"#!/bin/sh\n#SBATCH --time=1:00:00\n# <DOCE_SETTING> of <DOCE_NAME>\n{LAUNCH}\n".encode()
)
STAGES = (
    Stage("training", "m:f", uses=[], resources=Resources(gpus=1, cpus=8, memory_gb=32, hours=20)),
    Stage("corpus", "m:f", uses=[]),
)
KEYS = (
    *("results", "models", "data", "data.icbhi", "slurm", "slurm.profile", "slurm.x", "x", "base"),
    *("required", "variants", "variants.short", "stages.training", "gpu", "cpu.hours", "hours"),
    *("memory_gb", "cpus", "parallel", "setup", "environment", "extra", "array_limit", "python"),
    *("signal_seconds", "use_gpus", "gpu_request"),
)
VALUES = (
    *(
        '""',
        '"a"',
        '"~nobody/x"',
        '"a\\u0000b"',
        "5",
        "-1",
        "nan",
        "inf",
        "true",
        "[]",
        "{}",
        "[5]",
    ),
    *("[[1]]", "[{}]", "{a = 1}", "{a = {}}", "2020-01-01", "9" * 400, "9" * 5000, "1e300"),
    *("[" * 3000 + "]" * 3000, '"' + "x" * 300 + '"', '["", "a"]'),
)
TOML = damage() | st.builds(
    lambda key, value: instead(f"{key} = {value}\n"),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        patch.setenv("HOME", str(folder))
        patch.chdir(put(folder / "project" / "x", b"").parent)
        yield folder


@given(changed=TOML)
def test_a_damaged_configuration_is_read_or_refused(home, changed: Damage):
    file = put(Path.cwd() / FILE, changed(CONFIG))
    with refused(file):
        found = load()
        assert found.results.is_absolute()


@given(changed=TOML)
def test_a_damaged_profile_is_read_or_refused(home, changed: Damage):
    file = put(profile.user_clusters() / "mine.toml", changed(PROFILE))
    with refused(file, "mine"):
        for asked in ("mine", "mine:short"):
            found = profile.find(asked)
            for stage in STAGES:
                options = found.options(stage)
                assert int(options.hours or 0) >= 0


@given(changed=damage())
def test_a_damaged_job_template_is_read_or_refused(home, changed: Damage):
    file = put(home / "job.sh", changed(TEMPLATE))
    with refused(file):
        assert LAUNCH in read_template(file)


@given(
    name=st.text(max_size=12) | st.sampled_from(["x" * 300, "..", "../../x", "a\0b", ":", "a:b"])
)
@example(name="x" * 300)
@example(name="a\0b")
def test_any_name_of_a_profile_is_found_or_refused(home, name):
    with refused():
        profile.find(name)


@given(
    results=st.none() | st.sampled_from(["~nobody/x", "a\0b", "x" * 300, "", "."]),
    data=st.lists(st.text(max_size=6) | st.sampled_from(["a=~nobody/x", "a=b\0c", "a=", "=b"])),
    tag=st.none() | st.text(max_size=6) | st.just(".."),
)
@example(results="~nobody/x", data=[], tag=None)
@example(results=None, data=["a=~nobody/x"], tag=None)
@example(results=None, data=["a=b\0c"], tag=None)
@example(results=None, data=[], tag="..")
def test_any_flags_of_folders_are_taken_or_refused(home, results, data, tag):
    (Path.cwd() / FILE).unlink(missing_ok=True)
    with refused():
        found = load(results, data, tag)
        assert found.results.is_absolute()
        assert tag is None or found.results.parent.name == "tags"
