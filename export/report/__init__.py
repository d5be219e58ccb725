"""A report: tables, figures, failures and sounds of an experiment in one file."""

from export.report.page import document, draw
from export.report.parts import Clip, Failure, Part, Picture, Report, Section

__all__ = ["Clip", "Failure", "Part", "Picture", "Report", "Section", "document", "draw"]
