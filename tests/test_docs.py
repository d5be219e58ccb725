"""What the README and the docs tell a user to type works as written."""

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

from copied import ROOT, copy_code


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


STEP = r"^(?:`([^`\n]+)`:\n\n)?```(\w+)\n(.*?)^```"


def follow(section: str, code: Path, work: Path) -> list[subprocess.CompletedProcess[str]]:
    """Do what a section of the tutorial says: read, edit and write files, type commands."""
    (text,) = re.findall(
        rf"^## {section}\n(.*?)(?=^## |\Z)",
        (ROOT / "docs/extending.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    done = []
    for name, language, block in re.findall(STEP, text, re.MULTILINE | re.DOTALL):
        if language == "sh":
            for command in block.splitlines():
                done.append(type_in(with_corpus(command, work), work, code))
                assert done[-1].returncode == 0, f"{command}\n{done[-1].stderr}"
        elif language == "diff":
            edit(code / name, block)
        elif (code / name).exists():
            written = (code / name).read_text()
            quotes = (block, indent(block, "    "))  # the page has the inside of a function as well
            assert any(quote in written for quote in quotes), f"{name} does not hold:\n{block}"
        else:
            (code / name).write_text(block)
    return done


def edit(file: Path, diff: str) -> None:
    """Change a file as a block with + and - says; what goes or stays is there exactly once."""
    lines = diff.splitlines(keepends=True)
    before, after = (
        "".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +")
    )
    text = file.read_text()
    assert text.count(before) == 1, f"{file.name}:\n{before}"
    file.write_text(text.replace(before, after))


def with_corpus(command: str, work: Path) -> str:
    """Put the synthetic corpus of the tutorial in the place of the user's recordings."""
    folders = [str(path) for path in work.glob("results/calls/corpus/*/corpus")]
    return command.replace("PATH", folders[0]) if "PATH" in command else command


def to_compute(done: subprocess.CompletedProcess[str]) -> int:
    """Read how many tasks a command had to compute."""
    return int(re.findall(r"^(\d+) tasks? to compute", done.stderr, re.MULTILINE)[0])


@pytest.fixture
def code(tmp_path):
    """A copy of the checkout, to be edited."""
    return copy_code(tmp_path / "code")


def assert_in_house_style(code: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    for words in (["check"], ["format", "--check"]):
        command = [ruff, *words, "--quiet", "plans", "experiments", "pann", "tests"]
        done = subprocess.run(command, cwd=code, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_tutorial_makes_an_experiment_word_for_word(tmp_path, code):
    work = tmp_path / "work"
    work.mkdir()
    new, demo, data, real, method, factor, version = follow("An experiment of your own", code, work)
    assert "plans/calls.py" in new.stdout
    assert (work / "results/calls/export/calls.png").read_bytes().startswith(b"\x89PNG")
    assert "steady" in data.stdout
    assert [to_compute(d) for d in (demo, real, method, factor)] == [8, 3, 3, 3]
    assert "recurrent" in method.stdout
    assert "stage version changed (1 → 2)" in version.stdout
    assert_in_house_style(code)


def test_the_tutorial_adds_a_backbone_and_a_method_to_icbhi(tmp_path, code):
    work = tmp_path / "work"
    work.mkdir()
    (backbone,) = follow("A backbone", code, work)
    (method,) = follow("A method of ICBHI", code, work)
    assert "separable" in backbone.stdout
    assert "focal" in method.stdout
    assert_in_house_style(code)
