from pathlib import Path

import pytest

from core import Dataset, Experiment, Finding, Inspection, Plan, Stage
from core.errors import PlanError

HERE = "test_core_dataset"


def look(folder: Path) -> Inspection:
    return Inspection([Finding("files", len(list(folder.iterdir())), 2)])


def get(folder: Path, progress) -> None:
    progress("copying", 0, 3)
    folder.mkdir()


def test_a_finding_differs_only_from_what_is_expected():
    assert Finding("files", 1, 2).differs
    assert not Finding("files", 2, 2).differs
    assert not Finding("files", 1).differs
    assert Finding("files", 0, 1).differs


def test_remarks_leave_a_dataset_whole_and_problems_do_not():
    assert Inspection(remarks=["a patient is in both parts"]).whole
    assert not Inspection(problems=["a file is missing"]).whole


def test_a_dataset_is_inspected_and_downloaded_by_functions_named_in_the_plan(tmp_path):
    dataset = Dataset("mine", inspect=f"{HERE}:look", fetch=f"{HERE}:get")
    told = []
    dataset.download(tmp_path / "new", lambda *step: told.append(step))
    assert told == [("copying", 0, 3)]
    assert dataset.inspected(tmp_path / "new").findings == [Finding("files", 0, 2)]


def test_without_an_inspection_the_folder_alone_is_known(tmp_path):
    found = Dataset("mine").inspected(tmp_path)
    assert found.whole
    assert "nothing but the folder" in found.remarks[0]


@pytest.mark.parametrize("wrong", [{"inspect": "module.function"}, {"fetch": "function"}])
def test_a_function_is_named_with_its_module(wrong):
    with pytest.raises(PlanError, match=r"package\.module:function"):
        Dataset("mine", **wrong)


def test_a_function_that_is_not_there_is_named_with_the_nearest(tmp_path):
    with pytest.raises(PlanError, match="did you mean 'look'"):
        Dataset("mine", inspect=f"{HERE}:lok").inspected(tmp_path)


def test_an_experiment_takes_datasets_only():
    with pytest.raises(PlanError, match=r"write Dataset\('my recordings'\)"):
        Experiment(
            name="toy",
            purpose="",
            plans=[Plan("p", x=1)],
            stages=[Stage("one", f"{HERE}:look")],
            data={"mine": "my recordings"},
        )
