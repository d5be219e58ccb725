"""What is compared and what was found: plans, settings, selectors, stages, records, metrics."""

from core.experiment import Experiment
from core.metric import Metric
from core.output import Inputs, Output
from core.plan import Factor, Plan
from core.record import Record
from core.setting import Setting
from core.stage import Resources, Stage

__all__ = [
    "Experiment",
    "Factor",
    "Inputs",
    "Metric",
    "Output",
    "Plan",
    "Record",
    "Resources",
    "Setting",
    "Stage",
]
