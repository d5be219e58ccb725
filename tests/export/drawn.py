"""What tests of drawings share: rows of values, what is on a page, whether a file is the same."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from export.figures.reading import Rows, Series


def rows(factors=("method",), **runs):
    """Rows labelled by the keywords, each with its runs."""
    return Rows(factors, tuple(Series(label, tuple(values)) for label, values in runs.items()))


def drawn_twice(draw, folder, suffix):
    """The bytes of a file that `draw` writes at a path, which are the same each time."""
    found = []
    for name in ("a", "b"):
        draw(folder / f"{name}{suffix}")
        found.append((folder / f"{name}{suffix}").read_bytes())
    assert found[0] == found[1] and len(found[0]) > 1000
    return found[0]


def texts(figure):
    """Every text of a figure; whatever is drawn is on the page, or the test fails."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = figure.get_tightbbox(canvas.get_renderer())
    page = figure.bbox_inches
    slack = 0.01  # inches
    assert drawn.x0 > page.x0 - slack and drawn.x1 < page.x1 + slack
    assert drawn.y0 > page.y0 - slack and drawn.y1 < page.y1 + slack
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]
