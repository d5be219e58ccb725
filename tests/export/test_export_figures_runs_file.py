"""A plain csv of runs: which columns are factors, how fields are read, what is refused."""

import pytest

from core.errors import DataError, UnknownName
from export.figures.effects import effects
from export.figures.importance import importance
from export.figures.runs_file import guess_factors, read_runs, shortened

TABLE = """\
Name,model-lr,model-fc-units,text-fc-units,kind,fixed,eval_mAP,val_mAP,val_loss
brave-2,0.1,10,1,a,7,0.30,0.2,1
calm-10,0.2,20,2,b,7,,0.3,2
dear-1,0.3,,3,a,7,0.50,0.4,3
"""


@pytest.fixture
def table(tmp_path):
    def write(text=TABLE):
        path = tmp_path / "runs.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_factors_vary_name_no_run_and_share_no_word_with_the_metric(table):
    found = read_runs(table(), "eval_mAP")
    assert [*found.runs[0].setting] == ["lr", "model-fc-units", "text-fc-units", "kind"]
    assert [run.value for run in found.finite] == [0.3, 0.5]
    assert found.runs[0].setting["lr"] == 0.1
    assert "model-fc-units" not in found.runs[2].setting  # an empty field is blank
    assert (found.title, found.rising) == ("eval_mAP ↑", True)
    assert read_runs(table(), "val_loss", higher_is_better=False).title == "val_loss ↓"


def test_factors_can_be_named_or_matched(table):
    found = read_runs(table(), "eval_mAP", factors=["text-*", "model-lr"])
    assert [*found.runs[0].setting] == ["lr", "units"]


def test_runs_can_be_ordered_by_the_number_at_the_end_of_a_name(table):
    stamps = [run.stamp for run in read_runs(table(), "eval_mAP", order="Name").runs]
    assert stamps == [1, 2, 0]
    assert [run.stamp for run in read_runs(table(), "eval_mAP").runs] == [0, 1, 2]


def test_names_are_as_short_as_they_can_be():
    names = ["Adam-args-lr", "audio-fc-units", "text-fc-units", "loss/temperature", "x-"]
    assert [*shortened(names).values()] == [
        "lr",
        "audio-fc-units",
        "text-fc-units",
        "temperature",
        "x-",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no runs"),
        ("a,score\n", "has no runs"),
        ("a,score\n1\n", "row 2 has 1 fields, not 2"),
        ("a,a,score\n1,2,3\n", "two columns of the same name"),
        ("a,score\n1,good\n", "score has 'good', which is no number"),
        ("run,score\nx,1\ny,2\n", "no column beside score that tells runs apart"),
    ],
)
def test_what_is_no_table_of_runs_is_refused(table, text, message):
    with pytest.raises(DataError, match=message):
        read_runs(table(text), "score")


def test_a_missing_file_and_unknown_columns_are_refused(table, tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_runs(tmp_path / "none.csv", "score")
    for options in ({"metric": "evalmAP"}, {"order": "name"}, {"factors": ["models-*"]}):
        with pytest.raises(UnknownName, match="column"):
            read_runs(table(), **{"metric": "eval_mAP", **options})


def test_the_real_sweep(real_data):
    path = real_data("retrieval-sweep") / "sweep_100_runs.csv"
    found = read_runs(path, "eval_Txt2Audio_mAP", order="Name")
    assert found.factors == [
        *("lr", "conv_dropout", "conv_fine_tune_from", "fc_dropout"),
        *("audio_enc-fc_units", "temperature", "text_enc-fc_units"),
    ]
    assert len(found.finite) == 100
    assert effects(found)[0].levels.name == "lr"
    matters = importance(found)
    assert {*matters.factors[:3]} == {"lr", "conv_dropout", "fc_dropout"}
    assert 0.4 < matters.explained < 0.65


def test_a_metric_without_words_in_common_leaves_everything_that_varies():
    columns = {"lr": ["1", "2"], "id": ["a", "b"], "size": ["3", "3"], "score": ["1", "2"]}
    assert guess_factors(columns, "score") == ["lr"]
