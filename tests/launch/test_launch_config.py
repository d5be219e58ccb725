import pytest

from core.errors import ConfigError
from launch.config import load


@pytest.fixture(autouse=True)
def homes(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "sonoplan").mkdir(parents=True)
    (tmp_path / "project" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "sub")
    return tmp_path


def write(folder, text):
    (folder / "sonoplan.toml").write_text(text)


def test_without_files_results_lie_here(homes):
    assert load().results == homes / "project" / "sub" / "results"


def test_flags_over_project_over_user(homes):
    user, project = homes / "config" / "sonoplan", homes / "project"
    write(user, 'results = "/user"\n[data]\nicbhi = "/user/icbhi"\nother = "/user/other"\n')
    write(project, 'results = "out"\n[data]\nicbhi = "audio"\n')
    found = load()
    assert found.results == project / "out"
    assert str(found.data["icbhi"]) == str(project / "audio")
    assert str(found.data["other"]) == "/user/other"
    flagged = load(results="mine", data=["icbhi=/flag"], tag="try-1")
    assert flagged.results == project / "sub" / "mine" / "tags" / "try-1"
    assert str(flagged.data["icbhi"]) == "/flag"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('result = "x"', "did you mean 'results'"),
        ("results = ", "cannot be read"),
        ('data = "x"', "NAME"),
    ],
)
def test_a_wrong_file_is_named(homes, text, named):
    write(homes / "project", text)
    with pytest.raises(ConfigError, match=named) as caught:
        load()
    assert "sonoplan.toml" in str(caught.value)


@pytest.mark.parametrize("given", [{"data": ["icbhi"]}, {"data": ["=x"]}, {"tag": "../up"}])
def test_wrong_flags_are_refused(given):
    with pytest.raises(ConfigError):
        load(**given)
