"""The 41 kinds of events of FSDKaggle2018, each a caricature in numbers.

Some differ by what a patch of a spectrogram shows (a glide, harmonics, an attack), some by where
in the spectrum it is (guitar and double bass, computer keyboard and hi-hat), some by how strokes
follow one another (applause and finger snapping, telephone and cowbell).
"""

from collections.abc import Mapping

from experiments.common.synthetic_events import SHORT, Family, Noise, Stroke, Tones

INSTRUMENTS = {
    "Acoustic_guitar": Family(
        Stroke((0.25, 0.6), attack=0.01, decay=4),
        Tones((110, 330), notes=7, harmonics=12),
    ),
    "Cello": Family(
        Stroke((0.5, 1.2), attack=0.25),
        Tones((65, 260), notes=5, harmonics=24, rolloff=0.7, vibrato=(5.5, 0.012)),
    ),
    "Clarinet": Family(
        Stroke((0.3, 0.8), attack=0.1),
        Tones((150, 600), notes=5, harmonics=15, rolloff=0.6, even=0.05),
    ),
    "Double_bass": Family(
        Stroke((0.4, 0.9), decay=3),
        Tones((41, 98), notes=5, harmonics=8, rolloff=1.3),
    ),
    "Electric_piano": Family(
        Stroke((0.4, 0.9), decay=2.5),
        Tones((200, 500), notes=5, ratios=(1, 1.26, 1.5), harmonics=2, rolloff=2),
    ),
    "Flute": Family(
        Stroke((0.3, 0.9), attack=0.2),
        Tones((350, 1100), notes=5, harmonics=4, rolloff=2, vibrato=(5, 0.01)),
        Noise((2000, 7000), 0.2),
    ),
    "Harmonica": Family(
        Stroke((0.3, 0.9), attack=0.1),
        Tones((300, 600), notes=3, ratios=(1, 1.25, 1.5), harmonics=14, rolloff=0.3),
    ),
    "Oboe": Family(
        Stroke((0.3, 0.8), attack=0.08),
        Tones((250, 700), notes=5, harmonics=14, rolloff=0, vibrato=(5, 0.01)),
    ),
    "Saxophone": Family(
        Stroke((0.3, 0.9), attack=0.08),
        Tones((120, 400), notes=5, harmonics=20, rolloff=0.4, glide=1.12),
        Noise((1500, 6000), 0.25),
    ),
    "Trumpet": Family(
        Stroke((0.12, 0.3), attack=0.1, pause=(0.03, 0.1)),
        Tones((230, 600), notes=5, harmonics=18, rolloff=0.2),
    ),
    "Violin_or_fiddle": Family(
        Stroke((0.4, 1.0), attack=0.25),
        Tones((260, 900), notes=5, harmonics=20, rolloff=0.8, vibrato=(6, 0.03)),
    ),
}
"""What notes are played on."""

STRUCK = {
    "Bass_drum": Family(
        Stroke((0.25, 0.5), decay=6),
        Tones((50, 90), harmonics=2, glide=0.6),
        seconds=SHORT,
    ),
    "Chime": Family(
        Stroke((0.2, 0.5), attack=0.01, decay=3),
        Tones((700, 1500), notes=7, ratios=(1, 2.76, 5.4)),
    ),
    "Cowbell": Family(
        Stroke((0.2, 0.4), decay=6),
        Tones((480, 640), ratios=(1, 1.48), harmonics=5, rolloff=0.5),
        seconds=SHORT,
    ),
    "Glockenspiel": Family(
        Stroke((0.15, 0.35), attack=0.01, decay=5),
        Tones((1400, 2800), notes=7, ratios=(1, 2.76)),
    ),
    "Gong": Family(
        Stroke((2, 4), decay=3),
        Tones((90, 180), ratios=(1, 1.48, 2.1, 2.9, 4.1, 5.3, 7.7)),
    ),
    "Hi-hat": Family(
        Stroke((0.06, 0.2), decay=5, pause=(0.05, 0.15)),
        noise=Noise((7000, 14000)),
        seconds=SHORT,
    ),
    "Snare_drum": Family(
        Stroke((0.12, 0.25), decay=6, pause=(0, 0.1)),
        Tones((170, 240), harmonics=2),
        Noise((1000, 9000), 2),
        seconds=SHORT,
    ),
    "Tambourine": Family(
        Stroke((0.08, 0.12), decay=4),
        Tones((5000, 7000), notes=2, ratios=(1, 1.3, 1.7)),
        Noise((6000, 14000)),
    ),
}
"""What is struck, and rings."""

