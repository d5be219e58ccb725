import pytest

from core import Resources, Stage
from core.errors import ConfigError, UnknownName
from launch.config import load
from launch.slurm import profile

CPU = Stage("scale", "toy:scale", resources=Resources(cpus=2))
GPU = Stage("train", "toy:scale", resources=Resources(gpus=1, cpus=8))


@pytest.fixture
def clusters(tmp_path, monkeypatch):
    """Give the folder of the user's profiles."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "sonoplan" / "clusters"
    folder.mkdir(parents=True)
    return folder


def write(clusters, text: str, name: str = "mine") -> None:
    (clusters / f"{name}.toml").write_text(text)


def test_default_asks_for_nothing(clusters):
    assert profile.find("default").options(GPU) == profile.Options()


def test_tables_go_over_one_another_the_stage_last(clusters):
    write(
        clusters,
        'partition = "all"\nhours = 1\n[extra]\nhint = "nomultithread"\n'
        '[gpu]\npartition = "gpu"\nhours = 2\n[gpu.extra]\nlicenses = "a"\n'
        "[stages.train]\nhours = 3\n",
    )
    found = profile.find("mine")
    assert (found.options(CPU).partition, found.options(CPU).hours) == ("all", 1)
    options = found.options(GPU)
    assert (options.partition, options.hours) == ("gpu", 3)
    assert options.extra == {"hint": "nomultithread", "licenses": "a"}


def test_a_profile_builds_on_another_and_a_variant_goes_over_both(clusters):
    write(clusters, 'qos = "slow"\n[gpu]\nconstraint = "v100"\n[variants.new]\nqos = "x"', "base")
    write(clusters, 'base = "base"\naccount = "me"\n[variants.new.gpu]\nconstraint = "a100"')
    plain, new = profile.find("mine").options(GPU), profile.find("mine:new").options(GPU)
    assert (plain.account, plain.qos, plain.constraint) == ("me", "slow", "v100")
    assert (new.account, new.qos, new.constraint) == ("me", "x", "a100")


def test_without_gpus_every_stage_is_a_cpu_stage(clusters):
    write(clusters, 'use_gpus = false\n[cpu]\npartition = "cpu"\n[gpu]\npartition = "gpu"')
    assert profile.find("mine").options(GPU).partition == "cpu"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('partitoin = "gpu"', "unknown key 'partitoin'; did you mean 'partition'"),
        ('[gpu]\nacount = "x"', r"unknown key 'acount' in \[gpu\]; did you mean 'account'"),
        ("[variants.a.cpu]\nhour = 1", r"'hour' in \[variants.a.cpu\]; did you mean 'hours'"),
        ("[stages.train]\ncpu = 1", r"'cpu' in \[stages.train\]; did you mean 'cpus'"),
        ('hours = "20"', "hours = '20' must be a number"),
        ("requeues = 1.5", "requeues = 1.5 must be a whole number"),
        ("requeues = -1", "requeues = -1 must be"),
        ("use_gpus = 1", "use_gpus = 1 must be true or false"),
        ('setup = "module load x"', "setup = 'module load x' must be a list of lines"),
        ('gpu_request = "gpu"', "must be 'gres' or 'gpus' or 'gpus_per_node'"),
        ("environment = {A = 1}", "must be a table of NAME"),
        ("gpu = 1", r"gpu must be a table: write \[gpu\]"),
        ("stages = 1", r"write \[stages.NAME\]"),
        ("hours = ", "cannot be read"),
    ],
)
def test_what_a_profile_cannot_say_is_an_error_that_names_the_file(clusters, text, named):
    write(clusters, text)
    with pytest.raises(ConfigError, match=named) as caught:
        profile.find("mine")
    assert "mine.toml" in str(caught.value)


def test_saving_has_to_end_before_the_job_does(clusters):
    write(clusters, "signal_seconds = 30")
    with pytest.raises(ConfigError, match=r"grace_seconds \(60\) must be shorter"):
        profile.find("mine").options(CPU)


def test_unknown_profiles_and_variants_name_the_nearest(clusters):
    with pytest.raises(UnknownName, match="did you mean 'jean_zay'"):
        profile.find("jeanzay")
    with pytest.raises(UnknownName, match="did you mean 'a100'"):
        profile.find("jean_zay:a10")


def test_jean_zay_wants_the_users_account_for_each_partition(clusters):
    with pytest.raises(ConfigError, match=r'base = "jean_zay" and, under \[gpu\], account'):
        profile.find("jean_zay").options(GPU)
    # A user's own file of the same name builds on the one shipped.
    write(
        clusters,
        'base = "jean_zay"\n[gpu]\naccount = "abc@v100"\n[cpu]\naccount = "abc@cpu"\n'
        '[variants.a100.gpu]\naccount = "abc@a100"\n',
        "jean_zay",
    )
    v100, a100 = (profile.find(name).options(GPU) for name in ("jean_zay", "jean_zay:a100"))
    assert (v100.account, v100.cpus_per_gpu, v100.memory_gb) == ("abc@v100", 10, 0)
    assert (a100.account, a100.cpus_per_gpu, a100.constraint) == ("abc@a100", 8, "a100")
    assert "module load arch/a100" in a100.setup
    assert v100.extra == a100.extra == {"hint": "nomultithread"}
    assert profile.find("jean_zay:v100-32g").options(GPU).constraint == "v100-32g"
    assert profile.find("jean_zay:cpu").options(GPU).account == "abc@cpu"
    assert profile.names() == ["default", "jean_zay"]


def test_the_project_names_the_profile_to_take_where_none_is_named(tmp_path, monkeypatch, clusters):
    monkeypatch.chdir(tmp_path)
    assert load().profile == "default"
    (tmp_path / "sonoplan.toml").write_text('[slurm]\nprofile = "jean_zay:a100"')
    assert load().profile == "jean_zay:a100"
    (tmp_path / "sonoplan.toml").write_text('[slurm]\npartition = "gpu"')
    with pytest.raises(ConfigError, match=r"write \[slurm\] and under it profile"):
        load()
