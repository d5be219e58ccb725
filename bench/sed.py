"""Milliseconds to mix and analyse a clip for sound event detection, beside a plain librosa recipe.

Run it as `python bench/sed.py` on a machine that does nothing else. It writes sounds and scenes as
long, and in files of the kind, as those of FSDKaggle2018 and TUT Urban Acoustic Scenes 2018. The
recipe needs librosa (pip install librosa). Clip by clip, in one process, it loads the scene and the
three whole sounds, mixes them into a wav file, reads that, and goes from three spectrograms to the
log-mel and the ideal mask, as the published preparation does. Ours are the two stages, to arrays on
disk. Both are extrapolated from 200 clips to the 8,000 of 3,710 sounds. To reach: 8 times the speed
of the recipe, on two cores.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from core import Inputs, Output, Record, Setting
from core.memory import keep_memory
from experiments.common.tables import write_table
from experiments.sed import mixtures, sources
from experiments.sed.classes import CLASSES
from experiments.sed.features import unpack
from timing import shortest

CLIPS, SOUNDS = 200, 164
ALL_CLIPS, ALL_SOUNDS = 8000, 3710
SNR = 0
REPETITIONS = 3
SETTING = Setting(
    {
        "dataset": "fsdkaggle2018-part",
        "scenes": "tut2018-part",
        "mixing": "compat",
        "clips": CLIPS // 4,
        "clip_seconds": 10,
        "snr": SNR,
    }
)
MEAN_SECONDS = 6.8  # 18 h of 9,473 sounds


def write_sources(folder: Path) -> None:
    """Write sounds of 0.3 to 30 s at 44.1 kHz, and a scene for each clip: 48 kHz, stereo, 24 bit.

    Scenes are links to ten files: what is read is the same, and takes less of the disk.
    """
    rng = np.random.default_rng(0)
    (folder / "sounds").mkdir(parents=True)
    (folder / "scenes").mkdir()
    rows = []
    seconds = np.clip(rng.exponential(MEAN_SECONDS, SOUNDS), 0.3, 30)
    for index, length in enumerate(seconds * MEAN_SECONDS / seconds.mean()):
        name = f"{index:08x}.wav"
        sound = rng.uniform(-0.5, 0.5, round(length * 44_100))
        soundfile.write(folder / "sounds" / name, sound, 44_100, "PCM_16")
        rows.append((name, CLASSES[index % len(CLASSES)], 1))
    write_table(folder / "sounds" / "train.csv", [("fname", "label", "manually_verified"), *rows])
    for index in range(CLIPS):
        path = folder / "scenes" / f"park-lyon-{index}-{index}-a.wav"
        if index < 10:
            scene = rng.uniform(-0.1, 0.1, (480_000, 2))
            soundfile.write(path, scene, 48_000, "PCM_24")
        else:
            path.hardlink_to(folder / "scenes" / f"park-lyon-{index % 10}-{index % 10}-a.wav")


def recipe(folder: Path, clip: Mapping[str, object]) -> Callable[[int], tuple[np.ndarray, ...]]:
    """Make what takes a clip's number to its log-mel (frames, 64) and mask, with librosa."""
    import librosa

    hamming = np.hamming(2048)
    filters = librosa.filters.mel(sr=32_000, n_fft=2048, n_mels=64, fmin=50, fmax=16_000)

    def spectrogram(wave: np.ndarray) -> np.ndarray:
        spectra = librosa.stft(wave, n_fft=2048, hop_length=1024, window=hamming, center=False)
        return np.abs(spectra).T / np.sqrt(np.sum(hamming**2))

    def mixed(index: int) -> np.ndarray:
        scene, _ = librosa.load(folder / "scenes" / clip["scene"][index], sr=32_000)
        events = np.zeros_like(scene)
        for name, onset in zip(clip["sound_name"][index], clip["onset"][index], strict=True):
            event, _ = librosa.load(folder / "sounds" / name, sr=32_000)
            event = event * (10 ** (SNR / 20) / np.sqrt(np.mean(event**2)))
            start = round(onset * 32_000)
            heard = event[:64_000]
            events[start : start + len(heard)] = heard
        both = np.stack([events, scene / np.sqrt(np.mean(scene**2))], axis=1)
        return both / np.abs(both).max()

    def analysed(index: int) -> tuple[np.ndarray, ...]:
        soundfile.write(folder / "clip.wav", mixed(index), 32_000)
        events, scene = soundfile.read(folder / "clip.wav", dtype="float32")[0].T
        mixture = spectrogram((events + scene) / 2) @ filters.T
        of_events, of_scene = spectrogram(events) @ filters.T, spectrogram(scene) @ filters.T
        return np.log(mixture + 1e-8), of_events > of_scene * 10 ** (-5 / 20)

    return analysed


def run(stage: Callable[..., None], work: Path, needs: Mapping[str, Record], data: Path) -> Record:
    """Run a stage on two threads; give its record."""
    (work / "record").mkdir(parents=True)
    output = Output(work / "record", work)
    stage(SETTING, Inputs(needs, data=data, threads=2), output)
    meta = {"id": "record", "arrays": output.finish(), "info": output.info}
    (work / "record" / "record.json").write_text(json.dumps(meta))
    return Record(work / "record")


def compare(folder: Path) -> None:
    """Print the times, after checking that both ways agree."""
    keep_memory()  # as whatever computes a task does

    def fresh() -> Path:
        return Path(tempfile.mkdtemp(dir=folder))

    sounds = run(sources.prepare, fresh(), {}, folder / "sounds")
    needs = {"sources": sounds}
    mixed = run(mixtures.prepare, fresh(), needs, folder / "scenes")

    def took(stage: Callable[..., None], needs: Mapping[str, Record], data: str) -> float:
        return shortest(lambda: run(stage, fresh(), needs, folder / data), REPETITIONS)

    per_sound = took(sources.prepare, {}, "sounds") / SOUNDS
    per_clip = took(mixtures.prepare, needs, "scenes") / CLIPS
    ours = ALL_SOUNDS * per_sound + ALL_CLIPS * per_clip
    print(
        f"ours, 2 threads: {1e3 * per_sound:.2f} ms a sound, {1e3 * per_clip:.2f} ms a clip; "
        f"{ALL_CLIPS} clips in {ours:.0f} s"
    )
    if not find_spec("librosa"):
        print("librosa is not installed; ours alone")
        return
    analyse = recipe(folder, {name: mixed[name] for name in ("scene", "sound_name", "onset")})
    for index in range(4):
        log_mel, mask = analyse(index)
        np.testing.assert_allclose(mixed["logmel"][index], log_mel, rtol=0, atol=0.01)
        assert (unpack(mixed["mask"][index][None])[0] != mask).mean() < 1e-3
    taken = shortest(lambda: [analyse(index) for index in range(CLIPS)], REPETITIONS)
    plain = ALL_CLIPS * taken / CLIPS
    print(
        f"librosa recipe, 1 process: {1e3 * plain / ALL_CLIPS:.2f} ms a clip; {ALL_CLIPS} clips in "
        f"{plain:.0f} s; ours {plain / ours:.1f} times as fast; to reach: 8"
    )


def main() -> None:
    """Print a line for each way."""
    with tempfile.TemporaryDirectory() as scratch:
        write_sources(Path(scratch))
        compare(Path(scratch))


if __name__ == "__main__":
    main()
