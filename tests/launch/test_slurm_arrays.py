from hypothesis import given
from hypothesis import strategies as st

import engine
from core import Experiment, Plan, Stage
from launch.slurm.arrays import arrays


def tasks(count: int = 5):
    """`count` sources, twice as many things made of them, and one more stage beside these."""
    experiment = Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", x=range(count), y=[0, 1])],
        stages=[
            Stage("source", "toy:draw", uses=["x"]),
            Stage("made", "toy:scale", needs=["source"], uses=["y"]),
            Stage("other", "toy:draw", uses=["y"]),
        ],
    )
    return list(engine.tasks_of(experiment))


def test_one_array_a_stage_in_the_order_of_the_stages():
    found = arrays(tasks(), lambda _: 1000)
    assert [(a.stage.name, len(a.elements), a.after) for a in found] == [
        ("source", 5, ()),
        ("made", 10, (0,)),
        ("other", 2, ()),
    ]


def test_pack_puts_tasks_side_by_side_and_the_limit_cuts():
    found = arrays(tasks(), lambda stage: 2 if stage.name == "made" else 1000, pack=3)
    made = [a for a in found if a.stage.name == "made"]
    assert [[len(element) for element in a.elements] for a in made] == [[3, 3], [3, 1]]
    assert [len(element) for element in found[0].elements] == [3, 2]


def test_a_piece_waits_only_for_the_pieces_that_it_needs():
    found = arrays(tasks(4), lambda _: 2)
    sources, made = found[:2], found[2:6]
    assert [len(a.tasks) for a in sources + made] == [2] * 6
    for piece in made:
        needed = {need.id for task in piece.tasks for need in task.needs.values()}
        there = {place for place, a in enumerate(sources) if needed & {t.id for t in a.tasks}}
        assert set(piece.after) == there
    assert {piece.after for piece in made} == {(0,), (1,)}


def test_in_turn_each_array_waits_for_the_one_before():
    assert [a.after for a in arrays(tasks(4), lambda _: 4, in_turn=True)] == [
        (),
        (0,),
        (0, 1),
        (2,),
    ]


def test_needs_submitted_earlier_are_waited_for_by_their_jobs():
    everything = tasks()
    queued = {task.id: "77" for task in everything if task.stage.name == "source"}
    rest = [task for task in everything if task.id not in queued]
    found = arrays(rest, lambda _: 1000, queued=queued)
    assert [(a.stage.name, a.after, a.after_jobs) for a in found] == [
        ("made", (), ("77",)),
        ("other", (), ()),
    ]


@given(st.integers(1, 7), st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_every_task_is_in_one_element_after_all_that_it_needs(count, limit, pack, in_turn):
    everything = tasks(count)
    found = arrays(everything, lambda _: limit, pack, in_turn=in_turn)
    assert [task for a in found for task in a.tasks] == everything
    place = {task.id: i for i, a in enumerate(found) for task in a.tasks}
    for i, a in enumerate(found):
        assert len(a.elements) <= limit
        assert all(len(element) <= pack for element in a.elements)
        assert all(place[n.id] in a.after for t in a.tasks for n in t.needs.values())
        assert all(before < i for before in a.after)
