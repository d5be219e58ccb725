"""The stage that ranks and scores, with a network and without, and the one that makes it heard."""

import csv

import numpy as np
import pytest
import soundfile
import torch
from small_icbhi import run_stage

from core import Setting
from core.errors import DataError
from experiments.common.tables import write_table
from experiments.retrieval.clotho import WIDE
from experiments.retrieval.embeddings import prepare as prepare_embeddings
from experiments.retrieval.evaluation import evaluate
from experiments.retrieval.examples import examples
from experiments.retrieval.intervals import half_width
from experiments.retrieval.metrics import both_directions
from experiments.retrieval.network import build, encode_clips, save_weights
from plans.metrics.retrieval import METRICS

SPLITS = ("development", "validation", "evaluation")
CLIPS = 12  # a split
HEARD = ("rain", "wind", "bells", "a dog", "an engine", "birds")
WHERE = ("near", "far away", "outside", "in a hall", "at night")
SETTING = Setting({"backbone": "cnn6", "width": 0.125, "fc_units": None})


def make_captions(setting, inputs, output):
    """Make five captions of each of twelve clips in three splits; clips are of six contents."""
    lacking = setting.get("lacking", "")
    splits = [split for split in SPLITS if split != lacking]
    split = np.repeat(splits, CLIPS)
    content = np.tile(np.arange(CLIPS) // 2, len(splits))
    output["split"] = split
    output["fname"] = np.array([f"{index} of all.wav" for index in range(len(split))])
    output["clip"] = np.repeat(np.arange(len(split)), 5)
    output["text"] = np.array([f"{HEARD[one]}, {where}?" for one in content for where in WHERE])


def make_clips(setting, inputs, output):
    """Make log-mels of two lengths, of the clips in another order than captions have them."""
    captions, rng = inputs["captions"], np.random.default_rng(0)
    order = rng.permutation(len(captions["split"]))
    frames = np.where(order % 2, 64, 80)
    output["logmel"] = rng.standard_normal((frames.sum(), 64)).astype(np.float32)
    output["first"] = np.cumsum([0, *frames])
    output["split"], output["fname"] = captions["split"][order], captions["fname"][order]


def train(setting, inputs, output):
    """Leave a network as it is drawn."""
    save_weights(build(setting, 1024).state_dict(), output.folder)
    output.info["dim"] = 1024


@pytest.fixture(scope="module")
def needs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("needs")
    stages = {
        "captions": (make_captions, Setting({})),
        "clips": (make_clips, Setting({})),
        "embeddings": (prepare_embeddings, Setting({"text": "hashed", "precision": "float32"})),
        "training": (train, SETTING),
    }
    records = {}
    for name, (function, setting) in stages.items():
        records[name] = run_stage(function, setting, folder / name, records)
    return records


@pytest.fixture(scope="module")
def by_network(needs, tmp_path_factory):
    return run_stage(evaluate, SETTING, tmp_path_factory.mktemp("network"), needs)


@pytest.fixture(scope="module")
def by_oracle(needs, tmp_path_factory):
    captions_alone = {name: needs[name] for name in ("captions", "embeddings")}
    return run_stage(evaluate, SETTING, tmp_path_factory.mktemp("oracle"), captions_alone)


@pytest.mark.parametrize(("split", "before"), [("evaluation", ""), ("validation", "validation_")])
def test_rankings_of_the_network_are_those_of_its_vectors(needs, by_network, split, before):
    captions = needs["captions"]
    mine = np.flatnonzero(captions["split"] == split)
    assert by_network[f"{before}fname"].tolist() == captions["fname"][mine].tolist()
    assert (captions["split"][captions["clip"][by_network[f"{before}caption"]]] == split).all()
    assert by_network[f"{before}clip"].tolist() == np.repeat(np.arange(CLIPS), 5).tolist()
    vectors = [
        torch.from_numpy(by_network[f"{before}{kind}_vector"]) for kind in ("caption", "clip")
    ]
    assert [tuple(v.shape) for v in vectors] == [(5 * CLIPS, 300), (CLIPS, 300)]
    for name, values in both_directions(*vectors, by_network[f"{before}clip"]).items():
        np.testing.assert_array_equal(by_network[before + name], values)


def test_a_clip_is_encoded_from_its_own_sound(needs, by_network):
    clips, network = needs["clips"], build(SETTING, 1024)
    network.load_state_dict(torch.load(needs["training"].folder / "network.pt"))
    row = int(np.flatnonzero(clips["fname"] == by_network["fname"][3])[0])
    start, end = clips["first"][row : row + 2]
    (vector,) = encode_clips(network, [clips["logmel"][start:end]], [0])
    np.testing.assert_allclose(by_network["clip_vector"][3], vector, atol=1e-5)


def test_the_oracle_finds_one_of_the_two_clips_of_a_content_and_needs_no_sound(by_oracle):
    assert {"clip_vector", "caption_vector"}.isdisjoint(by_oracle.arrays)
    assert by_oracle["t2a_r5"].mean() == 1
    assert by_oracle["t2a_r1"].mean() == 0.5  # of two that are the same, the first
    assert by_oracle["t2a_top"].shape == (5 * CLIPS, CLIPS)
    assert by_oracle["a2t_top"].shape == (CLIPS, 16)
    assert by_oracle["validation_t2a_ap10"].mean() == by_oracle["t2a_ap10"].mean()


def test_every_score_has_its_interval_clustered_by_clip(by_network):
    scores = {
        f"{direction}_{score}"
        for direction in ("t2a", "a2t")
        for score in ("ap10", "ap16", "r1", "r5", "r10")
    }
    for before in ("", "validation_"):
        for name in scores:
            values = by_network[before + name]
            cluster = by_network[f"{before}clip"] if len(values) > CLIPS else np.arange(CLIPS)
            assert by_network[f"{before}{name}_half"] == half_width(values, cluster)


def test_the_submission_has_the_ten_best_clips_for_every_caption(needs, by_network):
    with (by_network.folder / "submission.csv").open(newline="") as file:
        _, *answers = csv.reader(file)
    texts = needs["captions"]["text"][by_network["caption"]]
    assert [text for text, *_ in answers] == texts.tolist()
    names = by_network["fname"][by_network["t2a_top"][:, :10]]
    assert [fnames for _, *fnames in answers] == names.tolist()


def test_every_metric_of_the_plan_is_read_from_the_record(by_network):
    found = {m.name: m.reduce(by_network) for m in METRICS if m.stage == "retrieval"}
    assert found["mAP@10"] == by_network["t2a_ap10"].mean()
    assert found["A2T_R@5"] == by_network["a2t_r5"].mean()
    assert found["mAP@10_ci95"] == half_width(by_network["t2a_ap10"], by_network["clip"])
    assert found["valid_mAP@10"] == by_network["validation_t2a_ap10"].mean()
    assert len(found) == 2 * 5 + 2 + 1


def test_a_split_without_captions_is_named(tmp_path):
    captions = run_stage(make_captions, Setting({"lacking": "validation"}), tmp_path / "captions")
    text = Setting({"text": "hashed", "precision": "float32"})
    embeddings = run_stage(prepare_embeddings, text, tmp_path / "e", {"captions": captions})
    with pytest.raises(DataError, match="validation has no caption; evaluation and validation"):
        run_stage(evaluate, SETTING, tmp_path, {"captions": captions, "embeddings": embeddings})


def make_corpus(setting, inputs, output):
    """Write the sounds of these captions: a second of noise, but one of twelve."""
    captions = inputs["captions"]
    rng = np.random.default_rng(0)
    for split in SPLITS:
        (output.folder / split).mkdir()
        mine = np.flatnonzero(captions["split"] == split)
        texts = captions["text"].reshape(-1, 5)[mine].tolist()
        names = captions["fname"][mine].tolist()
        rows = [[name, *five] for name, five in zip(names, texts, strict=True)]
        write_table(output.folder / f"clotho_captions_{split}.csv", [WIDE, *rows])
        for place, name in enumerate(names):
            noise = rng.uniform(-1, 1, (12 if place == 0 else 1) * 8000)
            soundfile.write(output.folder / split / name, noise, 8000)


def test_the_clips_ranked_best_can_be_heard(needs, by_network, tmp_path):
    corpus = run_stage(make_corpus, Setting({}), tmp_path / "corpus", needs)
    given = {"captions": needs["captions"], "corpus": corpus, "retrieval": by_network}
    record = run_stage(examples, Setting({"dataset": "synthetic"}), tmp_path, given)
    files = sorted(record.folder.glob("*.wav"))
    assert len(files) == 6 * 3
    assert files[0].name.startswith("1 rain, near, rank 1")
    assert files[17].name.startswith("6 birds, at night, rank 3")
    marked = {path.name.split(",")[0][0] for path in files if "(its clip)" in path.name}
    queries = np.linspace(0, 5 * CLIPS - 1, 6).round().astype(int)
    own = by_network["t2a_top"][queries, :3] == by_network["clip"][queries, None]
    assert marked == {str(place + 1) for place in np.flatnonzero(own.any(1))}
    for place, path in enumerate(files):
        info = soundfile.info(path)
        clip = by_network["t2a_top"][queries[place // 3], place % 3]
        seconds = 10 if clip == 0 else 1
        assert (info.samplerate, info.frames) == (16_000, 16_000 * seconds)
