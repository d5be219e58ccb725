"""A report of the selected settings: `-e report.html`, gathered from their records."""

from launch.report.gather import write
from launch.report.results import by_plan
from launch.report.subject import Subject

__all__ = ["Subject", "by_plan", "write"]
