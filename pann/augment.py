"""SpecAugment (Park et al., 2019): bands and spans of a spectrogram are blanked at random."""

import torch
from torch import Generator, Tensor


@torch.no_grad()
def spec_augment(
    logmel: Tensor,
    generator: Generator | None = None,
    *,
    frequency_masks: int = 2,
    frequency_width: int = 20,
    time_masks: int = 2,
    time_width: int = 40,
) -> Tensor:
    """Set random mel bands and frames of each example of (batch, 1, mel, frames) to 0.

    Every example has its own masks. Masks are narrower than the widths given (by default 0–19
    bands and 0–39 frames), may overlap, and never reach the last band or frame.

    The draws and their order are those of torchaudio's `mask_along_axis_iid`, one call a mask,
    which takes no generator; with one, the masks of a training that resumes are the same. They
    are drawn on the generator's device, so that a CPU generator gives the same masks on any
    device. No gradient passes.
    """
    draws = _draw(frequency_masks + time_masks, logmel, generator)
    bands = _masked(logmel.shape[2], frequency_width, draws[:frequency_masks])
    frames = _masked(logmel.shape[3], time_width, draws[frequency_masks:])
    return logmel.masked_fill(bands[:, None, :, None] | frames[:, None, None, :], 0.0)


def published_coin(generator: Generator | None = None) -> bool:
    """Decide whether to augment, as the published ICBHI code does: true 84.13 % of the time.

    That code means to augment always (probability 1), but compares the probability with a
    standard normal draw instead of a uniform one.
    """
    device = generator.device if generator is not None else None
    return bool(torch.randn((), generator=generator, device=device) < 1.0)


def _draw(masks: int, logmel: Tensor, generator: Generator | None) -> Tensor:
    """Draw a width and a start for each mask of each example, (masks, 2, batch, 1) in [0, 1)."""
    source = generator.device if generator is not None else logmel.device
    # A GPU copies pinned memory when it comes to it; for any other the CPU would wait until then.
    pinned = logmel.is_cuda and source.type == "cpu"
    shape = (masks, 2, len(logmel), 1)
    drawn = torch.rand(shape, generator=generator, device=source, pin_memory=pinned)
    return drawn.to(logmel.device, non_blocking=pinned)


def _masked(length: int, width: int, draws: Tensor) -> Tensor:
    """Tell where each example is masked along an axis: booleans (batch, length of the axis)."""
    widths = draws[:, 0] * width
    # The start leaves room for the width before it is cut to whole bins, as in torchaudio.
    starts = (draws[:, 1] * (length - widths)).long()
    position = torch.arange(length, device=draws.device)
    return ((position >= starts) & (position < starts + widths.long())).any(dim=0)
