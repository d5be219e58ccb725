"""What the README and the docs tell a user to type works as written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "experiments", "export", "launch", "pann", "plans", "reference_models", "yamnet")


def blocks(page: str, language: str) -> list[str]:
    """Give the fenced blocks of one language, in order."""
    text = (ROOT / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """Give every `sonoplan` command of a page, without its comment."""
    lines = [
        line.split(" #")[0].strip() for block in blocks(page, "sh") for line in block.splitlines()
    ]
    return [line for line in lines if line.startswith("sonoplan")]


def type_in(command: str, folder: Path, code: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Type a command as a user would, in a folder of one's own."""
    words = command.split()
    assert words[0] == "sonoplan"
    done = subprocess.run(
        [sys.executable, "-m", "launch.cli", *words[1:]],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(code),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_every_link_leads_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.xdist_group("demo")
def test_the_tour_of_the_readme(tmp_path):
    """The demo is computed once, as the README's first `-c` does; the rest looks at it."""
    for command in commands("README.md"):
        if "--data" in command:
            continue  # real data; the next test types these
        done = type_in(command, tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    pictures = list((tmp_path / "results" / "icbhi" / "export").glob("*.png"))
    assert [p.name for p in pictures] == ["demo.png"]
    assert pictures[0].read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("page", ["docs/data.md", "docs/models.md"])
def test_the_commands_of_a_page_work_in_an_empty_folder(page, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    typed = commands(page)
    assert typed
    for command in typed:
        done = type_in(command, tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


@pytest.mark.parametrize(
    ("page", "files"),
    [
        ("docs/tables.md", {"demo.pdf", "demo.xlsx", "loss.pdf", "confusion.png", "parallel.png"}),
        ("docs/sweeps.md", {"best.png"}),
    ],
)
def test_the_commands_for_tables_figures_and_sweeps(page, files, tmp_path):
    """Typed in order, with two epochs instead of forty."""
    quick = " --set epochs=2 --set probe_epochs=2 --set width=0.0625"
    for command in commands(page):
        done = type_in(command + (quick if " -s " in command else ""), tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    written = {path.name for path in (tmp_path / "results/icbhi/export").iterdir()}
    assert files <= written


def test_the_commands_for_real_data_are_understood(tmp_path, real_data):
    folder = real_data("icbhi-subset")
    for command in [c for c in commands("README.md") if "--data" in c]:
        typed = command.replace("PATH", str(folder)).replace(" -c", " -c --dry-run")
        done = type_in(re.sub(r" -e \S+", "", typed), tmp_path)
        assert done.returncode == 0, done.stderr
        assert "tasks would be computed" in done.stderr


def test_the_tutorial_makes_an_experiment_word_for_word(tmp_path):
    code, work = tmp_path / "code", tmp_path / "work"
    work.mkdir()
    for room in ROOMS:
        shutil.copytree(ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    text = (ROOT / "docs" / "extending.md").read_text()
    files = re.findall(r"^`(\S+\.py)`:\n\n```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in files] == ["plans/tones.py", "experiments/tones/stages.py"]
    for name, content in files:
        (code / name).parent.mkdir(exist_ok=True)
        (code / name).write_text(content)
    typed = commands("docs/extending.md")
    assert len(typed) == 2
    done = [type_in(command, work, code) for command in typed]
    assert [d.returncode for d in done] == [0, 0], done[-1].stderr
    assert done[0].stdout.count("to do") == 20
    assert "spectrum" in done[1].stdout
    assert (work / "results" / "tones" / "export" / "tones.png").exists()
