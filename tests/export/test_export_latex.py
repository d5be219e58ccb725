"""Tables as LaTeX: the numbers and the bold of the table, points aligned, and it compiles."""

import re
import shutil
import subprocess

import pytest

from core.plan import Plan
from export.latex import GREEK, SPECIAL, draw, escape, source
from export.layout import build

# Below the name of a published row, before the differences.
BLANK = r"\multicolumn{4}{l}{}"
SIGNS = {written: sign for sign, written in SPECIAL.items()}


def rows(text):
    """Cells of each row of the table."""
    body = text.partition("\\toprule\n")[2].partition("\\bottomrule")[0]
    lines = [line for line in body.splitlines() if not line.startswith("\\midrule")]
    assert all(line.endswith(r" \\") for line in lines)
    return [re.split(r"(?<!\\) & ", line.removesuffix(r" \\")) for line in lines]


def read(cells):
    """Text, deviation, bold and underlined of the numbers of a row."""
    found, cells = [], list(cells)
    while cells:
        cell = cells.pop(0)
        inner = re.fullmatch(r"\\multicolumn\{2\}\{c\}\{(.*)\}", cell)
        number = inner[1] if inner else cell + cells.pop(0).removeprefix("{}")
        mean, _, std = re.sub(r" \{\\scriptsize .*?\}", "", number).partition(r" $\pm$ ")
        bold, underlined = (f"\\{name}{{" in mean for name in ("textbf", "underline"))
        mean = re.sub(r"\\phantom\{.*?\}", "", mean)
        mean = SIGNS.get(mean, re.sub(r"\\(textbf|underline)\{(.*?)\}", r"\2", mean))
        found.append((mean.replace("$-$", "−"), std, bold, underlined))
    return found


def test_numbers_and_emphasis_are_those_of_the_table(full, numbers, tmp_path):
    draw(full, tmp_path / "table.tex")
    _, *body = rows((tmp_path / "table.tex").read_text(encoding="utf-8"))
    body = [row for row in body if row[0] != BLANK]
    assert len(body) == len(list(full.lines))
    shown = iter(numbers(full))
    for row, line in zip(body, full.lines, strict=True):
        factors = 4 if line.label is None else 1
        assert read(row[factors:]) == next(shown)


def test_a_published_name_stands_across_the_factors_and_a_difference_below_it(full):
    body = rows(source(full))
    (place,) = [i for i, row in enumerate(body) if row[0] == BLANK]
    assert r"\quad \emph{=1+1 \textbar{} 50\%" in body[place - 1][0]
    (found,) = [c.difference for line in full.lines for c in line.cells if c.difference]
    assert escape(f"{found.text} {found.test}") in body[place][1]


def test_every_row_fills_every_column(full):
    text = source(full)
    columns = len(re.sub(r"@\{\}", "", re.search(r"\\begin\{tabular\}\{(.*)\}", text)[1]))
    for row in rows(text):
        widths = [re.match(r"\\multicolumn\{(\d)\}", cell) for cell in row]
        assert sum(int(width[1]) if width else 1 for width in widths) == columns


def test_rules_are_those_of_booktabs_and_lighter_between_groups(full):
    text = source(full)
    assert text.startswith("% \\usepackage{booktabs}\n")
    assert text.count("\\midrule\n") == text.count("\\toprule") == text.count("\\bottomrule") == 1
    assert text.count(r"\midrule[\cmidrulewidth]") == len(full.groups) - 1


def test_numbers_without_a_point_keep_the_space_before_what_follows(gathered):
    text = source(build(gathered(Plan("main", a=[1, 2]), seconds=[[1.0], [10.0, 20.0]])))
    assert r"1 & {} {\scriptsize (n=1)}" in text and r"15 & {} $\pm$ 7" in text


def test_special_characters_are_escaped():
    assert escape("a_b & 50% #1 {x} $y$") == r"a\_b \& 50\% \#1 \{x\} \$y\$"
    assert escape(r"\x~^<>|`") == (
        r"\textbackslash{}x\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}"
        r"\textbar{}\textasciigrave{}"
    )
    assert escape("βΔλς字 --- *[") == r"$\beta$$\Delta$$\lambda$$\varsigma$字 -{}-- {*}{[}"


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_it_compiles_with_booktabs_alone(full, gathered, tmp_path):
    names = [*SPECIAL, GREEK, "[x]", "**", "a--b", "é ñ ½ ²", '"quoted" it\'s']
    plan = Plan("main", a=[f"x {name}" for name in names], b=["[", "*"])
    tables = [
        full,
        build(gathered(plan, Sc=[0.5] * 2 * len(names), seconds=[1.0] * 2 * len(names))),
    ]
    for place, table in enumerate(tables):
        draw(table, tmp_path / f"{place}.tex")
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\\footnotesize\n"
        "\\input{0}\\clearpage\\input{1}\\end{document}\n"
    )
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "-draftmode", "paper"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert b"Missing character" not in (tmp_path / "paper.log").read_bytes()
