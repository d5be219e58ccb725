import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SelectorError, SonoplanError
from core.plan import Factor, Plan
from core.selection import select
from core.selector_text import read_selector
from core.setting import Setting

MAIN = Plan(
    "main",
    backbone=["cnn6", "cnn10", "yamnet"],
    lr=[1e-3, 1e-4, 1e-5],
    method=["ce", "scl"],
    temperature=Factor([0.05, 0.06], when={"method": "scl"}),
    mixed=[1, "1", True, None],
).completed({}, {"run": Factor(range(2))})
OTHER = Plan("other", backbone="cnn6", depth=[2, 5]).completed({}, {"run": Factor(range(2))})
PLANS = [MAIN, OTHER]


def chosen(asked) -> list[Setting]:
    return list(select(PLANS, read_selector(asked)))


def expected(test, plan=MAIN) -> list[Setting]:
    return [s for s in plan.settings() if test(s)]


@pytest.mark.parametrize(
    ("asked", "test"),
    [
        ("main/", lambda s: True),
        ("0/", lambda s: True),
        ("backbone=cnn6+method=ce", lambda s: s.backbone == "cnn6" and s.method == "ce"),
        ("backbone=cnn6,method=ce", lambda s: s.backbone == "cnn6" and s.method == "ce"),
        ("main/backbone=cnn6+yamnet", lambda s: s.backbone in ("cnn6", "yamnet")),
        ("method=ce+lr=1e-3+1e-4", lambda s: s.method == "ce" and s.lr > 1e-5),
        ("main / method = ce , lr = 1e-3", lambda s: s.method == "ce" and s.lr == 1e-3),
        ("lr=0.00001", lambda s: s.lr == 1e-5),
        ("lr=1e-05", lambda s: s.lr == 1e-5),
        ("lr=1E-5", lambda s: s.lr == 1e-5),
        ("lr<1e-3", lambda s: s.lr < 1e-3),
        ("lr>=1e-4", lambda s: s.lr >= 1e-4),
        ("lr>1e-5+lr<1e-3", lambda s: s.lr == 1e-4),
        ("method!=ce", lambda s: s.method == "scl"),
        ("main/backbone!=cnn6+cnn10", lambda s: s.backbone == "yamnet"),
        ("main/backbone=cnn*", lambda s: s.backbone.startswith("cnn")),
        ("temperature=0.06", lambda s: s.get("temperature") == 0.06),
        ("mixed=1", lambda s: s.mixed == 1 and type(s.mixed) is int),
        ("mixed='1'", lambda s: s.mixed == "1"),
        ("mixed=True", lambda s: s.mixed is True),
        ("mixed=None", lambda s: s.mixed is None),
        ({"mixed": True}, lambda s: s.mixed is True),
        ({"method": "ce", "lr": [1e-3, 1e-4]}, lambda s: s.method == "ce" and s.lr > 1e-5),
        ("{'method': 'ce'}", lambda s: s.method == "ce"),
        ("main/[0,[0,2],-1]", lambda s: s.backbone == "cnn6" and s.lr != 1e-4),
    ],
)
def test_one_alternative(asked, test):
    assert chosen(asked) == expected(test)


@pytest.mark.parametrize(
    ("asked", "test"),
    [
        (
            "lr=1e-3+method=ce,lr=1e-4+method=scl",
            lambda s: (s.lr, s.method) in ((1e-3, "ce"), (1e-4, "scl")),
        ),
        ("main/lr=1e-3:lr=1e-4", lambda s: s.lr > 1e-5),
        ("lr=1e-3:method=ce", lambda s: s.lr == 1e-3 or s.method == "ce"),
        ([{"lr": 1e-3}, {"method": "ce"}], lambda s: s.lr == 1e-3 or s.method == "ce"),
        (["lr=1e-3", "method=ce"], lambda s: s.lr == 1e-3 or s.method == "ce"),
        (
            "main/[[0, 0], [1, 1]]",
            lambda s: (s.backbone, s.lr) in (("cnn6", 1e-3), ("cnn10", 1e-4)),
        ),
    ],
)
def test_alternatives_give_their_union_each_setting_once(asked, test):
    found = chosen(asked)
    assert len(found) == len(set(found)) == len(select(PLANS, read_selector(asked)))
    assert set(found) == set(expected(test))


