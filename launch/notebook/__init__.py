"""Experiments from Python: settings selected, tables, frames, figures and arrays of their records.

from launch.notebook import experiment

demo = experiment("icbhi").select("demo/")
demo.table("Sc,Se")
"""

from launch.notebook.opened import OpenExperiment, experiment
from launch.notebook.selected import Selected
from launch.notebook.shown import ShownFigure, ShownTable

__all__ = ["OpenExperiment", "Selected", "ShownFigure", "ShownTable", "experiment"]
