"""docs/notebook.md and docs/notebook.ipynb: one source, run in a real Jupyter kernel.

The text and the cells are those of the page; `python tests/notebook_page.py` computes the demo anew
(some minutes) and writes the outputs into both.
"""

import base64
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode, v4

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "notebook.md"
NOTEBOOK = PAGE.with_suffix(".ipynb")
PICTURES = PAGE.with_suffix("")
# A cell of code, with the outputs that follow it.
CELL = re.compile(
    r"^```python\n(.*?)\n```\n(?:\n```text\n.*?\n```\n|\n!\[[^\n]*\]\(notebook/[^\n]*\)\n)*",
    re.MULTILINE | re.DOTALL,
)
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# The last cell, which is not kept.
DRAW = """
from launch.notebook import ShownTable
for place, shown in Out.items():
    if isinstance(shown, ShownTable):
        shown.save(f"{folder}/cell-{{place}}.png", 150)
"""


def cells(page: str) -> list[NotebookNode]:
    """Read the cells of a page, without their outputs."""
    found, end = [], 0
    for match in CELL.finditer(page):
        found.append(v4.new_markdown_cell(page[end : match.start()].strip()))
        found.append(v4.new_code_cell(match[1]))
        end = match.end()
    found = [cell for cell in found if cell.source]
    for place, cell in enumerate(found):
        cell.id = f"cell-{place}"
    return found


def run(found: list[NotebookNode], folder: Path, startup: str = "") -> NotebookNode:
    """Run cells in a kernel whose working folder is given; pictures of tables are left there."""
    profile = folder / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "first.py").write_text(startup)
    notebook = v4.new_notebook(
        cells=[*found, v4.new_code_cell(DRAW.format(folder=folder))],
        metadata={"kernelspec": KERNEL},
    )
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name=KERNEL["name"],
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            "IPYTHONDIR": str(folder / "ipython"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
    )
    notebook.cells.pop()
    return notebook


def written(notebook: NotebookNode) -> str:
    """Write a notebook as a page."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            parts.append(f"```python\n{cell.source}\n```")
            parts += [_told(output, cell.execution_count) for output in cell.outputs]
    return "\n\n".join(filter(None, parts)) + "\n"


def _told(output: NotebookNode, place: int) -> str:
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```"
    text = output.data["text/plain"].rstrip()
    if _is_picture(output):
        return f"![{text.splitlines()[0]}](notebook/cell-{place}.png)"
    return f"```text\n{text}\n```" if text else ""


def _is_picture(output: NotebookNode) -> bool:
    return "image/png" in output.data or "sonoplan-table" in output.data.get("text/html", "")


def _publish(notebook: NotebookNode, folder: Path) -> None:
    for old in PICTURES.glob("*.png"):
        old.unlink()
    PICTURES.mkdir(exist_ok=True)
    for drawn in folder.glob("cell-*.png"):
        (PICTURES / drawn.name).write_bytes(drawn.read_bytes())
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                path = PICTURES / f"cell-{cell.execution_count}.png"
                path.write_bytes(base64.b64decode(picture))
    nbformat.write(notebook, NOTEBOOK)
    PAGE.write_text(written(notebook))


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        where = Path(sys.argv[1] if sys.argv[1:] else temporary)
        _publish(run(cells(PAGE.read_text()), where), where)
