"""What holds of the plans of every experiment."""

import importlib
from itertools import islice

import pytest

import plans.icbhi
import plans.retrieval
import plans.sed
import plans.transcoder

MODULES = (plans.icbhi, plans.retrieval, plans.sed, plans.transcoder)
EXPERIMENTS = {module.experiment.name: module.experiment for module in MODULES}
PLANS = [(name, plan.name) for name, made in EXPERIMENTS.items() for plan in made.plans]
MOST = 300  # settings that are looked at of a plan; a sweep has a million


@pytest.mark.parametrize(("name", "plan"), PLANS)
def test_labels_come_back_as_selectors(name, plan):
    experiment = EXPERIMENTS[name]
    for setting in islice(experiment.select(f"{plan}/"), MOST):
        assert setting in list(experiment.select(f"{plan}/{setting}"))


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_what_is_named_by_its_path_is_there(experiment):
    paths = [stage.run for stage in experiment.stages]
    paths += [sheet.rows for sheet in experiment.sheets]
    paths += [path for data in experiment.data.values() for path in (data.inspect, data.fetch)]
    for path in filter(None, paths):
        module, _, function = path.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_the_demo_comes_first_and_needs_no_data(experiment):
    assert experiment.plans[0].name == "demo"
    assert not any(setting["dataset"] in experiment.data for setting in experiment.select("demo/"))
