"""What docs/doce.md tells a user of doce to write and type works as written."""

import re
import shlex
from pathlib import Path

import numpy as np
from old_experiments import make_home

PAGE = (Path(__file__).parents[2] / "docs" / "doce.md").read_text()


def test_the_page_works_word_for_word(tmp_path, monkeypatch, capsys):
    home = make_home(tmp_path, monkeypatch, capsys)
    [text] = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    home.write("old.py", text)
    (tmp_path / "results").mkdir()
    np.save(tmp_path / "results" / "lr=0.00001+method=scl_acc.npy", [0.25, 0.75])
    np.save(tmp_path / "results" / "lr=0.1+method=ce+pretrained=1->acc.npy", [0.5])
    blocks = re.findall(r"^```(?:text|sh)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    typed = [line for block in blocks for line in block.splitlines()]
    assert len(typed) == 5
    said = []
    for line in typed:
        status, out, err = home.type(*shlex.split(line)[1:])
        assert status == 0, f"{line}\n{err}"
        said.append(out)
    assert "plan main: 8 settings, 2 have results" in said[0]
    assert said[1].count("done") == 2
    assert "50" in said[2]
    assert (tmp_path / "results/old/export/old.png").exists()
    assert home.type(*["old", "-s", "state=todo", "-l"])[1].count("to do") == 6


def test_the_selectors_of_the_page_mean_what_it_says(tmp_path, monkeypatch, capsys):
    home = make_home(tmp_path, monkeypatch, capsys)
    home.write("old.py", "plans = {'plan': {'a': ['x', 'y'], 'b': [1, 2]}}\noutputs = 'out'\n")
    home.save("a=x+b=1_acc.npy", [1.0])
    assert home.type("doce", "old.py", "--as", "old")[0] == 0
    counts = {
        "plan/": 4,
        "a=x+b=1": 1,
        "a=x+y": 4,
        "a=x,b=1": 1,
        "a=x,a=y": 4,
        "a=x+b=1,a=y+b=2": 2,
        "a=x:b=1": 3,
        "plan/[0,[0,1]]": 2,
        "[[0,1],[1,0]]": 2,
    }
    for selector, count in counts.items():
        assert f"{count} settings" in home.type("old", "-s", selector, "-l")[2], selector


def test_a_factor_becomes_a_replicate_and_results_stay(tmp_path, monkeypatch, capsys):
    home = make_home(tmp_path, monkeypatch, capsys)
    home.write("old.py", "factors = {'a': [1, 2], 'run': [0, 1, 2]}\nmetrics = {'acc': {}}\n")
    for run in range(3):
        home.save(f"a=1+run={run}_acc.npy", [float(run)])
    assert home.type("doce", "old.py", "--as", "first", "--outputs", "out")[0] == 0
    written = (tmp_path / "plans/first.py").read_text()
    moved = written.replace("a=[1, 2], run=[0, 1, 2]", "a=[1, 2]")
    moved = moved.replace("plans=PLANS,", 'plans=PLANS,\n    replicates={"run": range(3)},')
    home.write("plans/second.py", moved.replace('name="first"', 'name="second"'))
    (tmp_path / "results/first").rename(tmp_path / "results/second")
    assert [row["acc"] for row in home.rows("second")] == [1.0, None]
