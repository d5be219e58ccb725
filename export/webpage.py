"""A table as one HTML file: it opens offline, sorts, filters, and tells where a number is from."""

from base64 import b64encode
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from export.fragment import escape, fragment
from export.table import Table
from export.writing import replacing

HERE = Path(__file__).parent
# DataTables in one file, as the wheel of itables has it; itables itself is not imported.
LIBRARY = "itables/html/dt_bundle.js"
# Nothing is fetched, and no script runs but the one whose hash is named.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; "
    "script-src data: {script}"
)


def draw(table: Table, path: Path) -> None:
    """Write a table as a page that needs nothing else.

    Raises ConfigError where the file cannot be written.
    """
    with replacing(path) as work:
        work.write_text(document(table), encoding="utf-8")


def document(table: Table) -> str:
    """Write the whole page."""
    title = table.title or table.experiment
    return page(title, f"<h1>{escape(title)}</h1>\n{fragment(table)}")


def page(title: str, content: str, style: str = "") -> str:
    """Write a page around content: its script sorts and filters tables and tells of their rows."""
    script = _script()
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = POLICY.format(script=f"'sha256-{digest}'")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{(HERE / "webpage.css").read_text(encoding="utf-8")}{style}</style>
</head>
<body>
<main>
{content}
</main>
<dialog><pre></pre><form method="dialog"><button>Close</button></form></dialog>
<script type="module">{script}</script>
</body>
</html>
"""


def _script() -> str:
    """Give the page's script with the library inside."""
    library = Path(str(distribution("itables").locate_file(LIBRARY))).read_bytes()
    script = (HERE / "webpage.js").read_text(encoding="utf-8")
    return script.replace("LIBRARY", f"data:text/javascript;base64,{b64encode(library).decode()}")
