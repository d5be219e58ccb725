"""Files of graphics: their unit, their fonts, and nothing in them that tells the time."""

POINTS = 72  # per inch
# TrueType fonts (journals refuse Type 3), and the same bytes for the same drawing.
SETTINGS: dict[str, object] = {
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "sonoplan",
}
# What each format calls the time of writing, which is left out.
TIME = {".png": "Creation Time", ".svg": "Date", ".pdf": "CreationDate"}
