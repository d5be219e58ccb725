"""Google's int8 file: its weights, scores beside the real interpreter's, refusals."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torchaudio.functional import resample

from yamnet import LogMel, class_names, load_tflite, scores

tflite = pytest.importorskip("tflite")


@pytest.fixture
def file(real_data) -> Path:
    return real_data("yamnet") / "yamnet_classification_int8.tflite"


def sound(path: Path, seconds: float) -> np.ndarray:
    """The first seconds of a recording, at 16 kHz."""
    info = soundfile.info(path)
    samples, _ = soundfile.read(path, int(seconds * info.samplerate), dtype="float32")
    return resample(torch.from_numpy(samples), info.samplerate, 16_000).numpy()


def interpreter(file: Path, **words):
    """The real interpreter of TensorFlow Lite."""
    runtime = pytest.importorskip("ai_edge_litert.interpreter", reason="no ai-edge-litert")
    engine = runtime.Interpreter(str(file), num_threads=1, **words)
    engine.allocate_tensors()
    return engine


def interpreted(engine, waveform: np.ndarray) -> np.ndarray:
    """The interpreter's scores (patches, 521), from 15,600 samples of each second."""
    found = []
    for start in range(0, len(waveform) - 15_599, 16_000):
        engine.set_tensor(0, waveform[start : start + 15_600])
        engine.invoke()
        found.append(engine.get_tensor(120))
    return np.concatenate(found)


@pytest.fixture
def sounds(real_data) -> list[np.ndarray]:
    """Eight real scenes of 10 s, and twenty clips of 4 s."""
    scenes = sorted(real_data("tau-clips").glob("*.flac"))
    clips = sorted(real_data("urbansound8k-subset").rglob("*.flac"))[::12]
    assert len(scenes) == 8
    assert len(clips) == 20
    return [sound(path, 10) for path in scenes] + [sound(path, 4) for path in clips]


def assert_close(ours: list[np.ndarray], theirs: list[np.ndarray]) -> None:
    """Recordings' means agree within 0.05, patches within what the interpreter rounds."""
    means = np.stack([x.mean(axis=0) for x in ours]), np.stack([x.mean(axis=0) for x in theirs])
    patches = np.concatenate(ours), np.concatenate(theirs)
    # The interpreter's last logits are multiples of 0.35, which is up to 0.09 in score; its
    # optimised kernels differ from its reference kernels by that much.
    for (mine, its), tolerance in ((means, 0.05), (patches, 0.12)):
        assert np.abs(mine - its).max() < tolerance
        *_, second, first = np.sort(its, axis=1).T
        sure = first - second > tolerance
        assert sure.sum() > len(sure) / 3
        assert (mine.argmax(axis=1) == its.argmax(axis=1))[sure].all()


def test_scores_are_those_of_the_interpreter_on_real_sounds(file, sounds):
    network, engine = load_tflite(file), interpreter(file)
    theirs = [interpreted(engine, waveform) for waveform in sounds]
    ours = [scores(network, waveform, hop=1.0).numpy() for waveform in sounds]
    assert_close(ours, theirs)
    with torch.autocast("cpu", torch.bfloat16):
        half = [scores(network, waveform, hop=1.0).numpy() for waveform in sounds]
    assert_close(half, theirs)
    difference = np.abs(np.concatenate(half) - np.concatenate(ours))
    assert 0 < difference.max() < 0.03


def test_front_end_is_the_interpreters(file, sounds):
    resolver = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"  # a delegate would not keep what is between
    kinds = pytest.importorskip("ai_edge_litert.interpreter").OpResolverType
    engine = interpreter(
        file,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=kinds[resolver],
    )
    interpreted(engine, sounds[0][:15_600])
    ours = LogMel()(torch.from_numpy(sounds[0][None, :15_600]))[0]
    np.testing.assert_allclose(ours, engine.get_tensor(25), rtol=0, atol=1e-4)


def test_a_scene_is_heard_as_it_is(file, real_data):
    path = next(real_data("tau-clips").glob("street_traffic*.flac"))
    mean = scores(load_tflite(file), sound(path, 10)).mean(dim=0)
    top = [class_names()[index] for index in mean.topk(5).indices]
    assert "Vehicle" in top


def test_weights_are_scale_times_integer(file):
    network = load_tflite(file)
    assert not network.training
    assert sum(value.numel() for value in network.state_dict().values()) == 3_729_481
    kernel = network.layer1.fused.conv.weight
    steps = kernel[0] / 0.00175687
    torch.testing.assert_close(steps, steps.round(), atol=1e-3, rtol=0)
    assert steps.abs().max().round() == 127


def test_gradient_passes_to_the_waveform(file):
    network, front_end = load_tflite(file), LogMel()
    waveform = 0.1 * torch.randn(2, 15_600, generator=torch.Generator().manual_seed(0))
    waveform.requires_grad_()
    network(front_end(waveform)).sigmoid().sum().backward()
    assert torch.isfinite(waveform.grad).all()
    assert (waveform.grad.abs().amax(dim=1) > 0).all()


def changed(file: Path, path: Path, change) -> Path:
    """A copy of the file with something else in its graph."""
    content = bytearray(file.read_bytes())
    change(tflite.Model.GetRootAs(content).Subgraphs(0), content)
    path.write_bytes(content)
    return path


def test_another_activation_is_refused(file, tmp_path):
    def plain_relu(graph, content):
        options = tflite.Conv2DOptions()
        table = graph.Operators(16).BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        assert options.FusedActivationFunction() == tflite.ActivationFunctionType.RELU6
        content[table.Pos + table.Offset(10)] = tflite.ActivationFunctionType.RELU

    path = changed(file, tmp_path / "relu.tflite", plain_relu)
    with pytest.raises(ValueError, match=r"54 arrays of int8 layers with ReLU6; YAMNet has 56"):
        load_tflite(path)


def test_other_shapes_are_refused(file, tmp_path):
    def swap(graph, content):
        graph.Tensors(33).ShapeAsNumpy()[:] = [32, 3, 1, 3]

    path = changed(file, tmp_path / "swapped.tflite", swap)
    with pytest.raises(ValueError) as failure:
        load_tflite(path)
    assert str(failure.value) == (
        f"{path} does not fit YAMNet; entries 1 of another shape: "
        "layer1.fused.conv.weight (32, 3, 3, 1) instead of (32, 1, 3, 3)"
    )


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"....TFL3" + bytes(range(256))])
def test_damaged_files_are_refused_by_name(tmp_path, content):
    path = tmp_path / "yamnet.tflite"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"yamnet.tflite is no (readable )?TensorFlow Lite model"):
        load_tflite(path)


def test_a_cut_file_is_refused(file, tmp_path):
    path = tmp_path / "yamnet.tflite"
    path.write_bytes(file.read_bytes()[:1_000_000])
    with pytest.raises(ValueError, match=r"yamnet.tflite is no readable TensorFlow Lite model"):
        load_tflite(path)


def test_missing_file_is_reported_as_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"yamnet.tflite"):
        load_tflite(tmp_path / "yamnet.tflite")


def test_what_to_install_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tflite", None)
    with pytest.raises(ModuleNotFoundError, match="pip install tflite flatbuffers"):
        load_tflite(tmp_path / "yamnet.tflite")
