"""YAMNet, Google's tagger of 521 AudioSet classes, in torch: front end, network, loaders, tagging.

Usable alone: ``from yamnet import YamNet``.
"""

from yamnet.classes import class_names
from yamnet.frontend import HOP, PATCH, SAMPLE_RATE, LogMel, patches
from yamnet.h5 import load_h5
from yamnet.int8 import load_tflite
from yamnet.network import Activation, YamNet, fold
from yamnet.port import load_port
from yamnet.tagging import scores

__all__ = [
    "HOP",
    "PATCH",
    "SAMPLE_RATE",
    "Activation",
    "LogMel",
    "YamNet",
    "class_names",
    "fold",
    "load_h5",
    "load_port",
    "load_tflite",
    "patches",
    "scores",
]
