"""What a transcoder learns: the teacher's mels, its scores, or both."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import binary_cross_entropy, mse_loss

from core import Setting

# Weight of the scores' loss beside that of the mels, which are in dB or in natural logarithms.
SCALE = {"PANN": 1500, "YamNet": 10}


@dataclass(frozen=True)
class Answer:
    """What a network gives for a batch: log-mels (n, T, 64), scores (n, classes) in [0, 1].

    Each is there only where it was asked for; students that score levels have no mels.
    """

    mels: Tensor | None = None
    scores: Tensor | None = None


@dataclass(frozen=True)
class Objective:
    """A weighted sum of the mean squared error of mels and the cross-entropy of scores."""

    mel_weight: float
    score_weight: float

    @property
    def of_mels(self) -> bool:
        """Tell whether mels have a part in it."""
        return self.mel_weight > 0

    @property
    def of_scores(self) -> bool:
        """Tell whether scores have a part in it."""
        return self.score_weight > 0

    def __call__(self, answer: Answer, truth: Answer) -> Tensor:
        """Give the loss of a batch, in float32."""
        terms = []
        if answer.mels is not None and truth.mels is not None:
            terms.append(self.mel_weight * mse_loss(answer.mels.float(), truth.mels))
        if answer.scores is not None and truth.scores is not None:
            entropy = binary_cross_entropy(answer.scores.float(), truth.scores)
            terms.append(self.score_weight * entropy)
        loss: Tensor = sum(terms[1:], terms[0])
        return loss


def objective(setting: Setting) -> Objective:
    """Choose what is learnt: mels (ts=0), scores (ts=1), or both (ts=1, prop_logit < 100).

    `prop_logit` is the percentage of the scores in the sum, before the classifier's own SCALE.
    """
    if not setting.ts:
        return Objective(1, 0)
    share = setting.prop_logit / 100 if "prop_logit" in setting else 1
    if share == 1:
        return Objective(0, 1)
    return Objective(1 - share, SCALE[setting.classifier] * share)
