"""PANN backbones and taggers in torch, with front ends, SpecAugment and strict loaders of weights.

Usable alone: ``from pann import cnn14``.
"""

from pann.augment import published_coin, spec_augment
from pann.cnn import BACKBONES, Backbone, Cnn, cnn6, cnn10, cnn14
from pann.frontend import ICBHI, PANN, LogMel, LogMelConfig, normalise, standardise
from pann.labels import class_names
from pann.resnet38 import ResNet, resnet38
from pann.tagger import Tagger, tagger
from pann.tagging import scores
from pann.trunks import Trunk, build, trunks
from pann.weights import load_tagger, load_trunk

__all__ = [
    "BACKBONES",
    "ICBHI",
    "PANN",
    "Backbone",
    "Cnn",
    "LogMel",
    "LogMelConfig",
    "ResNet",
    "Tagger",
    "Trunk",
    "build",
    "class_names",
    "cnn6",
    "cnn10",
    "cnn14",
    "load_tagger",
    "load_trunk",
    "normalise",
    "published_coin",
    "resnet38",
    "scores",
    "spec_augment",
    "standardise",
    "tagger",
    "trunks",
]
