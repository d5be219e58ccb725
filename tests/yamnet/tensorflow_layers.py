"""YAMNet's layers from their definition in TensorFlow, on arrays (height, width, channels)."""

import numpy as np

EPSILON = 1e-4
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)


def same(x: np.ndarray, side: int, stride: int) -> np.ndarray:
    """Windows (height, width, channels, side, side) of an image padded as SAME."""
    padding = []
    for size in x.shape[:2]:
        outputs = (size + stride - 1) // stride
        zeros = max((outputs - 1) * stride + side - size, 0)
        padding.append((zeros // 2, zeros - zeros // 2))
    padded = np.pad(x, (*padding, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))
    return windows[::stride, ::stride]


def conv(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Convolve with a kernel (side, side, inputs, outputs)."""
    return np.einsum("hwiab,abio->hwo", same(x, kernel.shape[0], stride), kernel, optimize=True)


def depthwise(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Convolve each channel with its own kernel, of (side, side, channels, 1)."""
    return np.einsum("hwcab,abc->hwc", same(x, kernel.shape[0], stride), kernel[..., 0])


def logits(weights: dict[str, np.ndarray], patch: np.ndarray) -> np.ndarray:
    """Give the logits of a patch (96, 64) with the arrays of yamnet.h5, by their names."""

    def unit(x: np.ndarray, layer: str, kernel: str, stride: int) -> np.ndarray:
        convolve = depthwise if kernel == "depthwise_kernel" else conv
        y = convolve(x, weights[f"{layer}/{layer}/{kernel}:0"], stride)
        norm = f"{layer}/bn/{layer}/bn/"
        mean, variance = weights[f"{norm}moving_mean:0"], weights[f"{norm}moving_variance:0"]
        y = (y - mean) / np.sqrt(variance + EPSILON) + weights[f"{norm}beta:0"]
        return np.maximum(y, 0)

    x = unit(patch[..., None], "layer1/conv", "kernel", 2)
    for number, stride in enumerate(STRIDES, start=2):
        x = unit(x, f"layer{number}/depthwise_conv", "depthwise_kernel", stride)
        x = unit(x, f"layer{number}/pointwise_conv", "kernel", 1)
    return x.mean(axis=(0, 1)) @ weights["logits/logits/kernel:0"] + weights["logits/logits/bias:0"]