CREATURES = {
    "Bark": Family(
        Stroke((0.12, 0.25), decay=3, pause=(0.1, 0.4)),
        Tones((350, 900), harmonics=10, rolloff=0.5, glide=0.45),
        Noise((500, 4000), 0.6),
        seconds=SHORT,
    ),
    "Burping_or_eructation": Family(
        Stroke((0.3, 0.8), attack=0.2),
        Tones((70, 130), harmonics=30, rolloff=0.6, glide=0.8, vibrato=(25, 0.15)),
        seconds=SHORT,
    ),
    "Cough": Family(
        Stroke((0.15, 0.3), decay=4, pause=(0.05, 0.3)),
        Tones((150, 300), harmonics=12, glide=0.8),
        Noise((400, 3000), 2),
        seconds=SHORT,
    ),
    "Fart": Family(
        Stroke((0.3, 1.0)),
        Tones((60, 120), harmonics=60, rolloff=0.1, glide=0.7, vibrato=(12, 0.2)),
        seconds=SHORT,
    ),
    "Laughter": Family(
        Stroke((0.08, 0.14), decay=1, pause=(0.06, 0.1)),
        Tones((180, 400), notes=2, harmonics=20, rolloff=0.5, glide=0.8),
        Noise((800, 3000), 0.4),
    ),
    "Meow": Family(
        Stroke((0.5, 1.0), attack=0.3, decay=1),
        Tones((450, 750), harmonics=12, rolloff=0.4, glide=0.65),
        seconds=SHORT,
    ),
}
"""What has a throat."""

MACHINES = {
    "Bus": Family(
        Stroke((1, 2), attack=0),
        Tones((28, 45), harmonics=20, rolloff=0.8, vibrato=(0.5, 0.1)),
        Noise((100, 900)),
    ),
    "Microwave_oven": Family(
        Stroke((1, 2), attack=0),
        Tones((98, 122), harmonics=12, rolloff=0.3),
        Noise((300, 2500), 0.8),
    ),
    "Telephone": Family(
        Stroke((0.03, 0.05), decay=0.5),
        Tones((900, 1400), notes=4, ratios=(1, 1.25), harmonics=2),
    ),
}
"""What runs by itself."""

NOISES = {
    "Applause": Family(
        Stroke((0.01, 0.03), decay=3, pause=(0, 0.02)),
        noise=Noise((800, 5000)),
    ),
    "Computer_keyboard": Family(
        Stroke((0.01, 0.03), decay=4, pause=(0.06, 0.25)),
        noise=Noise((1500, 6000)),
    ),
    "Drawer_open_or_close": Family(
        Stroke((0.4, 0.9), attack=0.6, decay=2, pause=(0.1, 0.3)),
        noise=Noise((200, 2500)),
        seconds=SHORT,
    ),
    "Finger_snapping": Family(
        Stroke((0.05, 0.1), decay=7, pause=(0.25, 0.6)),
        noise=Noise((1500, 4500)),
        seconds=SHORT,
    ),
    "Fireworks": Family(
        Stroke((0.4, 0.9), decay=4, pause=(0.1, 0.5)),
        Tones((900, 2500), glide=2),
        Noise((80, 3000), 2),
    ),
    "Gunshot_or_gunfire": Family(
        Stroke((0.25, 0.5), attack=0, decay=8, pause=(0.1, 0.5)),
        noise=Noise((60, 9000)),
        seconds=SHORT,
    ),
    "Keys_jangling": Family(
        Stroke((0.02, 0.06), decay=4),
        Tones((2500, 4500), notes=7, ratios=(1, 1.3, 1.7, 2.2)),
    ),
    "Knock": Family(
        Stroke((0.06, 0.1), decay=6, pause=(0.08, 0.16)),
        Tones((120, 260), harmonics=3),
        Noise((200, 1500)),
        seconds=SHORT,
    ),
    "Scissors": Family(
        Stroke((0.12, 0.22), attack=0.7, decay=2, pause=(0.1, 0.25)),
        noise=Noise((3500, 13000)),
        seconds=SHORT,
    ),
    "Shatter": Family(
        Stroke((0.02, 0.12), decay=5),
        Tones((2500, 5000), notes=7, ratios=(1, 1.4, 1.9)),
        Noise((4000, 14000), 1.5),
        seconds=SHORT,
    ),
    "Squeak": Family(
        Stroke((0.1, 0.35), attack=0.2, pause=(0.05, 0.3)),
        Tones((900, 2200), harmonics=4, glide=1.6),
        seconds=SHORT,
    ),
    "Tearing": Family(
        Stroke((0.3, 1.0), attack=0.8, pause=(0.02, 0.2)),
        noise=Noise((1500, 14000)),
    ),
    "Writing": Family(
        Stroke((0.08, 0.2), attack=0.5, decay=1, pause=(0.02, 0.08)),
        noise=Noise((2500, 8000)),
    ),
}
"""What is handled, broken or blown up."""

FAMILIES: Mapping[str, Family] = {**INSTRUMENTS, **STRUCK, **CREATURES, **MACHINES, **NOISES}
"""The family of each class."""
