"""Small corpora of captioned clips: Clotho in both forms of its tables, and AudioCaps."""

import csv

import numpy as np
import soundfile

SPLITS = ("development", "validation", "evaluation")
RATE = 8000


def write_sound(path, seconds=0.5, rate=RATE):
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(len(path.name)).uniform(-0.1, 0.1, round(seconds * rate))
    soundfile.write(path, samples, rate)


def write_csv(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def five(name):
    return [f"{name} is heard, {number} times." for number in ("one", "two", "three", "4", "5")]


def write_wide(folder, split, captions):
    titles = ["file_name", *(f"caption_{number}" for number in range(1, 6))]
    write_csv(
        folder / f"clotho_captions_{split}.csv",
        [titles, *([name, *texts] for name, texts in captions.items())],
    )


def write_long(folder, split, captions):
    rows = [
        (name, text, text.lower().translate(str.maketrans("", "", ".,")))
        for name, texts in captions.items()
        for text in texts
    ]
    write_csv(folder / f"{split}_captions.csv", [("fname", "raw_text", "text"), *rows])


def write_clotho(folder, write_table=write_wide, sounds=True):
    """Write two clips a split, the sounds where the unpacked archives put them."""
    for split in SPLITS:
        names = [f"{split} b.wav", f"{split} a .wav"]
        write_table(folder, split, {name: five(name) for name in names})
        if sounds:
            for name in names:
                write_sound(folder / f"clotho_audio_{split}" / split / name)


def write_audiocaps(folder, clips):
    """Write a corpus of some clips, {split: {youtube id: captions}}, without the sounds."""
    titles = ("audiocap_id", "youtube_id", "start_time", "caption")
    for split, captions in clips.items():
        rows = [
            (number, youtube, 30, text)
            for number, youtube in enumerate(captions)
            for text in captions[youtube]
        ]
        write_csv(folder / f"{split}.csv", [titles, *rows])
