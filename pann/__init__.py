"""PANN backbones in torch, with their front ends, SpecAugment and a strict loader of weights.

Usable alone: ``from pann import cnn14``.
"""

from pann.augment import published_coin, spec_augment
from pann.cnn import BACKBONES, Backbone, Cnn, build, cnn6, cnn10, cnn14
from pann.frontend import ICBHI, PANN, LogMel, LogMelConfig, normalise, standardise
from pann.weights import load_trunk

__all__ = [
    "BACKBONES",
    "ICBHI",
    "PANN",
    "Backbone",
    "Cnn",
    "LogMel",
    "LogMelConfig",
    "build",
    "cnn6",
    "cnn10",
    "cnn14",
    "load_trunk",
    "normalise",
    "published_coin",
    "spec_augment",
    "standardise",
]