def test_several_plans_are_united_not_multiplied():
    assert len(chosen(None)) == MAIN.count() + OTHER.count()
    assert len(chosen("backbone=cnn6")) == len(expected(lambda s: s.backbone == "cnn6")) + 4


def test_a_setting_of_two_plans_counts_once():
    twice = [Plan("a", x=[1, 2]), Plan("b", x=[2, 3])]
    selection = select([p.completed({}, {}) for p in twice], read_selector(None))
    assert [s.x for s in selection] == [1, 2, 3]
    assert len(selection) == 3


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"method": "q"}, "no modality of 'method'"),
        ({"metod": 1}, "did you mean 'method'"),
        ({"method": ["ce", "q"]}, "no modality of 'method'"),
        ("[5]", "positions need one plan"),
        ("main/[5]", "no modality number 5"),
        ("main/[-2]", "is no position"),
        ("main/[0,0,0,0,0,0,0]", "7 positions for the 6 factors"),
        ("method=ce+method=scl", "method=ce+scl"),
        ("backbone=cnn7", "did you mean 'cnn6'"),
        ("bakbone=cnn6", "did you mean 'backbone'"),
        ("cnn6", "no factor and operator"),
        ("main", "write main/"),
        ("man/", "did you mean 'main'"),
        ("7/", "unknown plan '7'"),
        ("/method=ce", "no plan is named"),
        ("lr<1e-9", "no modality of 'lr'"),
        ("lr<small", "is no number"),
        ("method<3", "no modality of 'method'"),
        ("lr>1e-4,lr<1e-3", "either"),
        ("method=", "missing"),
        ("=ce", "missing"),
        ("method==ce", "missing"),
        ("method=ce,,lr=1e-3", "missing"),
        ("method=ce+", "nothing follows"),
        ("method=ce:", "nothing stands"),
        ("method=ce lr=1e-3", "was expected"),
        ("method='ce", "cannot be read"),
        ("{'method': 'ce'", "Python list or dict"),
        ("method=ce+temperature=0.06", "no setting is selected"),
        ("depth=2+method=ce", "no setting is selected"),
        ("main/depth=2", "unknown factor 'depth' in plan 'main'"),
        ({"method": []}, "no modality is given"),
    ],
)
def test_wrong_input_is_an_error_that_helps_and_never_a_wider_selection(asked, named):
    with pytest.raises(SelectorError) as caught:
        chosen(asked)
    assert named in str(caught.value)


def test_every_label_selects_its_setting_alone_in_its_plan():
    for plan in PLANS:
        for setting in plan.settings():
            assert chosen(f"{plan.name}/{setting}") == [setting]


texts = st.text(min_size=1, max_size=8)


@given(st.lists(texts, min_size=1, max_size=5, unique=True), st.data())
def test_labels_with_any_text_round_trip(words, data):
    plan = Plan("p", a=words, b=[1, "1", None]).completed({}, {})
    setting = data.draw(st.sampled_from(list(plan.settings())))
    assert list(select([plan], read_selector(f"p/{setting}"))) == [setting]


@given(st.text(max_size=30))
def test_any_text_is_understood_or_refused(asked):
    try:
        found = chosen(asked)
    except SonoplanError as error:
        assert str(error)
    else:
        assert found


def test_state_and_id_are_answered_by_the_results():
    asked = []

    def lookup(setting, kind, condition):
        asked.append(kind)
        return setting.run == 0

    selection = select(PLANS, read_selector("other/state=failed"), lookup)
    assert [s.run for s in selection] == [0, 0]
    assert set(asked) == {"state"}
    with pytest.raises(SelectorError, match="only where results are at hand"):
        list(select(PLANS, read_selector("id=3f")))


def test_a_selector_says_how_it_was_understood():
    read = read_selector("main/lr<1e-3+method=ce+scl:other/")
    assert read.explain() == (
        "plan main: lr < 1e-3 and method is ce or scl; or plan other: every setting"
    )


def test_selecting_from_a_vast_plan_does_not_list_it():
    vast = Plan("vast", **{f"f{i}": range(10) for i in range(12)}).completed({}, {})
    selection = select([vast], read_selector("+".join(f"f{i}=3" for i in range(9))))
    assert len(selection) == len(list(selection)) == 1000
