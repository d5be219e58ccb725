"""A toy experiment that a report is made of: sounds, pictures, failures, odd names."""

import logging

import matplotlib.image
import numpy as np
import soundfile

from core import Curve, Experiment, Inputs, Media, Metric, Output, Plan, Setting, Stage

ODD = "<script>alert(1)</script>"


def sing(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Leave a loss, two tones and a picture; one method fails after it has said a lot."""
    if setting.method == "broken":
        for place in range(60):
            logging.getLogger("reported").warning("line %d \x1b[31m<b>\x1b[0m & more", place)
        raise ValueError(f"broken by {ODD}")
    generator = np.random.default_rng(inputs.seed)
    output["loss"] = np.linspace(2, 1, 5) + generator.random()
    time = np.arange(800) / 8000
    for place in range(2):
        tone = 0.5 * np.sin(2 * np.pi * 200 * (place + 2) * time)
        soundfile.write(output.folder / f"tone-{place}.wav", tone, 8000)
    matplotlib.image.imsave(output.folder / "noise.png", generator.random((8, 8)))


def experiment() -> Experiment:
    """Make the experiment: three methods, a depth, two runs; and a plan that compares rates."""
    return Experiment(
        name="reported",
        purpose=f"A toy & {ODD}",
        plans=[
            Plan("main", method=["plain", ODD, "broken"], depth=[1, 2]),
            Plan("rates", lr=[0.1, 0.2]),
        ],
        defaults={"method": "plain", "depth": 1, "lr": 0.1},
        replicates={"run": range(2)},
        stages=[Stage("song", "reported:sing", uses=["method", "depth", "lr", "run"])],
        metrics=[Metric("loss", "song", lambda r: float(r["loss"][-1]), higher_is_better=False)],
        figures=[Curve("loss", ("song",), lambda r: r["loss"])],
        media=[Media("song", "tone-*.wav", "Tones"), Media("song", "*.png", "Noise")],
    )
