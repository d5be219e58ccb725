"""Weights from Google's YAMNet in TensorFlow Lite, quantised to 8 bits.

The file's network is a sibling of `yamnet.h5`, not the same: it was trained with ReLU6, and its
batch norm is folded into biases. It holds 27 convolutions and the classifier: weights in int8
with one scale an output channel (one in all for the classifier), biases in int32.
"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from yamnet.entries import check, imported
from yamnet.network import YamNet

Floats = NDArray[np.float32]

LAYERS = {
    "CONV_2D": ("Conv2DOptions", "RELU6", (0, 3, 1, 2)),  # outputs, height, width, inputs
    "DEPTHWISE_CONV_2D": ("DepthwiseConv2DOptions", "RELU6", (3, 0, 1, 2)),  # 1, h, w, channels
    "FULLY_CONNECTED": ("FullyConnectedOptions", "NONE", (0, 1)),
}
"""Operators of YAMNet's layers: the table of their options, what follows them in YAMNet, and which
of their weights' axes each axis of ours is."""


def load_tflite(path: Path | str) -> YamNet:
    """Load the int8 YAMNet as a float network, folded and with ReLU6, in evaluation mode.

    Weights are de-quantised. Activations are not rounded as the interpreter rounds them, so that
    gradients pass: a recording's scores, means over patches, differ from the interpreter's by less
    than 0.05, and those of one patch by up to 0.11, for its logits are multiples of 0.35.

    Raises
    ------
    ModuleNotFoundError
        The packages tflite and flatbuffers are not installed.
    ValueError
        The file is no readable TensorFlow Lite model, or does not have exactly YAMNet's layers.
    """
    network = YamNet(activation="relu6", folded=True)
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    arrays = _read(path)
    if len(arrays) != len(expected):
        raise ValueError(
            f"{path} holds {len(arrays)} arrays of int8 layers with ReLU6; "
            f"YAMNet has {len(expected)}"
        )
    # The file has names of its own; its layers come in the order of their work.
    state = dict(zip(expected, arrays, strict=True))
    check(path, {name: array.shape for name, array in state.items()}, expected)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return network.eval()


def _read(path: Path | str) -> list[Floats]:
    """Read weight and bias of each quantised layer, in order."""
    tflite = imported("tflite", "tflite flatbuffers")
    content = Path(path).read_bytes()
    if content[4:8] != b"TFL3":
        raise ValueError(f"{path} is no TensorFlow Lite model")
    try:
        return list(_arrays(tflite, content))
    # In damaged bytes, any offset may point anywhere.
    except Exception as error:
        raise ValueError(f"{path} is no readable TensorFlow Lite model: {error}") from error


def _arrays(tflite: ModuleType, content: bytes) -> Iterator[Floats]:
    """Give weight and bias of each quantised layer, with our order of axes."""
    model = tflite.Model.GetRootAs(content)
    graph = model.Subgraphs(0)
    kinds = {tflite.TensorType.INT8: np.int8, tflite.TensorType.INT32: np.int32}

    def read(place: int) -> Floats:
        tensor = graph.Tensors(place)
        raw = model.Buffers(tensor.Buffer()).DataAsNumpy().view(kinds[tensor.Type()])
        steps = tensor.Quantization()
        return _dequantised(
            raw.reshape(tensor.ShapeAsNumpy()),
            steps.ScaleAsNumpy(),
            steps.ZeroPointAsNumpy(),
            steps.QuantizedDimension(),
        )

    for operator in map(graph.Operators, range(graph.OperatorsLength())):
        name = tflite.opcode2name(model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode())
        # The front end's filters, in float, are a layer to the file too.
        if name in LAYERS and graph.Tensors(operator.Inputs(1)).Type() == tflite.TensorType.INT8:
            table, activation, axes = LAYERS[name]
            options = getattr(tflite, table)()
            options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
            known = getattr(tflite.ActivationFunctionType, activation)
            if options.FusedActivationFunction() == known:
                yield read(operator.Inputs(1)).transpose(axes)
                yield read(operator.Inputs(2))


def _dequantised(
    integers: NDArray[np.signedinteger[Any]],
    scale: NDArray[np.float32],
    zero: NDArray[np.int64],
    axis: int,
) -> Floats:
    """Give scale × (integers - zero), with one scale and zero in all or one along the axis."""
    along = [-1 if place == axis else 1 for place in range(integers.ndim)]
    values = scale.reshape(along) * (integers - zero.reshape(along))
    return values.astype(np.float32)
