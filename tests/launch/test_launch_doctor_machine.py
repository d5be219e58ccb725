"""What `sonoplan doctor` says of packages, torch, GPUs and Slurm."""

import pytest
from bare_machine import bare_machine, command, light, named

from launch.doctor import cluster, gpus, machine, probe, probing, requirements
from launch.doctor.check import Check


@pytest.fixture
def home(tmp_path, monkeypatch):
    return bare_machine(tmp_path, monkeypatch)


SETUP = """\
[options]
install_requires =
    # arrays
    numpy >=2.0
    # draws
    rich >=13, <13.0.1

[options.extras_require]
far =
    # what it is for
    no-such-package-anywhere >=1
    rich >=13
near =
    # there
    rich
"""


def test_requirements_are_those_of_setup_cfg(tmp_path):
    file = tmp_path / "setup.cfg"
    file.write_text(SETUP)
    (fault,) = requirements.needed(file).faults()
    assert fault.startswith("rich is ")
    assert fault.endswith(", not <13.0.1,>=13")
    extras = requirements.extras(file)
    assert {name: extra.about for name, extra in extras.items()} == {
        "far": "what it is for",
        "near": "there",
    }
    assert extras["far"].faults() == ["no-such-package-anywhere is not installed"]
    assert extras["near"].faults() == []


def test_the_project_s_own_requirements_are_read():
    assert {"torch", "torchaudio"} <= {r.name for r in requirements.needed().requirements}
    assert {"text", "int8", "test"} <= set(requirements.extras())
    assert all(extra.about for extra in requirements.extras().values())


def test_torch_as_it_is_installed():
    found = probing.probe()
    assert list(found) == list(probing.STEPS)
    checks = list(machine.imports(found))
    assert [check.state for check in checks] == ["ok"]
    assert all(f"{name} " in checks[0].told for name in probe.PACKAGES)


def test_an_import_that_aborts_is_told_with_what_came_before(home):
    light(home)
    text = "import os, sys\nprint('noise')\nprint('bad symbol', file=sys.stderr)\nos.abort()\n"
    (home / "packages" / "torchaudio" / "__init__.py").write_text(text)
    found = probing.probe()
    assert found["torch"] == {"version": "2.11.0"}
    assert found["torchaudio"] == {"fault": "the process was ended by SIGABRT: bad symbol"}
    checks = list(machine.imports(found))
    assert [(check.name, check.state) for check in checks] == [
        ("imports", "ok"),
        ("torchaudio", "problem"),
    ]


def test_a_driver_that_hangs_is_told_as_such(home):
    light(home)
    hang = "class cuda:\n    def is_available():\n        import time; time.sleep(60)\n"
    (home / "packages" / "torch" / "__init__.py").write_text(f"__version__ = '2'\n{hang}")
    found = probing.probe(seconds=3)
    assert found == {"torch": {"version": "2"}, "gpus": {"fault": "no answer within 3 s"}}
    (check,) = gpus.gpus(found["gpus"])
    told = "torch sees none: no answer within 3 s"
    assert check == Check("gpu", "problem", told, "nvidia-smi")


def test_torchaudio_for_cuda_beside_a_torch_without_it():
    found = {"torch": {"version": "2.11.0+cpu"}, "torchaudio": {"fault": "OSError: libcudart"}}
    wrong = named(machine.imports(found), "torchaudio")
    assert "beside torch 2.11.0+cpu, which is built without CUDA" in wrong.told
    assert "uninstall -y torch torchaudio torchvision &&" in wrong.do


@pytest.mark.parametrize(
    ("flags", "knows"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 amx_bf16", ["amx_bf16", "avx512_bf16"]),
        ("Features\t: fp asimd bf16", ["bf16"]),
        ("flags\t\t: fpu avx2", []),
    ],
)
def test_bfloat16_pays_where_the_cpu_has_instructions_for_it(tmp_path, flags, knows):
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\n{flags}\n\nprocessor\t: 1\n{flags}\n")
    assert machine.bfloat16(file) == knows
    assert machine.bfloat16(tmp_path / "none") == []


H200 = {"name": "NVIDIA H200", "bytes": 150_000_000_000, "fault": ""}
SMI = "echo 'NVIDIA H200, 570.86'"


def test_gpus_that_compute_and_one_that_does_not(home):
    command(home, "nvidia-smi", SMI)
    broken = {**H200, "fault": "no kernel image is available"}
    checks = list(gpus.gpus({"cuda": "13.0", "devices": [H200, broken, H200]}))
    assert checks == [
        Check("gpu", "ok", "2 x NVIDIA H200, 150.0 GB; CUDA 13.0, driver 570.86"),
        Check("gpu 1", "problem", "NVIDIA H200: no kernel image is available"),
    ]


@pytest.mark.parametrize(
    ("said", "hidden", "state", "told"),
    [
        ({"cuda": None}, None, "problem", "it is built without CUDA"),
        ({"cuda": "13.0", "warnings": ["driver too old"]}, None, "problem", "driver too old"),
        ({"cuda": "13.0"}, "", "missing", "CUDA_VISIBLE_DEVICES='' hides"),
        ({"cuda": "13.0"}, None, "problem", "does not say why"),
        ({"fault": "no answer"}, "", "problem", "no answer"),
    ],
)
def test_a_gpu_that_torch_does_not_see(home, monkeypatch, said, hidden, state, told):
    command(home, "nvidia-smi", SMI)
    if hidden is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    (check,) = gpus.gpus(said)
    assert check.state == state
    assert told in check.told
    assert "NVIDIA H200, driver 570.86" in check.told


def test_a_slurm_that_answers(home):
    command(home, "sbatch", "echo slurm 23.11.4")
    command(home, "squeue", "printf '7\\n8_1\\n'")
    command(home, "sinfo", "printf 'cpu*\\ngpu\\n'")
    command(home, "sacct", "echo 'Slurm accounting storage is disabled' >&2; exit 1")
    checks = list(cluster.checks("default"))
    assert [(check.name, check.state) for check in checks] == [
        ("slurm", "ok"),
        ("partitions", "ok"),
        ("accounting", "missing"),
        ("profiles", "ok"),
    ]
    assert checks[0].told == "slurm 23.11.4; it has 2 jobs of yours"
    assert checks[1].told == "cpu*, gpu"
    assert "storage is disabled" in checks[2].told


def test_a_slurm_that_hangs_is_not_waited_for(home, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", 0.5)
    command(home, "sbatch", "echo slurm 23.11.4")
    command(home, "squeue", "exec /bin/sleep 60")
    slurm, profiles = cluster.checks("default")
    assert slurm.state == "problem"
    assert "squeue did not answer" in slurm.told
    assert slurm.do == "scontrol ping"
    assert profiles.state == "ok"


def test_profiles_that_cannot_be_read(home):
    own = home / "config" / "sonoplan" / "clusters"
    own.mkdir()
    (own / "ours.toml").write_text("partitoin = 'gpu'\n")
    checks = list(cluster.checks("jean_zai"))
    assert "did you mean 'partition'?" in named(checks, "profile ours").told
    assert "did you mean 'jean_zay'?" in named(checks, "profile jean_zai").told
    assert named(checks, "slurm").state == "missing"
