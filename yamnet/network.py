"""YAMNet: MobileNet v1 (Howard et al., 2017) on patches of log-mel.

Modules carry the names of the torch port's checkpoints (w-hc/torch_audioset): ``layer1.fused``,
``layerK.depthwise_conv``, ``layerK.pointwise_conv``, each with ``conv`` and ``bn``; ``classifier``.
"""

import copy
from collections import OrderedDict
from typing import Literal, cast, get_args

from torch import Tensor, nn
from torch.nn.functional import conv2d, pad
from torch.nn.utils.fusion import fuse_conv_bn_eval

from yamnet.frontend import BANDS, PATCH

Activation = Literal["relu", "relu6"]
"""What follows every convolution: "relu" as published, "relu6" in Google's int8 file."""

STEM = 32
SEPARABLE = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)
"""Channels and stride of the separable convolutions after the stem, layers 2 to 14."""


class YamNet(nn.Module):
    """YAMNet from patches of log-mel (n, 96, 64) to logits (n, classes).

    A sigmoid of the logits gives a score in [0, 1] for each class by itself. 3,740,425 parameters
    at full size: as in the torch port, each batch norm counts a scale and a bias, though Google
    trained with the scale fixed at 1.

    Parameters
    ----------
    classes
        How many classes are told.
    width
        Factor on the channels of every layer; it must leave whole numbers.
    activation
        "relu" as published, or "relu6".
    folded
        With a bias in every convolution in place of batch norm, as `fold` leaves a network.

    Raises
    ------
    ValueError
        The width leaves a fraction of a channel or none, or the activation is unknown.
    """

    def __init__(
        self,
        classes: int = 521,
        width: float = 1.0,
        activation: Activation = "relu",
        folded: bool = False,
    ) -> None:
        super().__init__()
        if activation not in get_args(Activation):
            raise ValueError(f"unknown activation {activation!r}; known: relu, relu6")
        channels = _scaled(STEM, width)
        self.layer1 = _named(fused=_unit(1, channels, 3, 2, activation, folded))
        for number, (wide, stride) in enumerate(SEPARABLE, start=2):
            outputs = _scaled(wide, width)
            layer = _named(
                depthwise_conv=_unit(channels, channels, 3, stride, activation, folded),
                pointwise_conv=_unit(channels, outputs, 1, 1, activation, folded),
            )
            self.add_module(f"layer{number}", layer)
            channels = outputs
        self.embedding_size = channels
        self.classifier = nn.Linear(channels, classes)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Give the logits (n, classes) of patches of log-mel (n, 96, 64)."""
        logits: Tensor = self.classifier(self.embed(log_mel))
        return logits

    def embed(self, log_mel: Tensor) -> Tensor:
        """Give the embeddings (n, 1024 · width) of patches of log-mel (n, 96, 64)."""
        if log_mel.ndim != 3 or log_mel.shape[1:] != (PATCH, BANDS):
            raise ValueError(
                f"YAMNet reads patches (n, {PATCH}, {BANDS}) of log-mel, not "
                f"{tuple(log_mel.shape)}; yamnet.patches cuts them"
            )
        x = log_mel.unsqueeze(1)
        *layers, _ = self.children()
        for layer in layers:
            x = layer(x)
        return x.mean(dim=(2, 3))


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME: the output's size is ⌈input / stride⌉.

    Zeros are shared out between both sides; an odd one goes after the end, where torch's own
    padding would shift the input by one.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (n, inputs, height, width)."""
        zeros = [
            max(0, (-(-size // stride) - 1) * stride + kernel - size)
            for size, kernel, stride in zip(x.shape[2:], self.kernel_size, self.stride, strict=True)
        ]
        if any(count % 2 for count in zeros):
            x = pad(x, (0, zeros[1] % 2, 0, zeros[0] % 2))
        shared = [count // 2 for count in zeros]
        return conv2d(x, self.weight, self.bias, self.stride, shared, groups=self.groups)


def fold(network: YamNet) -> YamNet:
    """Fold every batch norm's statistics into its convolution: the same scores in less time.

    The result is a copy in evaluation mode; a network without batch norm is given as it is.
    """
    if not any(isinstance(module, nn.BatchNorm2d) for module in network.modules()):
        return network
    folded = copy.deepcopy(network).eval()
    for unit in list(folded.modules()):
        parts = dict(unit.named_children())
        if "bn" in parts:
            conv, bn = cast(SameConv2d, parts["conv"]), cast(nn.BatchNorm2d, parts["bn"])
            fused = fuse_conv_bn_eval(conv, bn)
            # torch takes it for fixed where the convolution had none.
            cast(nn.Parameter, fused.bias).requires_grad_(bn.bias.requires_grad)
            unit.add_module("conv", fused)
            del unit.bn
    return folded


def _unit(
    inputs: int, outputs: int, side: int, stride: int, activation: Activation, folded: bool
) -> nn.Sequential:
    """Make convolution, batch norm and activation; a 3 × 3 one on channels works on each alone."""
    alone = inputs if side == 3 else 1
    unit = _named(conv=SameConv2d(inputs, outputs, side, stride, groups=alone, bias=folded))
    if not folded:
        # TensorFlow's epsilon here is 1e-4; with torch's 1e-5 the published weights score wrong.
        unit.add_module("bn", nn.BatchNorm2d(outputs, eps=1e-4))
    # Neither batch norm nor convolution needs its output for the gradient.
    relu = nn.ReLU(inplace=True) if activation == "relu" else nn.ReLU6(inplace=True)
    unit.add_module("relu", relu)
    return unit


def _named(**modules: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(modules))


def _scaled(channels: int, width: float) -> int:
    """Scale channels, or say that they do not come out whole."""
    scaled = float(channels * width)
    # NaN and infinity are no integers either.
    if not scaled.is_integer() or scaled < 1:
        raise ValueError(
            f"width {width} gives a layer {scaled:g} channels instead of a whole number from 1 "
            f"on; use a multiple of 1/{STEM}"
        )
    return int(scaled)
