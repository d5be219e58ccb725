"""What is compared and what was found: plans, settings, selectors, stages, records, metrics."""

from core.dataset import Dataset, Finding, Inspection
from core.experiment import Experiment
from core.figure import Confusion, Curve, Scores
from core.grid import geometric, linear
from core.media import Media
from core.metric import Metric
from core.output import Inputs, Output
from core.plan import Factor, Plan
from core.record import Record
from core.setting import Setting
from core.sheet import Sheet
from core.stage import Resources, Stage

__all__ = [
    "Confusion",
    "Curve",
    "Dataset",
    "Experiment",
    "Factor",
    "Finding",
    "Inputs",
    "Inspection",
    "Media",
    "Metric",
    "Output",
    "Plan",
    "Record",
    "Resources",
    "Scores",
    "Setting",
    "Sheet",
    "Stage",
    "geometric",
    "linear",
]
